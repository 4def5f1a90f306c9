using System.Collections.Immutable;
using MlOps.Core.Files;
using MlOps.Google.Storage;

namespace MlOps.Steps.Debug;

/// <summary>The files of an artifact: the object at its URI, or all objects below it.</summary>
internal static class ArtifactFiles
{
    /// <summary>By their path below the URI, which is empty for the object at the URI itself; empty for what is not in Cloud Storage.</summary>
    public static async Task<ImmutableSortedDictionary<string, StorageObject>> ListAsync(StorageClient storage, string uri, CancellationToken cancel)
    {
        var files = ImmutableSortedDictionary.CreateBuilder<string, StorageObject>(StringComparer.Ordinal);
        if (!GcsUri.TryParse(uri, out var place) || place.Name.Length == 0)
        {
            return files.ToImmutable();
        }

        var name = place.Name.TrimEnd('/');
        await foreach (var file in storage.ListAsync(place.Bucket, name, cancel))
        {
            if (file.Name == name || file.Name.StartsWith(name + "/", StringComparison.Ordinal))
            {
                files[file.Name[name.Length..].TrimStart('/')] = file;
            }
        }

        return files.ToImmutable();
    }

    /// <summary>Copies an artifact's files to the same names in another cloud; what is there with the same checksum stays.</summary>
    public static async Task CopyAsync(StorageClient from, StorageClient to, string project, string region, string uri, CancellationToken cancel)
    {
        var (files, there) = (await ListAsync(from, uri, cancel), await ListAsync(to, uri, cancel));
        if (!files.IsEmpty && there.IsEmpty)
        {
            await to.CreateBucketAsync(project, files.Values.First().Bucket, region, cancel);
        }

        var folder = Directory.CreateTempSubdirectory("mlops-debug-").FullName;
        try
        {
            foreach (var (_, file) in files.Where(pair => pair.Value.Crc32c != there.GetValueOrDefault(pair.Key)?.Crc32c))
            {
                var copy = Path.Combine(folder, "copy");
                await using (var content = await from.OpenAsync(file.Bucket, file.Name, cancel, file.Generation))
                {
                    await AtomicFile.WriteAsync(copy, content, cancel);
                }

                await to.UploadFileAsync(file.Bucket, file.Name, copy, cancel, new UploadOptions { ContentType = file.ContentType ?? "application/octet-stream" });
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}

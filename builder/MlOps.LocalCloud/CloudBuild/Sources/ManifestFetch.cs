using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Google.Cloud.CloudBuild.V1;
using MlOps.LocalCloud.CloudBuild.Sources.Unpacking;
using MlOps.LocalCloud.Storage;
using static Google.Cloud.CloudBuild.V1.Hash.Types;

namespace MlOps.LocalCloud.CloudBuild.Sources;

/// <summary>
/// <c>storageSourceManifest</c>: a JSON map from a file's path to its object, <c>{"PATH": {"sourceUrl", "sha1sum"}}</c>
/// (github.com/GoogleCloudPlatform/cloud-builders, gcs-fetcher).
/// </summary>
internal sealed class ManifestFetch(ObjectStore objects)
{
    /// <summary>What the fetcher gives every file, whatever the manifest's <c>mode</c> says.</summary>
    private const UnixFileMode ReadAndRun = (UnixFileMode)0b101_101_101;

    private static readonly string[] StorageHosts = ["https://storage.googleapis.com/", "http://storage.googleapis.com/", "gs://"];

    public async Task<SourceProvenance> FetchAsync(StorageSourceManifest source, string folder, IReadOnlyCollection<HashType> hashes, Action<string> log, CancellationToken cancel)
    {
        using var stored = await StoredSource.OpenAsync(objects, source.Bucket, source.Object, source.Generation, cancel);
        log($"Fetching manifest {stored.Location}.");
        var items = await ReadAsync(stored, cancel);
        log($"Processing {items.Count} files.");
        var provenance = new SourceProvenance { ResolvedStorageSourceManifest = source.Clone() };
        provenance.ResolvedStorageSourceManifest.Generation = stored.Generation;
        var target = new UnpackFolder(folder);
        foreach (var (path, item) in items)
        {
            using var file = await FileAsync(path, item, stored.Location, cancel);
            if (hashes.Count > 0)
            {
                provenance.FileHashes[file.Location] = await file.HashAsync(hashes, cancel);
            }

            await WriteAsync(target, path, file, stored.Location, cancel);
        }

        log($"Fetched {items.Count} files from {stored.Location}.");
        return provenance;
    }

    private static async Task<SortedDictionary<string, ManifestItem>> ReadAsync(StoredSource stored, CancellationToken cancel)
    {
        try
        {
            return await JsonSerializer.DeserializeAsync(stored.Content, ManifestJson.Default.SortedDictionaryStringManifestItem, cancel) ?? [];
        }
        catch (JsonException error)
        {
            throw FetchFault.Of($"failed to fetch source: {stored.Location} is no source manifest, a JSON map {{\"PATH\": {{\"sourceUrl\": \"gs://BUCKET/OBJECT\"}}}}: {error.Message}", error);
        }
    }

    private async Task<StoredSource> FileAsync(string path, ManifestItem item, string manifest, CancellationToken cancel)
    {
        var (bucket, name, generation) = Place(item.SourceUrl)
            ?? throw FetchFault.Of($"failed to fetch source: the sourceUrl '{item.SourceUrl}' of '{path}' in {manifest} is no object's; expected gs://BUCKET/OBJECT or https://storage.googleapis.com/BUCKET/OBJECT.");
        var file = await StoredSource.OpenAsync(objects, bucket, name, generation, cancel);
        var sum = Convert.ToHexStringLower(await SHA1.HashDataAsync(file.Content, cancel));
        file.Content.Position = 0;
        var wanted = string.Concat((item.Sha1Sum ?? "").ToLowerInvariant().Where(char.IsAsciiHexDigit));
        if (wanted.Length == 0 || wanted == sum)
        {
            return file;
        }

        file.Dispose();
        throw FetchFault.Of($"failed to fetch source: {path} SHA mismatch, got \"{sum}\", want \"{wanted}\" ({manifest}).");
    }

    private static async Task WriteAsync(UnpackFolder target, string path, StoredSource file, string manifest, CancellationToken cancel)
    {
        try
        {
            await target.FileAsync(path, file.Content, ReadAndRun, null, cancel);
        }
        catch (UnpackRefusedException refused)
        {
            throw FetchFault.Of($"failed to fetch source: {manifest}: {refused.Message}", refused);
        }
    }

    private static (string Bucket, string Name, long Generation)? Place(string? url)
    {
        var host = StorageHosts.FirstOrDefault(host => url?.StartsWith(host, StringComparison.Ordinal) == true);
        var rest = host is null ? "" : url![host.Length..];
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        if (slash <= 0 || slash == rest.Length - 1)
        {
            return null;
        }

        var (bucket, name) = (rest[..slash], rest[(slash + 1)..]);
        var hash = name.LastIndexOf('#');
        if (hash <= 0)
        {
            return (bucket, name, 0);
        }

        return long.TryParse(name.AsSpan(hash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var generation) ? (bucket, name[..hash], generation) : null;
    }
}

/// <param name="SourceUrl">May end with <c>#GENERATION</c>.</param>
/// <param name="Sha1Sum">In hexadecimal; compared where it is given.</param>
internal sealed record ManifestItem(string? SourceUrl, string? Sha1Sum);

[JsonSourceGenerationOptions(PropertyNameCaseInsensitive = true)]
[JsonSerializable(typeof(SortedDictionary<string, ManifestItem>))]
internal sealed partial class ManifestJson : JsonSerializerContext;

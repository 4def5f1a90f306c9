using Google.Cloud.CloudBuild.V1;
using Google.Protobuf.WellKnownTypes;
using Microsoft.AspNetCore.StaticFiles;
using MlOps.Google.Storage;
using MlOps.LocalCloud.Storage;
using static Google.Cloud.CloudBuild.V1.Build.Types.FailureInfo.Types;

namespace MlOps.LocalCloud.CloudBuild.Artifacts;

/// <summary>Uploads <c>artifacts.objects</c> after the steps, and the manifest of them.</summary>
internal sealed class ArtifactUpload(ObjectStore objects, TimeProvider time)
{
    private static readonly FileExtensionContentTypeProvider ContentTypes = new();

    /// <param name="readAsync">
    /// Copies a file or folder of the workspace so that it becomes the second path, one of this machine: its first argument is relative
    /// to the workspace, with <c>/</c>, and empty for all of it. False when it is not there.
    /// </param>
    /// <param name="results">Gets <c>artifactManifest</c>, <c>numArtifacts</c> and <c>artifactTiming</c>.</param>
    /// <exception cref="BuildFaultException">A path matches nothing, or the place cannot be written.</exception>
    public async Task UploadAsync(Build build, Func<string, string, CancellationToken, Task<bool>> readAsync, Results results, Action<string> log, CancellationToken cancel)
    {
        if (build.Artifacts?.Objects is not { } wanted || (wanted.Paths.Count == 0 && wanted.Location.Length == 0))
        {
            return;
        }

        var start = time.GetUtcNow();
        var place = GcsUri.TryParse(wanted.Location, out var uri)
            ? uri
            : throw Fault($"artifacts.objects.location is '{wanted.Location}'; expected gs://BUCKET/PATH.");
        var copy = Directory.CreateTempSubdirectory("mlops-artifacts-").FullName;
        try
        {
            log($"Artifacts will be uploaded to {wanted.Location} using gsutil cp");
            var found = await WorkspaceFiles.FindAsync(wanted.Paths, copy, readAsync, cancel);
            RefuseUnmatched(found, wanted.Location);
            var uploaded = new List<StoredObject>();
            var seen = new HashSet<string>(StringComparer.Ordinal);
            foreach (var (path, files) in found)
            {
                log($"{path}: Uploading path....");
                foreach (var file in files.Where(seen.Add))
                {
                    uploaded.Add(await UploadAsync(place, copy, file, log, cancel));
                }

                log($"{path}: {files.Count} matching files uploaded");
            }

            log($"{uploaded.Count} total artifacts uploaded to {wanted.Location}");
            results.ArtifactManifest = await ManifestAsync(build.Id, place, copy, uploaded, log, cancel);
            results.NumArtifacts = uploaded.Count;
            results.ArtifactTiming = new global::Google.Cloud.CloudBuild.V1.TimeSpan { StartTime = Timestamp.FromDateTimeOffset(start), EndTime = Timestamp.FromDateTimeOffset(time.GetUtcNow()) };
        }
        finally
        {
            Directory.Delete(copy, recursive: true);
        }
    }

    private static void RefuseUnmatched(IReadOnlyList<(string Path, IReadOnlyList<string> Files)> found, string location)
    {
        var unmatched = found.Where(one => one.Files.Count == 0).Select(one => one.Path).ToArray();
        if (unmatched.Length > 0)
        {
            throw Fault($"could not upload {string.Join(", ", unmatched)} to {location}: no files in /workspace match. Paths are relative to /workspace, not to a step's dir; '*' stays within a folder, '**' does not.");
        }
    }

    /// <summary>An artifact keeps its folder below the location, so that files of one name do not overwrite each other.</summary>
    private async Task<StoredObject> UploadAsync(GcsUri place, string copy, string file, Action<string> log, CancellationToken cancel)
    {
        var type = ContentTypes.TryGetContentType(file, out var known) ? known : "application/octet-stream";
        log($"Copying file://{file} [Content-Type={type}]...");
        return await ImportAsync(place.Below(file), System.IO.Path.Combine(copy, file), type, cancel);
    }

    private async Task<string> ManifestAsync(string build, GcsUri place, string copy, IEnumerable<StoredObject> uploaded, Action<string> log, CancellationToken cancel)
    {
        var name = $"artifacts-{build}.json";
        var file = System.IO.Path.Combine(copy, Guid.NewGuid().ToString("N"));
        await File.WriteAllLinesAsync(file, uploaded.Select(ArtifactManifest.Line), cancel);
        log($"Uploading manifest {name}");
        await ImportAsync(place.Below(name), file, "application/json", cancel);
        log($"Artifact manifest located at {place.Below(name)}");
        return place.Below(name).ToString();
    }

    private async Task<StoredObject> ImportAsync(GcsUri target, string file, string type, CancellationToken cancel)
    {
        try
        {
            return await objects.ImportFileAsync(target.Bucket, target.Name, file, cancel, type);
        }
        catch (StorageFault fault)
        {
            throw Fault($"could not upload to {target}: {fault.Message}");
        }
    }

    private static BuildFaultException Fault(string message) => new(FailureType.PushFailed, message);
}

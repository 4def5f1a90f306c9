using Google.Cloud.CloudBuild.V1;

namespace MlOps.LocalCloud.CloudBuild.Artifacts;

/// <summary>Uploads <c>artifacts.objects</c> after the steps, and the manifest of them.</summary>
internal sealed class ArtifactUpload
{
    /// <param name="readAsync">Copies a path of the workspace (relative to it) into a local folder; false when it is not there.</param>
    /// <param name="results">Gets <c>artifactManifest</c>, <c>numArtifacts</c> and <c>artifactTiming</c>.</param>
    /// <exception cref="BuildFaultException">A path matches nothing, or the place cannot be written.</exception>
    public Task UploadAsync(Build build, Func<string, string, CancellationToken, Task<bool>> readAsync, Results results, Action<string> log, CancellationToken cancel) =>
        throw new NotSupportedException();
}

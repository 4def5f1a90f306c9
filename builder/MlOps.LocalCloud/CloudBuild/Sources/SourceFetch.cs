using Google.Cloud.CloudBuild.V1;

namespace MlOps.LocalCloud.CloudBuild.Sources;

/// <summary>Fetches what a build works on: its source and its dependencies.</summary>
internal sealed class SourceFetch
{
    /// <summary>Writes the files into a folder of this machine, which becomes <c>/workspace</c>.</summary>
    /// <param name="log">Told a line at a time what happens, as Cloud Build logs it under FETCHSOURCE.</param>
    /// <returns>Generations and commits that the source was resolved to; null for a build without source.</returns>
    /// <exception cref="BuildFaultException">FETCH_SOURCE_FAILED.</exception>
    public Task<SourceProvenance?> FetchAsync(Build build, string folder, Action<string> log, CancellationToken cancel) =>
        throw new NotSupportedException();
}

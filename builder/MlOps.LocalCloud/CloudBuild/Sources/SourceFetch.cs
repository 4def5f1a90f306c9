using Google.Cloud.CloudBuild.V1;
using MlOps.LocalCloud.Storage;

namespace MlOps.LocalCloud.CloudBuild.Sources;

/// <summary>Fetches what a build works on: its source and its dependencies.</summary>
internal sealed class SourceFetch(ObjectStore objects, LocalRepositories repositories)
{
    private readonly StorageFetch _storage = new(objects);
    private readonly ManifestFetch _manifest = new(objects);
    private readonly GitFetch _git = new(repositories);

    /// <summary>Writes the files into a folder of this machine, which becomes <c>/workspace</c>.</summary>
    /// <param name="log">Told a line at a time what happens, as Cloud Build logs it under FETCHSOURCE.</param>
    /// <returns>Generations and commits that the source was resolved to; null for a build without source.</returns>
    /// <exception cref="BuildFaultException">FETCH_SOURCE_FAILED.</exception>
    public async Task<SourceProvenance?> FetchAsync(Build build, string folder, Action<string> log, CancellationToken cancel)
    {
        Directory.CreateDirectory(folder);
        if (build.Dependencies.Any(dependency => dependency.Empty))
        {
            return null;
        }

        try
        {
            var provenance = await SourceAsync(build, folder, log, cancel);
            foreach (var dependency in build.Dependencies.Where(dependency => dependency.DepCase == Dependency.DepOneofCase.GitSource))
            {
                await _git.DependencyAsync(dependency.GitSource, folder, log, cancel);
            }

            return provenance;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw FetchFault.Of($"failed to write the source: {error.Message}", error);
        }
    }

    private async Task<SourceProvenance?> SourceAsync(Build build, string folder, Action<string> log, CancellationToken cancel)
    {
        var source = build.Source;
        switch (source?.SourceCase ?? Source.SourceOneofCase.None)
        {
            case Source.SourceOneofCase.StorageSource:
                return await _storage.FetchAsync(source!.StorageSource, folder, build.Options?.SourceProvenanceHash ?? [], log, cancel);
            case Source.SourceOneofCase.StorageSourceManifest:
                return await _manifest.FetchAsync(source!.StorageSourceManifest, folder, build.Options?.SourceProvenanceHash ?? [], log, cancel);
            case Source.SourceOneofCase.GitSource:
                return await _git.GitAsync(source!.GitSource, folder, log, cancel);
            case Source.SourceOneofCase.RepoSource:
                return await _git.RepoAsync(source!.RepoSource, build.ProjectId, folder, log, cancel);
            case Source.SourceOneofCase.ConnectedRepository:
                return await _git.ConnectedAsync(source!.ConnectedRepository, folder, log, cancel);
            default:
                return null;
        }
    }
}

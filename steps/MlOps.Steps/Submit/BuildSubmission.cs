using MlOps.Core.Problems;
using MlOps.Google.Grpc;
using MlOps.Google.Storage;

namespace MlOps.Steps.Submit;

/// <summary>A build that has been read and checked, with what is to be uploaded for it; nothing has left the machine yet.</summary>
public sealed class BuildSubmission
{
    private readonly SubmitOptions _options;
    private readonly BuildMessage _build;
    private readonly SourceChoice _source;

    private BuildSubmission(SubmitOptions options, BuildMessage build, SourceChoice source) => (_options, _build, _source) = (options, build, source);

    /// <param name="problems">Everything that is wrong or doubtful.</param>
    /// <returns>Null where there are errors.</returns>
    public static BuildSubmission? Read(SubmitOptions options, string project, string location, ICollection<Problem> problems)
    {
        var build = SubmitConfig.Read(options, project, location, problems);
        var source = SourceChoice.Of(options, problems);
        return build is null || source is null || problems.Any(problem => problem.Severity == Severity.Error) ? null : new BuildSubmission(options, build, source);
    }

    /// <summary>The region of the worker pool that the build names, where it runs whatever else is said; null without one.</summary>
    public string? PoolRegion => _build.Options?.Pool?.Name.Split('/') is ["projects", _, "locations", var location, "workerPools", _] && !location.Contains('$', StringComparison.Ordinal) ? location : null;

    /// <summary>Uploads and queues.</summary>
    /// <param name="line">Told what happens.</param>
    /// <returns>The build as the service took it.</returns>
    public async Task<BuildMessage> SubmitAsync(CloudBuilds builds, StorageClient storage, TimeProvider time, Action<string> line, CancellationToken cancel)
    {
        var build = _build.Clone();
        build.Source = await new SourceUpload(storage, builds.Project, time, line).BringAsync(_source, _options, cancel);
        return await builds.CreateAsync(build, cancel);
    }
}

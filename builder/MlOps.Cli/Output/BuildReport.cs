using System.Globalization;
using Google.Cloud.CloudBuild.V1;
using MlOps.Core.Problems;
using MlOps.Steps.Submit;

namespace MlOps.Cli.Output;

/// <summary>Builds for people.</summary>
internal static class BuildReport
{
    /// <summary>What a followed build came to; gives the exit code.</summary>
    public static int WriteEnd(Report report, FollowedBuild followed)
    {
        var outcome = new BuildOutcome(followed.Build);
        report.Result(outcome.ToJson());
        foreach (var image in followed.Build.Results?.Images ?? [])
        {
            report.Line($"pushed {image.Name}@{image.Digest}");
        }

        if (followed.Build.Results is { ArtifactManifest.Length: > 0 } results)
        {
            report.Line($"uploaded {Quantity.Of((int)results.NumArtifacts, "artifact")}, listed in {results.ArtifactManifest}");
        }

        var took = Took(followed.Build) is { } time ? $" after {DeliveryReport.Duration(time)}" : "";
        if (outcome.Succeeded)
        {
            report.Line($"Build {followed.Build.Id}: SUCCESS{took}");
            return ExitCode.Done;
        }

        report.Failure(new StepFailedException($"build {followed.Build.Id}: {BuildStates.Name(followed.Build.Status)}{took}{Limit(followed.Build)}{(outcome.Failure is { } failure ? ": " + failure : "")}", followed.TailOf(outcome.FailedStep)));
        return ExitCode.StepFailed;
    }

    public static void WriteList(Report report, IReadOnlyCollection<Build> builds)
    {
        foreach (var line in Columns.Of(["ID", "CREATED (UTC)", "DURATION", "SOURCE", "IMAGES", "STATUS"], builds.Select(Row)))
        {
            report.Line(line);
        }
    }

    public static void WriteOne(Report report, Build build)
    {
        report.Line($"Build     {build.Id}  {BuildStates.Name(build.Status)}");
        report.Line($"Created   {Time(build)} UTC{(Took(build) is { } took ? $", took {DeliveryReport.Duration(took)}" : "")}");
        report.Line($"Source    {SourceOf(build)}");
        if (build.BuildTriggerId.Length > 0)
        {
            report.Line($"Trigger   {build.Substitutions.GetValueOrDefault("TRIGGER_NAME", build.BuildTriggerId)}");
        }

        if (build.Approval?.Result is { } result)
        {
            report.Line($"Approval  {result.Decision.ToString().ToUpperInvariant()}{(result.ApproverAccount.Length > 0 ? $" by {result.ApproverAccount}" : "")}{(result.Comment.Length > 0 ? $": {result.Comment}" : "")}");
        }

        foreach (var line in Columns.Of(["", "", ""], build.Steps.Index().Select(step => new[] { $"Step #{step.Index}", Word(build, step.Item), StepName(step.Item) })))
        {
            report.Line(line);
        }

        foreach (var image in build.Results?.Images ?? [])
        {
            report.Line($"Image     {image.Name}@{image.Digest}");
        }

        if (build.Results is { ArtifactManifest.Length: > 0 } results)
        {
            report.Line($"Artifacts {results.NumArtifacts}, {results.ArtifactManifest}");
        }

        if (new BuildOutcome(build).Failure is { } failure)
        {
            report.Line($"Failure   {failure}");
        }

        report.Line($"Log       {BuildWait.LogOf(build)}");
    }

    private static string[] Row(Build build) =>
    [
        build.Id,
        Time(build),
        Took(build) is { } took ? DeliveryReport.Duration(took) : "-",
        SourceOf(build),
        build.Images.Count switch { 0 => "-", 1 => build.Images[0], var many => $"{build.Images[0]} (+{many - 1} more)" },
        BuildStates.Name(build.Status),
    ];

    private static string Time(Build build) => build.CreateTime?.ToDateTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) ?? "-";

    private static System.TimeSpan? Took(Build build) => build is { StartTime: { } start, FinishTime: { } end } ? end.ToDateTimeOffset() - start.ToDateTimeOffset() : null;

    private static string Word(Build build, BuildStep step) =>
        $"{BuildStates.Name(BuildStates.Of(build, step))}{(step.ExitCode != 0 ? $" ({step.ExitCode})" : "")}{(BuildStates.Took(step.Timing) is { } took ? $" {DeliveryReport.Duration(took)}" : "")}";

    /// <summary>Which limit a build ran into: its own, unless a step ran into one of its own.</summary>
    private static string Limit(Build build)
    {
        if (build.Status != Build.Types.Status.Timeout)
        {
            return "";
        }

        var step = build.Steps.FirstOrDefault(step => step.Status == Build.Types.Status.Timeout && step.Timeout is not null);
        return step is not null ? $" (the timeout of {StepName(step)} is {step.Timeout.Seconds}s)" : build.Timeout is { } whole ? $" (its timeout is {whole.Seconds}s)" : "";
    }

    private static string StepName(BuildStep step) => step.Id.Length > 0 ? $"{step.Id} ({step.Name})" : step.Name;

    private static string SourceOf(Build build) => build.Source?.SourceCase switch
    {
        Source.SourceOneofCase.StorageSource => $"gs://{build.Source.StorageSource.Bucket}/{build.Source.StorageSource.Object}",
        Source.SourceOneofCase.StorageSourceManifest => $"gs://{build.Source.StorageSourceManifest.Bucket}/{build.Source.StorageSourceManifest.Object}",
        Source.SourceOneofCase.GitSource => At(build.Source.GitSource.Url, build.SourceProvenance?.ResolvedGitSource?.Revision ?? build.Source.GitSource.Revision),
        Source.SourceOneofCase.RepoSource => At(build.Source.RepoSource.RepoName, build.SourceProvenance?.ResolvedRepoSource?.CommitSha ?? build.Source.RepoSource.BranchName + build.Source.RepoSource.TagName),
        Source.SourceOneofCase.ConnectedRepository => At(build.Source.ConnectedRepository.Repository.Split('/')[^1], build.SourceProvenance?.ResolvedConnectedRepository?.Revision ?? build.Source.ConnectedRepository.Revision),
        _ => "-",
    };

    private static string At(string repository, string revision) => revision.Length == 0 ? repository : $"{repository}@{(revision.Length == 40 ? revision[..7] : revision)}";
}

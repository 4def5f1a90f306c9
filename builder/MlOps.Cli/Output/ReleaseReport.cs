using System.Collections.Immutable;
using System.Globalization;
using MlOps.Steps.Project;
using MlOps.Steps.Releases;

namespace MlOps.Cli.Output;

/// <summary>Releases for people.</summary>
internal static class ReleaseReport
{
    public static void WriteList(Report report, ImmutableArray<ReleaseRecord> releases)
    {
        if (releases.IsEmpty)
        {
            report.Line("No release yet; 'mlops ci' makes one.");
            return;
        }

        foreach (var line in Columns.Of(["RELEASE", "COMMIT", "TIME (UTC)", "IMAGES", "TESTS", "RUN"], releases.Select(Row)))
        {
            report.Line(line);
        }
    }

    private static string[] Row(ReleaseRecord release) =>
    [
        release.Id.Short,
        Commit(release, 8),
        release.Time.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture),
        release.Components.Count.ToString(CultureInfo.InvariantCulture),
        Tests(release),
        Runs(release),
    ];

    public static void WriteOne(Report report, ReleaseRecord release)
    {
        report.Line($"Release   {release.Id}");
        report.Line($"Repo      {release.Repo}");
        foreach (var source in release.Said<SourceStatement>())
        {
            report.Line($"Commit    {release.Commit}{(source.Branch is { } branch ? $" ({branch})" : "")}{(source.Tag is { } tag ? $" {tag}" : "")}, by {source.Author}");
        }

        foreach (var build in release.Said<BuildStatement>())
        {
            report.Line($"Built     {build.Time.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC for {build.Environment}, by mlops {build.ToolkitVersion}{(build.Build is { } name ? $", {name}" : "")}");
        }

        report.Line($"Tests     {Tests(release)}");
        foreach (var (name, digest) in release.Components)
        {
            report.Line($"Image     {name}@{digest}");
        }

        foreach (var upload in release.Said<PipelinesStatement>())
        {
            foreach (var pipeline in upload.Pipelines)
            {
                report.Line($"Pipeline  {pipeline.Pipeline} in {upload.Environment}: {pipeline.Uri}");
            }
        }

        foreach (var statement in release.Said<RunStatement>())
        {
            report.Line($"Run       {statement.Run.Pipeline} in {statement.Environment}: {statement.Run.State} {statement.Run.Job}");
            foreach (var line in DeliverySummary.Results(statement.Run))
            {
                report.Line("            " + line);
            }
        }

        foreach (var deployment in release.Said<DeploymentStatement>())
        {
            report.Line($"Ledger    {deployment.Environment} {deployment.Sequence}: {deployment.Action} {deployment.Time.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC");
        }
    }

    /// <summary>The beginning of the commit; with <c>-dirty</c> where files were not committed.</summary>
    public static string Commit(ReleaseRecord release, int length) => Commit(release.Commit, length);

    public static string Commit(string commit, int length) => commit[..Math.Min(length, commit.Length)] + (commit.Contains("-dirty-", StringComparison.Ordinal) ? "-dirty" : "");

    private static string Tests(ReleaseRecord release) =>
        release.Last<TestsStatement>() is { } tests ? tests.Failed == 0 ? $"{tests.Passed} ok" : $"{tests.Failed} failed" : "none";

    private static string Runs(ReleaseRecord release) =>
        string.Join(", ", release.Said<RunStatement>().Select(said => $"{said.Run.Pipeline} {said.Run.State}{(said.Environment == DeliveryEnvironment.LocalName ? "" : $" in {said.Environment}")}"));
}

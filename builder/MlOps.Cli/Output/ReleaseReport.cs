using System.Collections.Immutable;
using System.Globalization;
using MlOps.Steps;

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
        release.Evidence.Time.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture),
        release.Components.Count.ToString(CultureInfo.InvariantCulture),
        Tests(release),
        Runs(release),
    ];

    public static void WriteOne(Report report, ReleaseRecord release)
    {
        report.Line($"Release   {release.Id}");
        report.Line($"Repo      {release.Repo}");
        report.Line($"Commit    {release.Commit}{(release.Evidence.Branch is { } branch ? $" ({branch})" : "")}{(release.Evidence.Tag is { } tag ? $" {tag}" : "")}");
        report.Line($"Author    {release.Evidence.Author}");
        report.Line($"Built     {release.Evidence.Time.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC for {release.Evidence.Environment}, by mlops {release.Evidence.ToolkitVersion}");
        report.Line($"Tests     {Tests(release)}");
        foreach (var (name, digest) in release.Components)
        {
            report.Line($"Image     {name}@{digest}");
        }

        foreach (var pipeline in release.Evidence.Uploaded)
        {
            report.Line($"Pipeline  {pipeline.Pipeline}: {pipeline.Uri}");
        }

        foreach (var run in release.Evidence.Runs)
        {
            report.Line($"Run       {run.Pipeline}: {run.State} {run.Job}");
            foreach (var line in DeliverySummary.Results(run))
            {
                report.Line("            " + line);
            }
        }
    }

    /// <summary>The beginning of the commit; with <c>-dirty</c> where files were not committed.</summary>
    public static string Commit(ReleaseRecord release, int length) =>
        release.Commit[..Math.Min(length, release.Commit.Length)] + (release.Commit.Contains("-dirty-", StringComparison.Ordinal) ? "-dirty" : "");

    private static string Tests(ReleaseRecord release) =>
        release.Evidence.Tests is { } tests ? tests.Failed == 0 ? $"{tests.Passed} ok" : $"{tests.Failed} failed" : "none";

    private static string Runs(ReleaseRecord release) =>
        string.Join(", ", release.Evidence.Runs.Select(run => $"{run.Pipeline} {run.State.Replace("PIPELINE_STATE_", "", StringComparison.Ordinal)}"));
}

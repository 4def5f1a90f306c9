using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using MlOps.Core.Images;
using MlOps.Core.Problems;
using MlOps.Steps.Releases;

namespace MlOps.Cli.Output;

/// <summary>From one release to another, for people and machines.</summary>
internal static class ReleaseDifferenceReport
{
    public static void Write(Report report, ReleaseRecord older, ReleaseRecord newer, ReleaseDifference difference)
    {
        report.Result(Json(older, newer, difference));
        report.Line($"{older.Id.Short} ({ReleaseReport.Commit(older, 8)}) -> {newer.Id.Short} ({ReleaseReport.Commit(newer, 8)})");
        WriteCommits(report, older, newer, difference);
        report.Line();
        report.Line(difference.Images.IsEmpty ? "No image moved." : $"{Quantity.Of(difference.Images.Length, "image")} moved:");
        foreach (var line in Columns.Of(["", "", "", ""], difference.Images.Select(image => new[] { $"  {Mark(image.Before, image.After)} {image.Component}", image.Before?.Short ?? "new", "->", image.After?.Short ?? "gone" })))
        {
            report.Line(line);
        }

        report.Line();
        if (difference.Pipelines.IsEmpty)
        {
            report.Line("No pipeline changed.");
        }

        foreach (var pipeline in difference.Pipelines)
        {
            WritePipeline(report, older, newer, pipeline);
        }
    }

    private static void WriteCommits(Report report, ReleaseRecord older, ReleaseRecord newer, ReleaseDifference difference)
    {
        report.Line();
        if (difference.Commits is not { } commits)
        {
            report.Line($"The git repository here does not have both commits ({older.Commit}, {newer.Commit}): 'git fetch' them to see what lies between.");
            return;
        }

        report.Line(commits.IsEmpty ? "No commit between them." : $"{Quantity.Of(commits.Length, "commit")}:");
        commits.ToList().ForEach(commit => report.Line("  + " + Line(commit)));
        if (!difference.Undone.IsEmpty)
        {
            report.Line($"{Quantity.Of(difference.Undone.Length, "commit")} of the older one that the newer one does not have:");
            difference.Undone.ToList().ForEach(commit => report.Line("  - " + Line(commit)));
        }
    }

    private static void WritePipeline(Report report, ReleaseRecord older, ReleaseRecord newer, ChangedPipeline pipeline)
    {
        if (pipeline.Changes is { } changes)
        {
            DifferenceReport.WriteText(report, new ComparedPipelines(older.Id.Short, newer.Id.Short, pipeline.Pipeline, IsSame: false), changes);
            return;
        }

        report.Line((pipeline.Before, pipeline.After) switch
        {
            (null, _) => $"{pipeline.Pipeline} is new.",
            (_, null) => $"{pipeline.Pipeline} is gone.",
            _ => $"{pipeline.Pipeline} changed, and one of the two is in no environment any more, so it cannot be told in what.",
        });
    }

    private static string Line(CommitLine commit) => $"{commit.Commit[..8]} {commit.Time.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)} {commit.Author}: {commit.Subject}";

    private static char Mark(Digest? before, Digest? after) => (before, after) switch
    {
        (null, _) => '+',
        (_, null) => '-',
        _ => '~',
    };

    private static JsonObject Json(ReleaseRecord older, ReleaseRecord newer, ReleaseDifference difference) => new()
    {
        ["before"] = older.Id.ToString(),
        ["after"] = newer.Id.ToString(),
        ["commits"] = difference.Commits is { } commits ? Json(commits) : null,
        ["undone"] = Json(difference.Undone),
        ["images"] = new JsonArray([.. difference.Images.Select(JsonNode? (image) => new JsonObject { ["component"] = image.Component, ["before"] = image.Before?.ToString(), ["after"] = image.After?.ToString() })]),
        ["pipelines"] = new JsonArray([.. difference.Pipelines.Select(JsonNode? (pipeline) => new JsonObject
        {
            ["pipeline"] = pipeline.Pipeline,
            ["before"] = pipeline.Before?.ToString(),
            ["after"] = pipeline.After?.ToString(),
            ["changes"] = pipeline.Changes is { } changes ? DifferenceReport.Json(changes) : null,
        })]),
    };

    private static JsonArray Json(ImmutableArray<CommitLine> commits) =>
        [.. commits.Select(JsonNode? (commit) => new JsonObject { ["commit"] = commit.Commit, ["author"] = commit.Author, ["time"] = commit.Time, ["subject"] = commit.Subject })];
}

using System.Text.Json.Nodes;
using MlOps.Core.Problems;
using MlOps.Steps;

namespace MlOps.Cli.Output;

/// <summary>What a delivery came to: the pipelines' metrics and the release.</summary>
internal static class DeliverySummary
{
    public static void Write(Report report, DeliveryContext context, TimeSpan took)
    {
        foreach (var run in context.Workspace.TryRead(Records.Run)?.Runs ?? [])
        {
            report.Line();
            report.Line($"{run.Pipeline}: {run.State}  {run.Job}");
            foreach (var line in Results(run))
            {
                report.Line("  " + line);
            }
        }

        if (context.Workspace.TryRead(Records.Release) is { } release)
        {
            report.Line();
            report.Line($"Release {release.Id.Short} of {release.Repo} at {ReleaseReport.Commit(release, 12)}: {Quantity.Of(release.Components.Count, "image")}, {Quantity.Of(release.Pipelines.Count, "pipeline")}");
        }

        report.Line($"Took {DeliveryReport.Duration(took)}.");
    }

    /// <summary>A run's metrics and the parameters that it gives out, a line each; artifacts are in its JSON.</summary>
    public static IEnumerable<string> Results(PipelineRun run) =>
        run.Outputs.Where(output => output.Value is not JsonObject and not JsonArray).Concat(run.Metrics).Select(pair => $"{pair.Key} = {pair.Value?.ToJsonString() ?? "null"}");
}

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
            foreach (var (name, value) in run.Metrics)
            {
                report.Line($"  {name} = {value?.ToJsonString() ?? "null"}");
            }
        }

        if (context.Workspace.TryRead(Records.Release) is { } release)
        {
            report.Line();
            report.Line($"Release {release.Id.Short} of {release.Repo} at {release.Commit[..Math.Min(12, release.Commit.Length)]}: {Quantity.Of(release.Components.Count, "image")}, {Quantity.Of(release.Pipelines.Count, "pipeline")}");
        }

        report.Line($"Took {DeliveryReport.Duration(took)}.");
    }
}

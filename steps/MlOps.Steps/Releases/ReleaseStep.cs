using MlOps.Core.Graph;
using MlOps.Core.Problems;

namespace MlOps.Steps.Releases;

/// <summary>Writes down what was built, under the id that its content gives it, with the evidence about it.</summary>
public static class ReleaseStep
{
    public static async Task<StepResult> RunAsync(DeliveryContext context, CancellationToken cancel)
    {
        var release = ReleaseIdentity.Of(context);
        var record = new ReleaseRecord(release.Id, release.Repo, release.Commit, release.Components, release.Pipelines, Evidence(context));
        var (written, isNew) = await ReleaseStore.WriteAsync(context, record, cancel);
        context.Workspace.Write(Records.Release, written);
        var summary = $"{release.Id.Short}: {Quantity.Of(release.Components.Count, "image")}, {Quantity.Of(release.Pipelines.Count, "pipeline")}";
        return isNew ? StepResult.Done(summary) : StepResult.Unchanged(summary + ", known already");
    }

    private static ReleaseEvidence Evidence(DeliveryContext context)
    {
        var source = context.Workspace.Read(Records.Source);
        var reports = new[] { context.Workspace.TryRead(Records.Test), context.Workspace.TryRead(Records.IntegrationTest) }.OfType<TestReport>().ToArray();
        return new ReleaseEvidence(
            context.Time.GetUtcNow(),
            context.Environment.Name,
            source.Author,
            source.Branch,
            source.Tag,
            context.Workspace.TryRead(Records.Upload)?.Pipelines ?? [],
            reports.Length == 0 ? null : new TestCounts(reports.Sum(report => report.Passed), reports.Sum(report => report.Failed), reports.Sum(report => report.Skipped)),
            context.Workspace.TryRead(Records.Lint)?.Findings.Length,
            context.Workspace.TryRead(Records.Run)?.Runs ?? [],
            Toolkit.Version);
    }
}

using System.Collections.Immutable;
using MlOps.Core.Graph;
using MlOps.Core.Problems;
using MlOps.Steps.Ledger;
using MlOps.Steps.Project;
using MlOps.Steps.Promotion.Gates;
using MlOps.Steps.Run;

namespace MlOps.Steps.Releases;

/// <summary>
/// Writes down what was built, under the id that its content gives it, with the evidence about it: in the environment's Storage, in its
/// registry beside the images, and in its ledger, since from now on the environment runs it.
/// </summary>
public static class ReleaseStep
{
    public static async Task<StepResult> RunAsync(DeliveryContext context, CancellationToken cancel)
    {
        CheckWay(context.Environment);
        var release = ReleaseIdentity.Of(context);
        var source = context.Workspace.Read(Records.Source);
        var actor = Actor.Of(context.Workspace.Root);
        var record = new ReleaseRecord(release.Id, release.Repo, release.Commit, release.Components, release.Pipelines, [.. Statements(context, source, actor).Select(Evidence.Of)]);
        var store = new ReleaseStore(context.Place);
        var (written, isNew) = await store.WriteAsync(record, cancel);
        var entry = await DeliverAsync(context, written, actor, cancel);
        (written, _) = await store.WriteAsync(written.With([Evidence.Of(entry.ToStatement())]), cancel);
        await ReleaseArtifact.PublishAsync(context.Place, written, cancel);
        context.Workspace.Write(Records.Release, written);
        var summary = $"{release.Id.Short}: {Quantity.Of(release.Components.Count, "image")}, {Quantity.Of(release.Pipelines.Count, "pipeline")}";
        return isNew ? StepResult.Done(summary) : StepResult.Unchanged(summary + ", known already");
    }

    /// <summary>Releases come to an environment with <c>promoteFrom</c> through its gates, never past them.</summary>
    /// <exception cref="InvalidInputException">It is such an environment.</exception>
    public static void CheckWay(DeliveryEnvironment environment)
    {
        if (environment.PromoteFrom is { } from)
        {
            throw new InvalidInputException(
                "promoted-only",
                $"{environment.Name} takes its releases from {from} ('promoteFrom' in mlops.yaml): nothing is built for it, and its gates are not gone past. 'mlops promote --to {environment.Name}' brings what {from} runs.",
                environment.Spot);
        }
    }

    private static IEnumerable<Statement> Statements(DeliveryContext context, SourceRevision source, Actor actor)
    {
        var (now, environment) = (context.Time.GetUtcNow(), context.Environment.Name);
        yield return new SourceStatement(now, environment, source.Branch, source.Tag, source.Author, source.CommitTime);
        var images = context.Workspace.TryRead(Records.Build)?.Images ?? [];
        yield return new BuildStatement(
            now,
            environment,
            actor.Build,
            Toolkit.Version,
            images.ToImmutableSortedDictionary(image => image.Component, image => image.Fingerprint, StringComparer.Ordinal),
            images.Where(image => !image.Materials.IsEmpty).ToImmutableSortedDictionary(image => image.Component, image => image.Materials, StringComparer.Ordinal));
        var reports = new[] { context.Workspace.TryRead(Records.Test), context.Workspace.TryRead(Records.IntegrationTest) }.OfType<TestReport>().Where(report => report.Of == source.ImageTag).ToArray();
        if (reports.Length > 0)
        {
            yield return new TestsStatement(now, environment, reports.Sum(report => report.Passed), reports.Sum(report => report.Failed), reports.Sum(report => report.Skipped));
        }

        if (context.Workspace.TryRead(Records.Lint) is { } lint && lint.Of == source.ImageTag)
        {
            yield return new LintStatement(now, environment, lint.Findings.Count(finding => finding.Severity == Severity.Error), lint.Findings.Count(finding => finding.Severity == Severity.Warning));
        }

        if (Uploaded(context) is { IsEmpty: false } uploaded)
        {
            yield return new PipelinesStatement(now, environment, uploaded);
        }

        yield return new SettingsStatement(now, environment, EnvironmentSettings.HashOf(context.Project, context.Environment));
        foreach (var run in Runs(context))
        {
            yield return new RunStatement(now, environment, run);
        }
    }

    // Steps may be run one by one: what an earlier one left of another commit, or of another environment, is no evidence here.
    private static ImmutableArray<PipelineRun> Runs(DeliveryContext context) =>
        context.Workspace.TryRead(Records.Run) is { } record && record.Environment == context.Environment.Name && record.Release == ReleaseIdentity.Of(context).Id ? record.Runs : [];

    private static ImmutableArray<UploadedPipeline> Uploaded(DeliveryContext context)
    {
        var compiled = context.Workspace.Read(Records.Compile).Pipelines.Select(pipeline => pipeline.Sha256).ToHashSet();
        return context.Workspace.TryRead(Records.Upload) is { } record && record.Environment == context.Environment.Name ? [.. record.Pipelines.Where(pipeline => compiled.Contains(pipeline.Sha256))] : [];
    }

    /// <summary>The entry that says so: the one that is there, where the environment runs this release already.</summary>
    private static async Task<LedgerEntry> DeliverAsync(DeliveryContext context, ReleaseRecord release, Actor actor, CancellationToken cancel)
    {
        var now = context.Time.GetUtcNow();
        var settings = EnvironmentSettings.HashOf(context.Project, context.Environment);
        LedgerEntry? there = null;
        var written = await new LedgerStore(context.Place, release.Repo).TryAppendAsync(
            ledger => (there = ledger.State.Current) is { } current && current.Release == release.Id && current.Settings == settings
                ? null
                : ledger.State.HoldAt(now) is { } hold
                ? throw new StepFailedException($"{hold.By} holds {context.Environment.Name} since {SourceGates.Text(hold.Time)}: {hold.Why}. The release {release.Id.Short} is known, and {context.Environment.Name} is not said to run it. 'mlops hold {context.Environment.Name} --lift' ends the hold; then run 'mlops ci --env {context.Environment.Name} --only release'.")
                : new LedgerEntry(now, context.Environment.Name, LedgerAction.Deliver, EntryState.Completed, actor.Name)
                {
                    Release = release.Id,
                    Commit = release.Commit,
                    From = there?.Release,
                    Pipelines = Uploaded(context),
                    Runs = [.. Runs(context).Select(RunReference.Of)],
                    Settings = settings,
                },
            cancel);
        return written ?? there!;
    }
}

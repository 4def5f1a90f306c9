using System.Collections.Immutable;
using MlOps.Core.Images;
using MlOps.Core.Problems;
using MlOps.Steps.Ledger;
using MlOps.Steps.Promotion.Gates;
using MlOps.Steps.Releases;
using MlOps.Steps.Run;

namespace MlOps.Steps.Promotion;

/// <summary>
/// Moves a release to the next environment:
/// <code>
/// gates ─ lease ─ started ─ images ─ pipelines ─ run there ─ metrics there ─ completed ─ evidence
/// </code>
/// Every write can be repeated: images and pipelines are named by their content, a run by what is run, the ledger's entry by what the
/// environment runs already. So a promotion that was interrupted anywhere and is run again ends in the same state.
/// </summary>
public sealed class PromotionRun(PromotionRequest request, Action<string, string?, string> line, TimeProvider time, Action<ImmutableArray<GateResult>>? passed = null)
{
    private readonly EnvironmentPlace _from = request.From;
    private readonly EnvironmentPlace _to = request.To;
    private readonly LedgerStore _fromLedger = new(request.From, request.Repo);
    private readonly LedgerStore _toLedger = new(request.To, request.Repo);

    private Digest Settings => EnvironmentSettings.HashOf(request.Project, _to.Environment);

    /// <summary>What the gates say now; nothing is changed.</summary>
    public async Task<ImmutableArray<GateResult>> GatesAsync(ReleaseRecord release, CancellationToken cancel) =>
        GateCheck.Skip(GateCheck.Run(await FactsAsync(release, cancel)), request.SkipGates, request.Why, _to.Environment);

    /// <exception cref="GatesClosedException">Gates that did not pass.</exception>
    /// <exception cref="StepFailedException">Somebody else moves the environment, an image is missing, the run there failed.</exception>
    public async Task<MoveOutcome> RunAsync(ReleaseRecord release, CancellationToken cancel)
    {
        if (RunsAlready(await _toLedger.ReadAsync(cancel), release) is { } there)
        {
            return await FinishAsync(release, there, [], [], alreadyThere: true, cancel);
        }

        await PassAsync(release, cancel);
        await using var lease = await new LeaseStore(_to, request.Repo, time).AcquireAsync(request.Actor, $"promote {release.Id.Short}", text => line("lease", null, text), cancel);
        return await lease.HoldAsync(token => MoveAsync(release, token), cancel);
    }

    /// <summary>With the lease: what the gates said before may not be true any more.</summary>
    private async Task<MoveOutcome> MoveAsync(ReleaseRecord release, CancellationToken cancel)
    {
        if (RunsAlready(await _toLedger.ReadAsync(cancel), release) is { } there)
        {
            return await FinishAsync(release, there, [], [], alreadyThere: true, cancel);
        }

        var gates = await PassAsync(release, cancel);
        passed?.Invoke(gates);
        var source = (await _fromLedger.ReadAsync(cancel)).State.LastMoveTo(release.Id);
        var pipelines = await PipelineMove.ReadAsync(_from, _to, release, source?.Pipelines ?? release.UploadedTo(_from.Name), cancel);
        var runs = new EnvironmentRuns(request.Project, _to, release.Id, (pipeline, text) => line("run", pipeline, text), time);
        // Parameters that do not fit are told before anything is moved.
        Plan(runs, release, pipelines, []);
        var began = await _toLedger.AppendAsync(ledger => Entry(release, EntryState.Started, ledger) with { Gates = gates }, cancel);
        try
        {
            return await CompleteAsync(release, began, gates, pipelines, runs, cancel);
        }
        catch (Exception error) when (error is StepFailedException or InvalidInputException)
        {
            var why = (error is InvalidInputException { Problems: [var problem, ..] } ? problem.Message : error.Message).Split('\n')[0];
            await _toLedger.TryAppendAsync(ledger => IsMine(ledger, began) ? Entry(release, EntryState.Failed, ledger) with { Began = began.Sequence, Why = why } : null, CancellationToken.None);
            throw;
        }
    }

    private async Task<MoveOutcome> CompleteAsync(
        ReleaseRecord release, LedgerEntry began, ImmutableArray<GateResult> gates, ImmutableArray<MovedPipeline> pipelines, EnvironmentRuns runs, CancellationToken cancel)
    {
        var copied = await ImageMove.RunAsync(_from, _to, release, (component, text) => line("images", component, text), cancel);
        line("images", null, $"{Quantity.Of(release.Components.Count, "image")} {(copied == 0 ? $"where {_from.Name} has them" : $"at {_to.Environment.Images}")}, the same digests");
        var uploaded = await PipelineMove.UploadAsync(_to, release, pipelines, (pipeline, text) => line("pipelines", pipeline, text), cancel);
        var ran = await runs.RunAsync(Plan(runs, release, pipelines, uploaded), cancel);
        gates = MetricsThere(gates, ran, (await _toLedger.ReadAsync(cancel)).State, release);
        var entry = await _toLedger.AppendAsync(
            ledger => !IsMine(ledger, began) ? throw Overtaken(ledger)
                : NewHold(ledger, began) is { } hold ? throw new GatesClosedException(release.Id, _to.Name, [.. gates.Where(gate => gate.Gate != hold.Gate), hold])
                : Entry(release, EntryState.Completed, ledger) with
                {
                    Began = began.Sequence,
                    Gates = gates,
                    Pipelines = uploaded,
                    Runs = [.. ran.Select(RunReference.Of)],
                },
            cancel);
        return await FinishAsync(release, entry, gates, ran, alreadyThere: false, cancel);
    }

    /// <summary>Evidence of it, where the environment keeps releases and beside its images. Repeated by whoever finds the release there.</summary>
    private async Task<MoveOutcome> FinishAsync(ReleaseRecord release, LedgerEntry entry, ImmutableArray<GateResult> gates, ImmutableArray<PipelineRun> ran, bool alreadyThere, CancellationToken cancel)
    {
        var statements = new List<Statement>
        {
            new PipelinesStatement(entry.Time, _to.Name, entry.Pipelines),
            new SettingsStatement(entry.Time, _to.Name, entry.Settings ?? Settings),
            entry.ToStatement(),
        };
        if (request.Tag is { } tag && release.Last<SourceStatement>() is { } source)
        {
            statements.Add(source with { Time = entry.Time, Environment = _to.Name, Branch = null, Tag = tag });
        }

        var store = new ReleaseStore(_to);
        if (alreadyThere)
        {
            ran = await LostRunsAsync(entry, await store.FindAsync(release.Repo, release.Id, cancel), cancel);
        }

        statements.AddRange(ran.Select(run => new RunStatement(entry.Time, _to.Name, run)));
        var (written, _) = await store.WriteAsync(release.With(statements.Select(Evidence.Of)), cancel);
        await ReleaseArtifact.PublishAsync(_to, written, cancel);
        return new MoveOutcome("promote", _to.Name, release.Id, release.Commit, entry.From, alreadyThere, gates, alreadyThere ? [] : ran, entry.Sequence);
    }

    /// <summary>Runs of an entry that nobody has recorded, because whoever waited for them was killed: read again, else as the ledger kept them.</summary>
    private async Task<ImmutableArray<PipelineRun>> LostRunsAsync(LedgerEntry entry, ReleaseRecord? known, CancellationToken cancel)
    {
        var lost = entry.Runs.Where(run => known?.RunsIn(_to.Name).Any(there => there.Job == run.Job) != true).ToArray();
        using var jobs = new Jobs(_to.Endpoint, _to.Environment);
        return [.. await Task.WhenAll(lost.Select(async run => await jobs.GetAsync(run.Job, cancel) is { } job ? EnvironmentRuns.Ended(run.Pipeline, job) : run.ToRun()))];
    }

    private static ImmutableArray<PlannedRun> Plan(EnvironmentRuns runs, ReleaseRecord release, ImmutableArray<MovedPipeline> pipelines, ImmutableArray<UploadedPipeline> uploaded) =>
        runs.Plan([.. pipelines.Select(pipeline => PipelineMove.Runnable(pipeline, uploaded))], release.Repo, release.Commit);

    private async Task<ImmutableArray<GateResult>> PassAsync(ReleaseRecord release, CancellationToken cancel)
    {
        var gates = await GatesAsync(release, cancel);
        return gates.Any(gate => gate.Outcome == GateOutcome.Failed) ? throw new GatesClosedException(release.Id, _to.Name, gates) : gates;
    }

    private async Task<GateFacts> FactsAsync(ReleaseRecord release, CancellationToken cancel)
    {
        var (from, to) = (await _fromLedger.ReadAsync(cancel), await _toLedger.ReadAsync(cancel));
        LedgerChain.Check(from.Entries, _from.Name, [release]);
        LedgerChain.Check(to.Entries, _to.Name, [release]);
        return new(_from.Environment, from.State, _to.Environment, to.State, release, request.Build, time.GetUtcNow());
    }

    /// <summary>Metrics are asked for once more when the release has run with the environment's own data: like is compared with like there.</summary>
    private ImmutableArray<GateResult> MetricsThere(ImmutableArray<GateResult> gates, ImmutableArray<PipelineRun> ran, EnvironmentState state, ReleaseRecord release)
    {
        var rules = _to.Environment.Gates.Metrics;
        if (rules.IsEmpty || ran.IsEmpty)
        {
            return gates;
        }

        var present = state.Current is { } current && current.Release != release.Id ? Metrics.Of(current.Runs.Select(run => run.Metrics)) : null;
        var result = MetricsGate.Check(rules, Metrics.Of(ran.Select(run => run.Metrics)), present, _to.Name, _to.Name) with { Gate = $"metrics in {_to.Name}" };
        if (result.Outcome == GateOutcome.Failed && request.SkipGates.Contains(MetricsGate.Name))
        {
            result = result with { Outcome = GateOutcome.Skipped, Why = request.Why };
        }

        return result.Outcome == GateOutcome.Failed ? throw new GatesClosedException(release.Id, _to.Name, [.. gates, result]) : [.. gates, result];
    }

    private LedgerEntry Entry(ReleaseRecord release, EntryState state, EnvironmentLedger ledger) => new(time.GetUtcNow(), _to.Name, LedgerAction.Promote, state, request.Actor.Name)
    {
        Release = release.Id,
        Commit = release.Commit,
        From = ledger.State.Current?.Release,
        FromEnvironment = _from.Name,
        Why = request.Why,
        Policy = request.Policy,
        Settings = Settings,
    };

    /// <summary>The entry by which the environment runs this release with these settings already.</summary>
    private LedgerEntry? RunsAlready(EnvironmentLedger ledger, ReleaseRecord release) =>
        ledger.State.Current is { } current && current.Release == release.Id && current.Settings == Settings ? current : null;

    /// <summary>The fence: whoever lost the lease and goes on writes nothing when somebody else has begun.</summary>
    private static bool IsMine(EnvironmentLedger ledger, LedgerEntry began) => ledger.State.Unfinished?.Sequence == began.Sequence;

    private StepFailedException Overtaken(EnvironmentLedger ledger) =>
        new($"Somebody else has moved {_to.Name} meanwhile ({ledger.Entries[^1].By}, {ledger.Entries[^1].Action.ToString().ToLowerInvariant()} at {SourceGates.Text(ledger.Entries[^1].Time)}). Nothing was recorded; 'mlops ledger {_to.Name}' shows what happened.");

    /// <summary>A hold that came while this was at work keeps the environment as it is, too.</summary>
    private GateResult? NewHold(EnvironmentLedger ledger, LedgerEntry began) =>
        ledger.State.Hold is { } hold && hold.Sequence > began.Sequence && TimeGates.Hold(_to.Name, ledger.State, time.GetUtcNow()) is { Outcome: GateOutcome.Failed } closed ? closed : null;
}

using System.Collections.Immutable;
using MlOps.Core.Problems;
using MlOps.Steps.Ledger;
using MlOps.Steps.Promotion.Gates;
using MlOps.Steps.Releases;
using MlOps.Steps.Upload;

namespace MlOps.Steps.Promotion;

/// <summary>
/// Takes an environment back to a release that it ran before: its images and pipelines must still be there, byte for byte; nothing is
/// built, copied or run. Approval, soak and freeze are not asked, a hold is.
/// </summary>
/// <param name="why">Kept in the ledger.</param>
public sealed class Rollback(EnvironmentPlace place, string repo, Actor actor, IReadOnlyCollection<string> skipGates, string? why, Action<string, string?, string> line, TimeProvider time)
{
    private readonly LedgerStore _ledger = new(place, repo);
    private readonly ReleaseStore _releases = new(place);

    /// <param name="to">The beginning of a release's id or commit; null: the last one before the present one.</param>
    /// <exception cref="InvalidInputException">The environment never ran it.</exception>
    public async Task<MoveOutcome> RunAsync(string? to, CancellationToken cancel)
    {
        if (skipGates.FirstOrDefault(gate => gate != "hold") is { } other)
        {
            throw new InvalidInputException("unknown-gate", $"A rollback asks one gate, 'hold'; --skip-gate {other} has no meaning here.");
        }

        var state = (await _ledger.ReadAsync(cancel)).State;
        var current = state.Current ?? throw new InvalidInputException("nothing-there", $"{place.Name} runs nothing yet: there is nothing to go back from.");
        if (to is null && current.Action == LedgerAction.Rollback)
        {
            if (await new LeaseStore(place, repo, time).HolderAsync(cancel) is { } holder)
            {
                throw new StepFailedException($"{place.Name} is being moved by {holder.Holder}: {holder.Purpose}. Nothing was changed; run this again when it has ended ('mlops status' shows it).");
            }

            // Run again after an interrupt, or by two people at once, it must not go back twice.
            line("rollback", null, $"{place.Name} went back already, to {current.Release!.Value.Short} at {SourceGates.Text(current.Time)} ({current.By}). Further back: 'mlops rollback {place.Name} --to RELEASE'; 'mlops ledger {place.Name}' shows which it had.");
            return await FinishAsync(await ReleaseAsync(current, cancel), current, [], alreadyThere: true, cancel);
        }

        var target = to is null
            ? state.Before ?? throw new InvalidInputException("nothing-before", $"{place.Name} has run nothing but {current.Release!.Value.Short}: there is nothing to go back to.")
            : Find(state, to);
        if (target.Release == current.Release)
        {
            return await FinishAsync(await ReleaseAsync(current, cancel), current, [], alreadyThere: true, cancel);
        }

        await using var lease = await new LeaseStore(place, repo, time).AcquireAsync(actor, $"roll back to {target.Release!.Value.Short}", text => line("lease", null, text), cancel);
        return await lease.HoldAsync(token => MoveAsync(target, current, token), cancel);
    }

    private async Task<MoveOutcome> MoveAsync(LedgerEntry target, LedgerEntry current, CancellationToken cancel)
    {
        var release = await ReleaseAsync(target, cancel);
        var gates = GateCheck.Skip([TimeGates.Hold(place.Environment.Name, (await _ledger.ReadAsync(cancel)).State, time.GetUtcNow())], skipGates, why, place.Environment);
        if (gates.Any(gate => gate.Outcome == GateOutcome.Failed))
        {
            throw new GatesClosedException(release.Id, place.Name, gates);
        }

        await ImageMove.CheckAsync(place, release, cancel);
        line("images", null, $"{Quantity.Of(release.Components.Count, "image")} there, the same digests");
        await Task.WhenAll(target.Pipelines.Select(pipeline => PipelineRepository.DownloadAsync(place, pipeline, cancel)));
        line("pipelines", null, $"{Quantity.Of(target.Pipelines.Length, "pipeline")} there, the same bytes");
        var entry = await _ledger.AppendAsync(
            ledger => ledger.State.Current?.Sequence != current.Sequence
                ? throw new StepFailedException($"Somebody else has moved {place.Name} meanwhile ({ledger.State.Current?.By}). Nothing was recorded; 'mlops ledger {place.Name}' shows what happened.")
                : new LedgerEntry(time.GetUtcNow(), place.Name, LedgerAction.Rollback, EntryState.Completed, actor.Name)
                {
                    Release = target.Release,
                    Commit = target.Commit,
                    From = current.Release,
                    Why = why,
                    Gates = gates,
                    Pipelines = target.Pipelines,
                    Runs = target.Runs,
                    Settings = target.Settings,
                },
            cancel);
        return await FinishAsync(release, entry, gates, alreadyThere: false, cancel);
    }

    private async Task<MoveOutcome> FinishAsync(ReleaseRecord release, LedgerEntry entry, ImmutableArray<GateResult> gates, bool alreadyThere, CancellationToken cancel)
    {
        var (written, _) = await _releases.WriteAsync(release.With([Evidence.Of(entry.ToStatement())]), cancel);
        await ReleaseArtifact.PublishAsync(place, written, cancel);
        return new MoveOutcome("rollback", place.Name, release.Id, release.Commit, entry.From, alreadyThere, gates, [], entry.Sequence);
    }

    private async Task<ReleaseRecord> ReleaseAsync(LedgerEntry entry, CancellationToken cancel) =>
        await _releases.FindAsync(repo, entry.Release!.Value, cancel)
        ?? throw new StepFailedException($"The ledger of {place.Name} names the release {entry.Release!.Value.Short}, and gs://{place.Bucket} does not have it any more. Restore mlops/releases/{repo}/{entry.Release.Value.Hex}.json.");

    private LedgerEntry Find(EnvironmentState state, string which)
    {
        var prefix = ReleaseChoice.Prefix(which);
        var found = state.Moves.Where(entry => entry.Release!.Value.Hex.StartsWith(prefix, StringComparison.Ordinal) || entry.Commit?.StartsWith(prefix, StringComparison.Ordinal) == true).ToArray();
        var ids = found.Select(entry => entry.Release!.Value).Distinct().ToArray();
        return ids.Length switch
        {
            1 => found[^1],
            0 => throw new InvalidInputException("never-there", $"{place.Name} never ran a release '{which}'. It ran {string.Join(", ", state.Moves.Select(entry => entry.Release!.Value.Short).Distinct().TakeLast(5))}; 'mlops promote' brings new ones."),
            _ => throw new InvalidInputException("ambiguous-release", $"'{which}' means {ids.Length} releases: {string.Join(", ", ids.Select(id => id.Short))}. Give more of the id."),
        };
    }
}

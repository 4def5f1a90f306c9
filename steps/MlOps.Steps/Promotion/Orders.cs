using MlOps.Core.Problems;
using MlOps.Steps.Ledger;
using MlOps.Steps.Releases;

namespace MlOps.Steps.Promotion;

/// <summary>What people say about an environment, for its gates to hear: approvals and holds. Each is an entry of its ledger.</summary>
/// <param name="place">The environment.</param>
/// <param name="repo">The repo's name.</param>
public sealed class Orders(EnvironmentPlace place, string repo, Actor actor, TimeProvider time)
{
    private readonly LedgerStore _ledger = new(place, repo);

    /// <summary>Lets a release come; said twice it is said once.</summary>
    /// <exception cref="InvalidInputException">The environment names its approvers, and this is none of them.</exception>
    public Task<LedgerEntry> ApproveAsync(ReleaseRecord release, string? why, CancellationToken cancel)
    {
        var approvers = place.Environment.Gates.Approvers;
        return !approvers.IsEmpty && !approvers.Contains(actor.Name)
            ? throw new InvalidInputException("not-an-approver", $"{actor.Name} is not among the approvers of {place.Name}: {string.Join(", ", approvers)} ('approvers' in its gates, mlops.yaml). Who you are is git's user.email.", place.Environment.Spot)
            : AppendAsync(LedgerAction.Approve, ledger => ledger.State.ApprovalsOf(release.Id).FindLast(known => known.By == actor.Name), entry => entry with { Release = release.Id, Commit = release.Commit, Why = why }, cancel);
    }

    /// <summary>Keeps the environment as it is.</summary>
    /// <param name="until">Null: until it is lifted.</param>
    public Task<LedgerEntry> HoldAsync(string why, DateTimeOffset? until, CancellationToken cancel) =>
        AppendAsync(LedgerAction.Hold, _ => null, entry => entry with { Why = why, Until = until }, cancel);

    /// <exception cref="InvalidInputException">Nobody holds it.</exception>
    public Task<LedgerEntry> LiftAsync(string? why, CancellationToken cancel) => AppendAsync(
        LedgerAction.Lift,
        ledger => ledger.State.HoldAt(time.GetUtcNow()) is null ? throw new InvalidInputException("not-held", $"Nobody holds {place.Name}: there is nothing to lift.") : null,
        entry => entry with { Why = why },
        cancel);

    private async Task<LedgerEntry> AppendAsync(LedgerAction action, Func<EnvironmentLedger, LedgerEntry?> known, Func<LedgerEntry, LedgerEntry> filled, CancellationToken cancel)
    {
        LedgerEntry? there = null;
        var written = await _ledger.TryAppendAsync(
            ledger => (there = known(ledger)) is null ? filled(new LedgerEntry(time.GetUtcNow(), place.Name, action, EntryState.Completed, actor.Name)) : null,
            cancel);
        return written ?? there!;
    }
}

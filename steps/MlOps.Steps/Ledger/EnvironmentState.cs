using System.Collections.Immutable;
using MlOps.Core.Images;

namespace MlOps.Steps.Ledger;

/// <summary>What the ledger's entries come to: what the environment runs, and what keeps it where it is.</summary>
public sealed record EnvironmentState
{
    public static EnvironmentState Empty { get; } = new();

    /// <summary>The entry by which the environment came to what it runs; null where it runs nothing yet.</summary>
    public LedgerEntry? Current => Moves.LastOrDefault();

    /// <summary>The entries that moved it, oldest first.</summary>
    public ImmutableList<LedgerEntry> Moves { get; private init; } = [];

    /// <summary>The hold that was not lifted.</summary>
    public LedgerEntry? Hold { get; private init; }

    /// <summary>A promotion or rollback that has started and has no end yet: it goes on, or was interrupted.</summary>
    public LedgerEntry? Unfinished { get; private init; }

    private ImmutableDictionary<Digest, ImmutableList<LedgerEntry>> Approvals { get; init; } = ImmutableDictionary<Digest, ImmutableList<LedgerEntry>>.Empty;

    public static EnvironmentState Of(IEnumerable<LedgerEntry> entries) => entries.Aggregate(Empty, (state, entry) => state.After(entry));

    public EnvironmentState After(LedgerEntry entry) => entry.Action switch
    {
        LedgerAction.Hold => this with { Hold = entry },
        LedgerAction.Lift => this with { Hold = null },
        LedgerAction.Approve when entry.Release is { } release => this with { Approvals = Approvals.SetItem(release, ApprovalsOf(release).Add(entry)) },
        LedgerAction.Approve => this,
        _ when entry.State == EntryState.Started => this with { Unfinished = entry },
        _ when entry.Moves => Moved(entry),
        // Of somebody who was overtaken: what the other one began goes on.
        _ => entry.Began is { } began && began != Unfinished?.Sequence ? this : this with { Unfinished = null },
    };

    /// <summary>Who let a release come, and when, oldest first; none where nobody did since the environment last went back from it.</summary>
    public ImmutableList<LedgerEntry> ApprovalsOf(Digest release) => Approvals.GetValueOrDefault(release, []);

    /// <summary>The hold, unless its time is over.</summary>
    public LedgerEntry? HoldAt(DateTimeOffset now) => Hold is { } hold && (hold.Until is null || hold.Until > now) ? hold : null;

    /// <summary>Since when the environment has run what it runs, without a break; the entry that moved it there.</summary>
    public LedgerEntry? Since
    {
        get
        {
            var since = Current;
            for (var i = Moves.Count - 1; i >= 0 && Moves[i].Release == since?.Release; i--)
            {
                since = Moves[i];
            }

            return since;
        }
    }

    /// <summary>The last release before the one that runs now; null where there was no other.</summary>
    public LedgerEntry? Before => Current is { } current ? Moves.FindLast(entry => entry.Release != current.Release) : null;

    /// <summary>The last time that the environment came to run a release; null where it never did.</summary>
    public LedgerEntry? LastMoveTo(Digest release) => Moves.FindLast(entry => entry.Release == release);

    /// <summary>The environment ran the release, and left it by a rollback.</summary>
    public bool WentBackFrom(Digest release) =>
        Moves.FindLastIndex(entry => entry.Release == release) is >= 0 and var last && last + 1 < Moves.Count && Moves[last + 1].Action == LedgerAction.Rollback;

    // What somebody approved is used up when the environment goes back from it: it turned out otherwise than they thought.
    private EnvironmentState Moved(LedgerEntry entry) => this with
    {
        Moves = Moves.Add(entry),
        Unfinished = null,
        Approvals = entry.Action == LedgerAction.Rollback && (entry.From ?? Current?.Release) is { } left ? Approvals.Remove(left) : Approvals,
    };
}

using CsCheck;
using MlOps.Core.Images;
using MlOps.Steps.Ledger;

namespace MlOps.Steps.Tests.Ledger;

public sealed class EnvironmentStateTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 26, 12, 0, 0, TimeSpan.Zero);
    private long _sequence;

    private LedgerEntry Entry(LedgerAction action, string? release = null, EntryState state = EntryState.Completed, string by = "ann") =>
        new(Noon.AddMinutes(++_sequence), "dev", action, state, by) { Sequence = _sequence, Release = release is null ? null : Digest.Of(release) };

    private static EnvironmentState Of(params LedgerEntry[] entries) => EnvironmentState.Of(entries);

    [Fact]
    public void Nothing_was_done() => Assert.Equal((null, null, null, null, null), (Of().Current, Of().Before, Of().Since, Of().Hold, Of().Unfinished));

    [Fact]
    public void What_completed_last_runs_and_what_came_to_no_end_does_not()
    {
        var (one, two) = (Entry(LedgerAction.Deliver, "1"), Entry(LedgerAction.Promote, "2"));
        var begun = Entry(LedgerAction.Promote, "3", EntryState.Started);
        var state = Of(one, two, begun);
        Assert.Equal((two, one, begun), (state.Current, state.Before, state.Unfinished));
        Assert.Null(Of(one, two, begun, Entry(LedgerAction.Promote, "3", EntryState.Failed) with { Began = begun.Sequence }).Unfinished);
        Assert.Null(Of(one, begun, Entry(LedgerAction.Promote, "3") with { Began = begun.Sequence }).Unfinished);
    }

    [Fact]
    public void The_end_of_one_who_was_overtaken_ends_nothing_of_the_other()
    {
        var (first, second) = (Entry(LedgerAction.Promote, "1", EntryState.Started), Entry(LedgerAction.Promote, "2", EntryState.Started));
        Assert.Equal(second, Of(first, second, Entry(LedgerAction.Promote, "1", EntryState.Failed) with { Began = first.Sequence }).Unfinished);
    }

    [Fact]
    public void Orders_leave_alone_what_runs_and_what_is_under_way()
    {
        var (one, begun) = (Entry(LedgerAction.Deliver, "1"), Entry(LedgerAction.Promote, "2", EntryState.Started));
        var state = Of(one, begun, Entry(LedgerAction.Approve, "2"), Entry(LedgerAction.Hold), Entry(LedgerAction.Lift), Entry(LedgerAction.Approve));
        Assert.Equal((one, begun), (state.Current, state.Unfinished));
    }

    [Fact]
    public void It_runs_since_it_came_without_a_break()
    {
        var (one, again, third) = (Entry(LedgerAction.Deliver, "1"), Entry(LedgerAction.Deliver, "1"), Entry(LedgerAction.Deliver, "2"));
        Assert.Equal(one, Of(one, again).Since);
        Assert.Null(Of(one, again).Before);
        var back = Entry(LedgerAction.Rollback, "1");
        Assert.Equal(back, Of(one, again, third, back).Since);
        Assert.True(Of(one, again, third, back).WentBackFrom(Digest.Of("2")));
        Assert.False(Of(one, again, third, back).WentBackFrom(Digest.Of("1")));
    }

    [Fact]
    public void A_hold_ends_with_its_time_or_when_it_is_lifted()
    {
        var hold = Entry(LedgerAction.Hold) with { Until = Noon.AddHours(1) };
        Assert.Equal(hold, Of(hold).HoldAt(Noon.AddMinutes(59)));
        Assert.Null(Of(hold).HoldAt(Noon.AddHours(1)));
        Assert.Null(Of(hold, Entry(LedgerAction.Lift)).HoldAt(Noon));
        var second = Entry(LedgerAction.Hold);
        Assert.Equal(second, Of(hold, second).HoldAt(Noon.AddYears(1)));
    }

    [Fact]
    public void Approvals_are_everybodys_and_are_used_up_by_going_back()
    {
        var (ann, bob) = (Entry(LedgerAction.Approve, "2", by: "ann"), Entry(LedgerAction.Approve, "2", by: "bob"));
        LedgerEntry[] there = [Entry(LedgerAction.Deliver, "1"), ann, bob, Entry(LedgerAction.Promote, "2")];
        Assert.Equal([ann, bob], Of(there).ApprovalsOf(Digest.Of("2")));
        Assert.Empty(Of([.. there, Entry(LedgerAction.Rollback, "1")]).ApprovalsOf(Digest.Of("2")));
    }

    [Fact]
    public void The_state_is_that_of_the_last_completed_move_whatever_was_done() =>
        Gen.Select(Gen.Enum<LedgerAction>(), Gen.Enum<EntryState>(), Gen.Int[1, 4]).List[0, 40].Sample(steps =>
        {
            var entries = steps.Select((step, at) => new LedgerEntry(Noon, "dev", step.Item1, step.Item2, "ann") { Sequence = at + 1, Release = Digest.Of($"{step.Item3}") }).ToArray();
            var moved = entries.LastOrDefault(entry => entry.State == EntryState.Completed && entry.Action is LedgerAction.Deliver or LedgerAction.Promote or LedgerAction.Rollback && entry.State == EntryState.Completed);
            return EnvironmentState.Of(entries).Current == moved;
        });
}

using MlOps.Core.Problems;
using MlOps.Steps.Ledger;

namespace MlOps.Steps.Tests.Promotion;

/// <summary>Two at once at one environment. The first stands still where it submits its run; its lease is renewed all the same.</summary>
public sealed class ConcurrencyTests(PromotionLab lab) : IClassFixture<PromotionLab>
{
    private static readonly Actor Bob = new("bob@example.com", null);

    private static CancellationToken Cancel => PromotionLab.Cancel;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_second_is_told_who_holds_it_and_the_first_goes_on(bool rollback)
    {
        using var repo = lab.Repo(time: new FastTime(50));
        await repo.PromoteAsync(await repo.DeliverAsync(1), "staging");
        await repo.PromoteAsync(await repo.DeliverAsync(2), "staging");
        var three = await repo.DeliverAsync(3);
        var (proxy, reached, goesOn) = await StillAsync();
        var first = repo.PromoteAsync(three, "staging", proxy.Endpoint);
        await reached;

        var fault = await Assert.ThrowsAsync<StepFailedException>(() => rollback ? repo.Rollback("staging", actor: Bob).RunAsync(null, Cancel) : repo.Promotion("staging", actor: Bob).RunAsync(three, Cancel));
        Assert.Contains($"staging is being moved by ann@example.com: promote {three.Id.Short}, since", fault.Message, StringComparison.Ordinal);
        goesOn.SetResult();
        Assert.Equal(three.Id, (await first).Release);
        Assert.Equal(3, (await repo.StateAsync("staging")).Moves.Count);
    }

    [Fact]
    public async Task Whoever_lost_the_lease_records_nothing_when_somebody_else_has_moved_it()
    {
        using var repo = lab.Repo();
        var two = await repo.DeliverAsync(2);
        await repo.PromoteAsync(two, "staging");
        var three = await repo.DeliverAsync(3);
        var (proxy, reached, goesOn) = await StillAsync();
        var first = repo.PromoteAsync(three, "staging", proxy.Endpoint);
        await reached;

        // The first one's lease is over; it does not know yet.
        lab.PassLease();
        Assert.Equal(three.Id, (await repo.Promotion("staging", actor: Bob).RunAsync(three, Cancel)).Release);
        goesOn.SetResult();
        var fault = await Assert.ThrowsAnyAsync<StepFailedException>(() => first);
        Assert.Contains("Somebody else has moved staging meanwhile (bob@example.com, promote", fault.Message, StringComparison.Ordinal);
        var entries = (await repo.Ledger("staging").ReadAsync(Cancel)).Entries;
        Assert.Equal(["Started", "Completed", "Started", "Started", "Completed"], entries.Select(entry => entry.State.ToString()));
        Assert.Equal("bob@example.com", entries[^1].By);
    }

    [Fact]
    public async Task A_rollback_meanwhile_wins_over_a_promotion_that_lost_its_lease()
    {
        using var repo = lab.Repo();
        var one = await repo.DeliverAsync(1);
        await repo.PromoteAsync(one, "staging");
        var two = await repo.DeliverAsync(2);
        await repo.PromoteAsync(two, "staging");
        var three = await repo.DeliverAsync(3);
        var (proxy, reached, goesOn) = await StillAsync();
        var first = repo.PromoteAsync(three, "staging", proxy.Endpoint);
        await reached;
        lab.PassLease();
        Assert.Equal(one.Id, (await repo.Rollback("staging", actor: Bob).RunAsync(null, Cancel)).Release);
        goesOn.SetResult();
        await Assert.ThrowsAnyAsync<StepFailedException>(() => first);
        Assert.Equal((one.Id, LedgerAction.Rollback), ((await repo.StateAsync("staging")).Current!.Release, (await repo.StateAsync("staging")).Current!.Action));
    }

    [Fact]
    public async Task Everybodys_orders_are_all_in_the_ledger()
    {
        using var repo = lab.Repo();
        var release = await repo.DeliverAsync(1);
        await Task.WhenAll(Enumerable.Range(0, 12).Select(at => repo.Orders("staging", $"user{at}").ApproveAsync(release, null, Cancel)));
        var entries = (await repo.Ledger("staging").ReadAsync(Cancel)).Entries;
        Assert.Equal(Enumerable.Range(1, 12).Select(number => (long)number), entries.Select(entry => entry.Sequence));
        Assert.Equal(12, entries.Select(entry => entry.By).Distinct().Count());
    }

    /// <summary>A way to the cloud on which the run is not submitted before the test says so.</summary>
    private async Task<(WriteProxy Proxy, Task Reached, TaskCompletionSource GoesOn)> StillAsync()
    {
        var (reached, goesOn) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        var proxy = await lab.ProxyAsync(answer: async context =>
        {
            if (context.Request.Path.Value!.EndsWith("/CreatePipelineJob", StringComparison.Ordinal))
            {
                reached.TrySetResult();
                await goesOn.Task;
            }

            return false;
        });
        return (proxy, reached.Task, goesOn);
    }
}

using MlOps.Google;
using MlOps.Steps.Ledger;

namespace MlOps.Steps.Tests.Promotion;

/// <summary>
/// A client dies after each of its writes was applied and before it hears of it, and before its first one. (To die before the next write
/// leaves it is the same for the cloud, and for a client that keeps nothing.) The next client, on another machine and with nothing on its
/// disk, ends in the state of one that was never disturbed. The dead one's lease is over because the cloud's clock is put forward:
/// nobody waits. <c>MLOPS_KILL_EVERYWHERE=1</c> tries every single write.
/// </summary>
[Trait("speed", "slow")]
public sealed class KillAnywhereTests(PromotionLab lab) : IClassFixture<PromotionLab>
{
    private const int SideBySide = 4;

    private static CancellationToken Cancel => PromotionLab.Cancel;

    [Fact]
    public async Task A_promotion()
    {
        using var delivered = lab.Repo(registries: true);
        var release = await delivered.DeliverAsync(1);
        await EverywhereAsync(
            "staging", LedgerAction.Promote, () => Task.FromResult(lab.Repo(registries: true, devOf: delivered)), (repo, endpoint) => repo.Promotion("staging", endpoint).RunAsync(release, CancellationToken.None));
    }

    [Fact]
    public Task A_rollback() => EverywhereAsync(
        "dev",
        LedgerAction.Rollback,
        async () =>
        {
            var repo = lab.Repo();
            await repo.DeliverAsync(1);
            await repo.DeliverAsync(2);
            return repo;
        },
        (repo, endpoint) => repo.Rollback("dev", endpoint).RunAsync(null, CancellationToken.None));

    [Fact]
    public Task A_delivery() =>
        EverywhereAsync("dev", LedgerAction.Deliver, () => Task.FromResult(lab.Repo()), (repo, endpoint) => repo.DeliverAsync(1, endpoint, cancel: CancellationToken.None));

    private async Task EverywhereAsync(string environment, LedgerAction action, Func<Task<PromotionRepo>> begin, Func<PromotionRepo, GcpEndpoint, Task> act)
    {
        var (writes, undisturbed) = await UndisturbedAsync(environment, begin, act);
        Assert.NotEmpty(writes);
        await Parallel.ForEachAsync(Enumerable.Range(0, writes.Length + 1).Where(at => IsTried(writes, at)), new ParallelOptions { MaxDegreeOfParallelism = SideBySide, CancellationToken = Cancel }, async (at, _) =>
        {
            using var repo = await begin();
            var proxy = at == 0 ? await lab.ProxyAsync(1, Fate.Killed) : await lab.ProxyAsync(at, Fate.KilledAfter);
            var run = act(repo, proxy.Endpoint);
            if (await Task.WhenAny(run, proxy.Killed) == run)
            {
                await run;
                Assert.Fail($"It ended with {proxy.Writes.Count} writes of {writes.Length}:\n{string.Join('\n', writes.Except(proxy.Writes))}");
            }

            lab.PassLease();
            await act(repo, lab.Endpoint);
            var where = $"killed after {at} of {writes.Length} writes, {proxy.Writes.Last()}\n";
            Assert.Equal(where + undisturbed, where + await EndState.OfAsync(repo.Place(environment), repo.Name, Cancel));
            Assert.Equal(action, (await repo.StateAsync(environment)).Current!.Action);
        });
        TestContext.Current.TestOutputHelper!.WriteLine($"{writes.Length} writes:\n{string.Join('\n', writes)}");
    }

    /// <summary>The statements are written side by side, in any order and each by the same calls: of those every fifth, unless all are asked for.</summary>
    private static bool IsTried(string[] writes, int at) =>
        at == 0 || at == writes.Length || at % 5 == 0 || writes.Length < 12 || !writes[at - 1].Contains("/mlops/releases/", StringComparison.Ordinal) || Environment.GetEnvironmentVariable("MLOPS_KILL_EVERYWHERE") == "1";

    private async Task<(string[] Writes, string State)> UndisturbedAsync(string environment, Func<Task<PromotionRepo>> begin, Func<PromotionRepo, GcpEndpoint, Task> act)
    {
        using var repo = await begin();
        var proxy = await lab.ProxyAsync();
        await act(repo, proxy.Endpoint);
        return ([.. proxy.Writes], await EndState.OfAsync(repo.Place(environment), repo.Name, Cancel));
    }
}

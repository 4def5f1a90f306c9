using CsCheck;
using MlOps.Core.Images;
using MlOps.Core.Problems;
using MlOps.Google;
using MlOps.Google.Registry;
using MlOps.Steps.Build;
using MlOps.Steps.Ledger;
using MlOps.Steps.Releases;

namespace MlOps.Steps.Tests.Promotion;

/// <summary>Whatever is done, and wherever whoever does it dies.</summary>
public sealed class AnySequenceTests(PromotionLab lab) : IClassFixture<PromotionLab>
{
    private static readonly string[] Environments = ["dev", "staging", "prod"];

    private enum Deed
    {
        Deliver,
        Promote,
        PromoteWithSkip,
        RollBack,
        RollBackTo,
        Hold,
        Lift,
        Approve,
    }

    /// <param name="DiesAt">After which write; null: it lives.</param>
    private sealed record Step(Deed Deed, int Environment, int Release, int? DiesAt);

    private static CancellationToken Cancel => PromotionLab.Cancel;

    private static Gen<Step> Steps { get; } = Gen.Select(
        Gen.Frequency((5, Gen.Const(Deed.Deliver)), (6, Gen.Const(Deed.Promote)), (2, Gen.Const(Deed.PromoteWithSkip)), (2, Gen.Const(Deed.RollBack)), (2, Gen.Const(Deed.RollBackTo)), (1, Gen.Const(Deed.Hold)), (2, Gen.Const(Deed.Lift)), (2, Gen.Const(Deed.Approve))),
        Gen.Int[0, 2],
        Gen.Int[1, 3],
        Gen.Int[1, 200].Select(at => at <= 50 ? at : default(int?)),
        (deed, environment, release, diesAt) => new Step(deed, environment, release, diesAt));

    [Fact]
    [Trait("speed", "slow")]
    public Task Each_environment_runs_what_the_last_completed_entry_of_its_ledger_says() => Steps.List[4, 10].SampleAsync(
        async steps =>
        {
            using var repo = lab.Repo(registries: true, gates: "    approval: required\n    gates: {skippable: [approval]}\n");
            await repo.DeliverAsync(1);
            await repo.PromoteAsync((await ChosenAsync(repo, "dev", 0))!, "staging");
            var runs = new Dictionary<string, Digest?> { ["dev"] = (await repo.StateAsync("dev")).Current!.Release, ["staging"] = (await repo.StateAsync("staging")).Current!.Release, ["prod"] = null };
            foreach (var step in steps)
            {
                var wanted = await DoAsync(repo, step);
                await CheckAsync(repo, step, runs, wanted);
            }
        },
        iter: 5,
        threads: 2);

    /// <returns>What the environment runs when it came to its end; null where it did not, or was to change nothing.</returns>
    private async Task<Digest?> DoAsync(PromotionRepo repo, Step step)
    {
        var endpoint = lab.Endpoint;
        var died = new TaskCompletionSource().Task;
        if (step.DiesAt is { } at)
        {
            var proxy = await lab.ProxyAsync(at, Fate.KilledAfter);
            (endpoint, died) = (proxy.Endpoint, proxy.Killed);
        }

        var work = ActAsync(repo, step, endpoint);
        if (await Task.WhenAny(work, died) == died)
        {
            lab.PassLease();
            return null;
        }

        try
        {
            return await work;
        }
        catch (Exception error) when (error is StepFailedException or InvalidInputException)
        {
            // Gates, holds, nothing to go back to: it changed nothing.
            return null;
        }
    }

    private static async Task<Digest?> ActAsync(PromotionRepo repo, Step step, GcpEndpoint endpoint)
    {
        // A killed one goes on by itself: no test's end must reach it as an interrupt, which would be orderly.
        var (environment, never) = (Environments[step.Environment], CancellationToken.None);
        var to = step.Environment == 2 ? "prod" : "staging";
        switch (step.Deed)
        {
            case Deed.Deliver:
                return (await repo.DeliverAsync(step.Release, endpoint, cancel: never)).Id;
            case Deed.Promote or Deed.PromoteWithSkip:
                var release = await ChosenAsync(repo, to == "prod" ? "staging" : "dev", step.Release);
                return release is null ? null : (await repo.Promotion(to, endpoint, step.Deed == Deed.Promote || to != "prod" ? [] : ["approval"], "because").RunAsync(release, never)).Release;
            case Deed.RollBack:
                return (await repo.Rollback(environment, endpoint).RunAsync(null, never)).Release;
            case Deed.RollBackTo:
                return (await repo.Rollback(environment, endpoint).RunAsync(repo.Commit(step.Release), never)).Release;
            case Deed.Hold:
                await repo.Orders(environment, endpoint: endpoint).HoldAsync("wait", null, never);
                return null;
            case Deed.Lift:
                await repo.Orders(environment, endpoint: endpoint).LiftAsync(null, never);
                return null;
            default:
                var approved = await ChosenAsync(repo, "staging", step.Release);
                await (approved is null ? Task.CompletedTask : repo.Orders("prod", endpoint: endpoint).ApproveAsync(approved, null, never));
                return null;
        }
    }

    /// <summary>What runs there, or one of those known there.</summary>
    private static async Task<ReleaseRecord?> ChosenAsync(PromotionRepo repo, string environment, int number)
    {
        var known = await new ReleaseStore(repo.Place(environment)).ListAsync(Cancel);
        var current = (await repo.StateAsync(environment)).Current?.Release;
        return known.FirstOrDefault(release => number > 1 && release.Commit == repo.Commit(number)) ?? known.FirstOrDefault(release => release.Id == current);
    }

    private static async Task CheckAsync(PromotionRepo repo, Step step, Dictionary<string, Digest?> runs, Digest? wanted)
    {
        foreach (var environment in Environments)
        {
            var ledger = await repo.Ledger(environment).ReadAsync(Cancel);
            var last = ledger.Entries.LastOrDefault(entry => entry.State == EntryState.Completed && entry.Action is (LedgerAction.Deliver or LedgerAction.Promote or LedgerAction.Rollback));
            Assert.Equal((last?.Sequence, last?.Release), (ledger.State.Current?.Sequence, ledger.State.Current?.Release));
            var moves = step.Deed is Deed.Deliver ? "dev" : step.Deed is Deed.Promote or Deed.PromoteWithSkip ? (step.Environment == 2 ? "prod" : "staging") : Environments[step.Environment];
            if (environment == moves && wanted is not null)
            {
                Assert.Equal(wanted, last!.Release);
            }
            else if (environment != moves || step.DiesAt is null)
            {
                Assert.Equal(runs[environment], last?.Release);
            }

            runs[environment] = last?.Release;
            if (last is not null)
            {
                await HasAllAsync(repo, environment, last);
            }
        }
    }

    private static async Task HasAllAsync(PromotionRepo repo, string environment, LedgerEntry current)
    {
        var place = repo.Place(environment);
        var registry = new RegistryClient(place.Endpoint);
        var from = environment == "dev" ? environment : current.FromEnvironment ?? environment;
        // The record of a promotion that was killed is written by the next one; where it came from has it in any case.
        var release = await new ReleaseStore(place).FindAsync(repo.Name, current.Release!.Value, Cancel) ?? await new ReleaseStore(repo.Place(from)).FindAsync(repo.Name, current.Release!.Value, Cancel);
        Assert.NotNull(release);
        foreach (var (name, digest) in release.Components)
        {
            Assert.Equal(digest, (await registry.GetManifestAsync(ComponentImage.Of(place.Environment, name).Pinned(digest), Cancel)).Digest);
        }
    }
}

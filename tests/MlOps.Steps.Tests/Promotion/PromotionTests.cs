using MlOps.Steps.Ledger;

namespace MlOps.Steps.Tests.Promotion;

public sealed class PromotionTests(PromotionLab lab) : IClassFixture<PromotionLab>
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_release_goes_through_three_environments_by_digest(bool registries)
    {
        using var repo = lab.Repo(registries);
        var release = await repo.DeliverAsync(1);
        await repo.PromoteAsync(release, "staging");
        var outcome = await repo.PromoteAsync(await repo.ReleaseAsync("staging", release.Id), "prod");
        Assert.Equal(("promote", "prod", release.Id, false), (outcome.Action, outcome.Environment, outcome.Release, outcome.AlreadyThere));
        var state = await repo.StateAsync("prod");
        Assert.Equal((release.Id, LedgerAction.Promote), (state.Current!.Release, state.Current.Action));
        TestContext.Current.SendDiagnosticMessage("{0}", string.Join("\n", repo.Lines));
    }
}

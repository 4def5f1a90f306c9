using MlOps.Core.Problems;
using MlOps.Google.Registry;
using MlOps.Steps.Build;
using MlOps.Steps.Ledger;
using MlOps.Steps.Promotion;
using MlOps.Steps.Promotion.Gates;
using MlOps.Steps.Releases;
using MlOps.Steps.Upload;

namespace MlOps.Steps.Tests.Promotion;

public sealed class PromotionTests(PromotionLab lab) : IClassFixture<PromotionLab>
{
    private static CancellationToken Cancel => PromotionLab.Cancel;

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
        foreach (var environment in new[] { "dev", "staging", "prod" })
        {
            var (place, state) = (repo.Place(environment), await repo.StateAsync(environment));
            Assert.Equal(release.Id, state.Current!.Release);
            Assert.Equal(release.Components["train"], (await new RegistryClient(lab.Endpoint).GetManifestAsync(ComponentImage.Of(place.Environment, "train").Pinned(release.Components["train"]), Cancel)).Digest);
            Assert.Contains(release.Id, await ReleaseArtifact.HoldingAsync(place, ComponentImage.Of(place.Environment, "train").Pinned(release.Components["train"]), Cancel));
            var pipeline = System.Text.Encoding.UTF8.GetString(await PipelineRepository.DownloadAsync(place, Assert.Single(state.Current.Pipelines), Cancel));
            Assert.Contains($"{place.Environment.Images}/train@{release.Components["train"]}", pipeline, StringComparison.Ordinal);
            Assert.Contains(place.Environment.Project + "/", Assert.Single(state.Current.Runs).Job, StringComparison.Ordinal);
        }

        var shas = (await repo.StateAsync("dev")).Current!.Pipelines[0].Sha256 == (await repo.StateAsync("prod")).Current!.Pipelines[0].Sha256;
        Assert.Equal(!registries, shas);
        Assert.Equal(["deliver dev", "promote prod", "promote staging"], (await repo.ReleaseAsync("prod", release.Id)).Said<DeploymentStatement>().Select(said => $"{said.Action} {said.Environment}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Between_two_clouds_the_bytes_are_carried()
    {
        await using var other = new PromotionLab();
        await other.InitializeAsync();
        using var repo = lab.Repo(registries: true);
        var release = await repo.DeliverAsync(1);
        var outcome = await repo.Promotion("staging", other.Endpoint, from: lab.Endpoint).RunAsync(release, Cancel);
        Assert.Equal(release.Id, (await repo.StateAsync("staging", other.Endpoint)).Current!.Release);
        Assert.Null((await repo.StateAsync("staging")).Current);
        Assert.Equal(["SUCCEEDED"], outcome.Runs.Select(run => run.State));
        var there = ComponentImage.Of(repo.Place("staging").Environment, "train").Pinned(release.Components["train"]);
        Assert.Equal(release.Components["train"], (await new RegistryClient(other.Endpoint).GetManifestAsync(there, Cancel)).Digest);
        Assert.Contains(repo.Lines, line => line.StartsWith("images train: ", StringComparison.Ordinal) && line.EndsWith("sent", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Twice_it_is_there_already_and_with_other_settings_it_runs_again()
    {
        using var repo = lab.Repo();
        var release = await repo.DeliverAsync(1);
        await repo.PromoteAsync(release, "staging");
        var again = await repo.PromoteAsync(release, "staging");
        Assert.True(again.AlreadyThere);
        Assert.Equal(2, (await repo.Ledger("staging").ReadAsync(Cancel)).Entries.Length);
        repo.Change($"pipelineRoot: gs://{repo.Place("staging").Bucket}/root", $"pipelineRoot: gs://{repo.Place("staging").Bucket}/elsewhere");
        Assert.False((await repo.PromoteAsync(release, "staging")).AlreadyThere);
        Assert.Equal(2, (await repo.StateAsync("staging")).Moves.Count);
    }

    [Fact]
    public async Task Closed_gates_change_nothing_and_are_all_told()
    {
        using var repo = lab.Repo(registries: true, stagingGates: "    approval: required\n    gates: {soak: 1h, metrics: {evaluate.accuracy: {atLeast: 0.95}}}\n");
        var release = await repo.DeliverAsync(1);
        var closed = await Assert.ThrowsAsync<GatesClosedException>(() => repo.PromoteAsync(release, "staging"));
        Assert.Equal(["metrics", "approval", "soak"], closed.Gates.Where(gate => gate.Outcome == GateOutcome.Failed).Select(gate => gate.Gate));
        Assert.Contains("3 gates did not pass (metrics, approval, soak). staging runs what it ran before.", closed.Message, StringComparison.Ordinal);
        Assert.Empty((await repo.Ledger("staging").ReadAsync(Cancel)).Entries);
        Assert.Null(await new RegistryClient(lab.Endpoint).HeadManifestAsync(ComponentImage.Of(repo.Place("staging").Environment, "train").Pinned(release.Components["train"]), Cancel));
    }

    [Fact]
    public async Task A_skipped_gate_is_recorded_with_its_reason()
    {
        using var repo = lab.Repo(stagingGates: "    gates: {soak: 1h, skippable: [soak]}\n");
        var release = await repo.DeliverAsync(1);
        await repo.Promotion("staging", skip: ["soak"], why: "hotfix").RunAsync(release, Cancel);
        var entry = (await repo.StateAsync("staging")).Current!;
        Assert.Equal((GateOutcome.Skipped, "hotfix", "hotfix"), (entry.Gates.Single(gate => gate.Gate == "soak").Outcome, entry.Gates.Single(gate => gate.Gate == "soak").Why, entry.Why));
    }

    [Fact]
    public async Task Metrics_are_asked_for_again_where_it_came_to_and_a_worse_release_does_not_run_there()
    {
        using var repo = lab.Repo(stagingGates: "    gates: {metrics: {evaluate.accuracy: {worseBy: 0.01}}}\n");
        var first = await repo.DeliverAsync(1);
        await repo.PromoteAsync(first, "staging");
        var worse = await repo.DeliverAsync(2, accuracy: 0.8);
        Assert.Contains("worse by 0.1 than 0.9", (await Assert.ThrowsAsync<GatesClosedException>(() => repo.PromoteAsync(worse, "staging"))).Gates.Single(gate => gate.Gate == "metrics").Detail, StringComparison.Ordinal);
        Assert.Equal(first.Id, (await repo.StateAsync("staging")).Current!.Release);
    }

    [Fact]
    public async Task What_was_not_committed_stays_where_it_was_made()
    {
        using var repo = lab.Repo();
        var release = await repo.DeliverAsync(1, dirty: true);
        Assert.Equal(release.Id, (await repo.StateAsync("dev")).Current!.Release);
        var closed = await Assert.ThrowsAsync<GatesClosedException>(() => repo.PromoteAsync(release, "staging"));
        Assert.Contains("not committed", closed.Gates.Single(gate => gate.Outcome == GateOutcome.Failed).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_nothing_is_run_a_release_comes_but_does_not_go_on()
    {
        using var repo = lab.Repo();
        repo.Change("  training: {source", "  scoring: {source: pipelines/training.json, compiler: ir}\n  training: {source");
        var staging = repo.Place("staging").Environment.Project;
        repo.Change($"pipelineRoot: gs://{staging}/root\n    run:\n      pipeline: training", $"pipelineRoot: gs://{staging}/root");
        var release = await repo.DeliverAsync(1);
        Assert.Empty((await repo.PromoteAsync(release, "staging")).Runs);
        var closed = await Assert.ThrowsAsync<GatesClosedException>(async () => await repo.PromoteAsync(await repo.ReleaseAsync("staging", release.Id), "prod"));
        Assert.Contains("no run of it in staging is known: give staging something to run", closed.Gates.Single(gate => gate.Gate == "source").Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_image_that_was_removed_is_named_and_nothing_is_changed()
    {
        using var repo = lab.Repo(registries: true);
        var release = await repo.DeliverAsync(1);
        var image = ComponentImage.Of(repo.Place("dev").Environment, "train").Pinned(release.Components["train"]);
        await new RegistryClient(lab.Endpoint).DeleteManifestAsync(image, Cancel);
        var fault = await Assert.ThrowsAsync<StepFailedException>(() => repo.PromoteAsync(release, "staging"));
        Assert.Contains($"lacks 1 image in the registry of dev: {image.Name}@sha256:{release.Components["train"].Short}…", fault.Message, StringComparison.Ordinal);
        Assert.Null((await repo.StateAsync("staging")).Current);
        Assert.Null((await repo.StateAsync("staging")).Unfinished);
    }

    [Fact]
    public async Task A_pipeline_that_is_not_the_recorded_one_is_not_used()
    {
        using var repo = lab.Repo(registries: true);
        repo.Change($"pipelines: https://us-central1-kfp.pkg.dev/{repo.Place("dev").Environment.Project}/pipelines", $"pipelines: gs://{repo.Place("dev").Bucket}/pipelines");
        var release = await repo.DeliverAsync(1);
        var file = MlOps.Google.Storage.GcsUri.Parse((await repo.StateAsync("dev")).Current!.Pipelines[0].Uri);
        await repo.Place("dev").Storage().UploadAsync(file.Bucket, file.Name, "{}"u8.ToArray(), Cancel);
        Assert.Contains("is not what was uploaded", (await Assert.ThrowsAsync<StepFailedException>(() => repo.PromoteAsync(release, "staging"))).Message, StringComparison.Ordinal);
        Assert.Empty((await repo.Ledger("staging").ReadAsync(Cancel)).Entries);
    }

    [Fact]
    public async Task A_hold_that_comes_while_the_release_runs_keeps_the_environment()
    {
        using var repo = lab.Repo();
        var release = await repo.DeliverAsync(1);
        var proxy = await lab.ProxyAsync(answer: async context =>
        {
            if (context.Request.Path.Value!.EndsWith("/CreatePipelineJob", StringComparison.Ordinal))
            {
                await repo.Orders("staging", "bob@example.com").HoldAsync("the data is wrong", null, CancellationToken.None);
            }

            return false;
        });
        var closed = await Assert.ThrowsAsync<GatesClosedException>(() => repo.PromoteAsync(release, "staging", proxy.Endpoint));
        Assert.Contains("bob@example.com holds staging", closed.Gates.Single(gate => gate.Outcome == GateOutcome.Failed).Detail, StringComparison.Ordinal);
        var state = await repo.StateAsync("staging");
        Assert.Equal((null, null), (state.Current, state.Unfinished));
        await repo.Orders("staging").LiftAsync(null, Cancel);
        Assert.Equal(release.Id, (await repo.PromoteAsync(release, "staging")).Release);
    }

    [Fact]
    public async Task A_held_environment_is_not_delivered_to()
    {
        using var repo = lab.Repo();
        await repo.Orders("dev").HoldAsync("an experiment", null, Cancel);
        Assert.Contains("ann@example.com holds dev since", (await Assert.ThrowsAsync<StepFailedException>(() => repo.DeliverAsync(1))).Message, StringComparison.Ordinal);
        await repo.Orders("dev").LiftAsync(null, Cancel);
        Assert.Equal((await repo.DeliverAsync(1)).Id, (await repo.StateAsync("dev")).Current!.Release);
    }

    [Fact]
    public async Task Rolled_back_it_runs_the_old_bytes_and_once_back_it_stays()
    {
        using var repo = lab.Repo();
        var (one, two) = (await repo.DeliverAsync(1), await repo.DeliverAsync(2));
        var before = (await repo.StateAsync("dev")).Before!;
        var outcome = await repo.Rollback("dev", why: "it is slow").RunAsync(null, Cancel);
        Assert.Equal(("rollback", one.Id, two.Id, false), (outcome.Action, outcome.Release, outcome.Previous, outcome.AlreadyThere));
        var current = (await repo.StateAsync("dev")).Current!;
        Assert.Equal((before.Pipelines[0].Sha256, before.Pipelines[0].Uri, "it is slow"), (current.Pipelines[0].Sha256, current.Pipelines[0].Uri, current.Why));
        Assert.True((await repo.Rollback("dev").RunAsync(null, Cancel)).AlreadyThere);
        Assert.Equal(two.Id, (await repo.Rollback("dev").RunAsync(two.Id.Short, Cancel)).Release);
        Assert.Equal("never-there", Assert.Single((await Assert.ThrowsAsync<InvalidInputException>(() => repo.Rollback("dev").RunAsync("abad1dea", Cancel))).Problems).Code);
        await repo.Orders("dev").HoldAsync("no", null, Cancel);
        Assert.Contains("hold", (await Assert.ThrowsAsync<GatesClosedException>(() => repo.Rollback("dev").RunAsync(one.Id.Short, Cancel))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_ledger_goes_on_in_further_objects_and_one_that_is_gone_is_named()
    {
        using var repo = lab.Repo();
        var place = repo.Place("dev");
        await place.EnsureBucketAsync(place.Storage(), Cancel);
        LedgerEntry? last = null;
        foreach (var number in new[] { 1, 2 })
        {
            var text = new System.Text.StringBuilder();
            for (var at = 0; at < LedgerStore.EntriesPerObject; at++)
            {
                (last, var line) = LedgerChain.After(last, new LedgerEntry(DateTimeOffset.UnixEpoch, "dev", LedgerAction.Lift, EntryState.Completed, "ann"));
                text.Append(line).Append('\n');
            }

            await place.Storage().UploadAsync(place.Bucket, $"mlops/ledger/{repo.Name}/dev/{number:000000}.jsonl", System.Text.Encoding.UTF8.GetBytes(text.ToString()), Cancel);
        }

        Assert.Equal(1001, (await repo.Orders("dev").HoldAsync("full", null, Cancel)).Sequence);
        Assert.Equal(1001, (await repo.Ledger("dev").ReadAsync(Cancel)).Entries.Length);
        await place.Storage().DeleteAsync(place.Bucket, $"mlops/ledger/{repo.Name}/dev/000002.jsonl", Cancel);
        Assert.Contains("/000002.jsonl: somebody removed it", (await Assert.ThrowsAsync<StepFailedException>(() => repo.Ledger("dev").ReadAsync(Cancel))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_ledger_that_lost_its_end_is_told_by_the_release()
    {
        using var repo = lab.Repo();
        var release = await repo.DeliverAsync(1);
        var place = repo.Place("dev");
        await place.Storage().DeleteAsync(place.Bucket, $"mlops/ledger/{repo.Name}/dev/000001.jsonl", Cancel);
        await place.Storage().DeleteAsync(place.Bucket, $"mlops/ledger/{repo.Name}/dev.tip.json", Cancel);
        Assert.Contains("Entry 1 of the ledger of dev is not what was written: it is gone", (await Assert.ThrowsAsync<StepFailedException>(() => repo.PromoteAsync(release, "staging"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_tested_of_another_commit_is_no_evidence()
    {
        using var repo = lab.Repo(false);
        var release = await repo.DeliverAsync(1, testedNumber: 2);

        Assert.Empty(release.Said<TestsStatement>());
        Assert.Empty(release.Said<LintStatement>());
        var closed = await Assert.ThrowsAsync<GatesClosedException>(() => repo.PromoteAsync(release, "staging"));
        Assert.Equal(["tests", "lint"], closed.Gates.Where(gate => gate.Outcome == GateOutcome.Failed).Select(gate => gate.Gate));
    }

    [Fact]
    public async Task What_was_run_of_another_release_is_no_evidence()
    {
        using var repo = lab.Repo(false);
        await repo.DeliverAsync(1);
        var release = await repo.RecordAsync(2);

        Assert.Empty(release.Said<RunStatement>());
        Assert.Empty(release.Said<PipelinesStatement>());
        var closed = await Assert.ThrowsAsync<GatesClosedException>(() => repo.PromoteAsync(release, "staging"));
        Assert.Equal(["source"], closed.Gates.Where(gate => gate.Outcome == GateOutcome.Failed).Select(gate => gate.Gate));
    }
}

using System.Text;
using MlOps.Core.Images;
using MlOps.Core.Problems;
using MlOps.Steps.Ledger;
using MlOps.Steps.Tests.Promotion;

namespace MlOps.Steps.Tests.Ledger;

/// <summary>A history of several objects, of which a look at the present reads only what matters.</summary>
public sealed class LongLedgerTests(PromotionLab lab) : IClassFixture<PromotionLab>
{
    private const int Entries = 1_700;

    [Theory]
    [InlineData(1, 7)]
    [InlineData(2, 40)]
    [InlineData(3, 1)]
    public async Task The_present_is_what_the_whole_history_comes_to(int seed, int releases)
    {
        using var repo = lab.Repo(registries: false);
        await WriteAsync(repo, seed, releases);

        var (whole, present) = ((await repo.Ledger("dev").ReadAsync(PromotionLab.Cancel)).State, await repo.Ledger("dev").ReadStateAsync(PromotionLab.Cancel));

        Assert.Equal(whole.Current!.Sequence, present.Current!.Sequence);
        Assert.Equal(whole.Current.Hash, present.Current.Hash);
        Assert.Equal(whole.Since!.Sequence, present.Since!.Sequence);
        Assert.Equal(whole.Hold?.Sequence, present.Hold?.Sequence);
        Assert.Equal(whole.Unfinished?.Sequence, present.Unfinished?.Sequence);
        Assert.All(Enumerable.Range(0, releases).Select(Release), release =>
            Assert.Equal(whole.ApprovalsOf(release).Select(entry => entry.Sequence), present.ApprovalsOf(release).Select(entry => entry.Sequence)));
    }

    [Theory]
    [InlineData("ann@example.com", "bob@example.com")]
    [InlineData("\"sequence\":77,", "\"sequence\":78,")]
    public async Task A_change_long_ago_is_named(string what, string by)
    {
        using var repo = lab.Repo(registries: false);
        await WriteAsync(repo, 1, 7);
        var (place, name) = (repo.Place("dev"), $"mlops/ledger/{repo.Name}/dev/000001.jsonl");
        var lines = Encoding.UTF8.GetString((await place.Storage().ReadAsync(place.Bucket, name, PromotionLab.Cancel))!.Bytes.Span).Split('\n');
        lines[76] = lines[76].Replace(what, by, StringComparison.Ordinal);
        await place.Storage().UploadAsync(place.Bucket, name, Encoding.UTF8.GetBytes(string.Join('\n', lines)), PromotionLab.Cancel);

        var fault = await Assert.ThrowsAsync<StepFailedException>(() => repo.Ledger("dev").ReadStateAsync(PromotionLab.Cancel));

        Assert.StartsWith("Entry 77 of the ledger", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_ledger_without_its_end_is_told_by_whoever_reads_it()
    {
        using var repo = lab.Repo(registries: false);
        await repo.DeliverAsync(1);
        await repo.DeliverAsync(2);
        var (place, name) = (repo.Place("dev"), $"mlops/ledger/{repo.Name}/dev/000001.jsonl");
        var storage = place.Storage();
        var text = Encoding.UTF8.GetString((await storage.ReadAsync(place.Bucket, name, PromotionLab.Cancel))!.Bytes.Span);

        await storage.UploadAsync(place.Bucket, name, Encoding.UTF8.GetBytes(text.Split('\n')[0] + "\n"), PromotionLab.Cancel);
        await RefusedAsync("Entry 2 of the ledger gs://", "it is gone, with all that came after it");
        await storage.UploadAsync(place.Bucket, name, ReadOnlyMemory<byte>.Empty, PromotionLab.Cancel);
        await RefusedAsync("Entry 1 of the ledger gs://", "the object is empty");
        await storage.DeleteAsync(place.Bucket, name, PromotionLab.Cancel);
        await RefusedAsync("Entry 2 of the ledger gs://", "it is gone, with all that came after it");

        await storage.UploadAsync(place.Bucket, name, Encoding.UTF8.GetBytes(text), PromotionLab.Cancel);
        Assert.Equal(2, (await repo.Ledger("dev").ReadStateAsync(PromotionLab.Cancel)).Current!.Sequence);

        async Task RefusedAsync(string entry, string how)
        {
            foreach (var read in new Func<Task>[] { () => repo.Ledger("dev").ReadAsync(PromotionLab.Cancel), () => repo.Ledger("dev").ReadStateAsync(PromotionLab.Cancel), () => repo.Orders("dev").HoldAsync("why", null, PromotionLab.Cancel) })
            {
                var fault = await Assert.ThrowsAsync<StepFailedException>(read);
                Assert.StartsWith(entry, fault.Message, StringComparison.Ordinal);
                Assert.Contains(how, fault.Message, StringComparison.Ordinal);
            }
        }
    }

    private static Digest Release(int number) => Digest.Of($"release {number}");

    private static async Task WriteAsync(PromotionRepo repo, int seed, int releases)
    {
        var random = new Random(seed);
        var place = repo.Place("dev");
        await place.EnsureBucketAsync(place.Storage(), PromotionLab.Cancel);
        LedgerEntry? last = null;
        Digest? current = null;
        for (var part = 1; last is not { Sequence: Entries }; part++)
        {
            var text = new StringBuilder();
            for (var i = 0; i < LedgerStore.EntriesPerObject && last is not { Sequence: Entries }; i++)
            {
                var (action, release) = (Enum.GetValues<LedgerAction>()[random.Next(6)], Release(random.Next(releases)));
                var entry = new LedgerEntry(DateTimeOffset.UnixEpoch.AddMinutes(i), "dev", action, EntryState.Completed, "ann@example.com") { Release = release, From = current, Why = "why" };
                (last, var line) = LedgerChain.After(last, entry);
                current = entry.Moves ? release : current;
                text.Append(line).Append('\n');
            }

            await place.Storage().UploadAsync(place.Bucket, $"mlops/ledger/{repo.Name}/dev/{part:000000}.jsonl", Encoding.UTF8.GetBytes(text.ToString()), PromotionLab.Cancel);
        }
    }
}

using System.Collections.Immutable;
using System.Text;
using MlOps.Core.Images;
using MlOps.Core.Problems;
using MlOps.Steps.Ledger;
using MlOps.Steps.Promotion.Gates;
using MlOps.Steps.Releases;
using MlOps.Testing;

namespace MlOps.Steps.Tests.Ledger;

public sealed class LedgerChainTests
{
    private const string Where = "gs://b/mlops/ledger/repo/dev/000001.jsonl";
    private static readonly DateTimeOffset Noon = new(2026, 11, 26, 12, 0, 0, TimeSpan.Zero);
    private static readonly Digest One = Digest.Of("one");

    private static LedgerEntry Entry(LedgerAction action, int minute, EntryState state = EntryState.Completed) =>
        new(Noon.AddMinutes(minute), "dev", action, state, "ann@example.com") { Release = One, Commit = "c0ffee" };

    private static (ImmutableArray<LedgerEntry> Entries, ImmutableArray<string> Lines) Chain(params LedgerEntry[] wanted)
    {
        var (entries, lines) = (ImmutableArray.CreateBuilder<LedgerEntry>(), ImmutableArray.CreateBuilder<string>());
        foreach (var one in wanted)
        {
            var (entry, line) = LedgerChain.After(entries.LastOrDefault(), one);
            entries.Add(entry);
            lines.Add(line);
        }

        return (entries.ToImmutable(), lines.ToImmutable());
    }

    private static ImmutableArray<LedgerEntry> Read(params IEnumerable<string> lines) => LedgerChain.Read(Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + "\n"))), "dev", null, Where);

    [Fact]
    public void A_line_is_the_hash_and_then_what_it_is_of()
    {
        var (_, lines) = Chain(
            Entry(LedgerAction.Deliver, 0) with
            {
                Pipelines = [new UploadedPipeline("training", "gs://b/training/1.json", Digest.Of("p"), ["c0ffee"])],
                Runs = [new RunReference("training", "projects/p/locations/l/pipelineJobs/j", "SUCCEEDED", ImmutableSortedDictionary<string, System.Text.Json.Nodes.JsonNode?>.Empty.Add("evaluate.accuracy", 0.9))],
                Settings = Digest.Of("s"),
            },
            Entry(LedgerAction.Promote, 1) with { From = Digest.Of("zero"), FromEnvironment = "ci", Began = 1, Gates = [GateResult.Passed("source", "runs"), new GateResult("soak", GateOutcome.Skipped, "1h of 2h", "hotfix")] },
            Entry(LedgerAction.Hold, 2) with { Release = null, Commit = null, Why = "the data is late", Until = Noon.AddHours(1) });
        Golden.Matches(string.Join("\n", lines) + "\n", "ledger.jsonl");
        Assert.All(lines, line => Assert.Equal(Digest.Of("{" + line[(line.IndexOf(',', StringComparison.Ordinal) + 1)..]).ToString(), line[9..80]));
    }

    [Fact]
    public void What_was_written_is_read()
    {
        var (entries, lines) = Chain(Entry(LedgerAction.Deliver, 0), Entry(LedgerAction.Approve, 1), Entry(LedgerAction.Rollback, 2));
        var read = Read(lines);
        Assert.Equal(entries.Select(entry => (entry.Sequence, entry.Hash, entry.Previous, entry.Action, entry.Release)), read.Select(entry => (entry.Sequence, entry.Hash, entry.Previous, entry.Action, entry.Release)));
        Assert.Equal([1, 2, 3], read.Select(entry => entry.Sequence));
    }

    [Fact]
    public void A_change_of_any_byte_names_the_entry()
    {
        var (_, lines) = Chain(Entry(LedgerAction.Deliver, 0), Entry(LedgerAction.Promote, 1), Entry(LedgerAction.Rollback, 2));
        var text = Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + "\n")));
        var entry = 1;
        for (var at = 0; at < text.Length; at++)
        {
            foreach (var other in new[] { (byte)(text[at] ^ 1), (byte)(text[at] ^ 0x20), (byte)'\n', (byte)' ' }.Where(other => other != text[at]))
            {
                var changed = text.ToArray();
                changed[at] = other;
                var fault = Assert.Throws<StepFailedException>(() => LedgerChain.Read(changed, "dev", null, Where));
                Assert.StartsWith($"Entry {entry} of the ledger {Where} is not what was written", fault.Message, StringComparison.Ordinal);
            }

            entry += text[at] == '\n' ? 1 : 0;
        }
    }

    [Fact]
    public void Bytes_left_out_or_put_in_name_the_entry()
    {
        var (_, lines) = Chain(Entry(LedgerAction.Deliver, 0), Entry(LedgerAction.Promote, 1));
        var text = Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + "\n")));
        for (var at = 0; at < text.Length; at++)
        {
            Assert.Throws<StepFailedException>(() => LedgerChain.Read([.. text[..at], .. text[(at + 1)..]], "dev", null, Where));
            Assert.Throws<StepFailedException>(() => LedgerChain.Read([.. text[..at], (byte)'\n', .. text[at..]], "dev", null, Where));
        }
    }

    [Theory]
    [InlineData(new[] { 1, 2 }, 1, "it follows")]
    [InlineData(new[] { 0, 2 }, 2, "it follows")]
    [InlineData(new[] { 1, 0, 2 }, 1, "it follows")]
    [InlineData(new[] { 0, 2, 1 }, 2, "it follows")]
    [InlineData(new[] { 0, 0, 1, 2 }, 2, "it follows none")]
    public void Entries_removed_moved_or_doubled_are_named(int[] order, int named, string how)
    {
        var (_, lines) = Chain(Entry(LedgerAction.Deliver, 0), Entry(LedgerAction.Promote, 1), Entry(LedgerAction.Rollback, 2));
        var fault = Assert.Throws<StepFailedException>(() => Read(order.Select(at => lines[at])));
        Assert.Contains($"Entry {named} of the ledger {Where}", fault.Message, StringComparison.Ordinal);
        Assert.Contains(how, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_environments_ledger_in_its_place_is_told()
    {
        var (_, lines) = Chain(Entry(LedgerAction.Deliver, 0));
        var fault = Assert.Throws<StepFailedException>(() => LedgerChain.Read(Encoding.UTF8.GetBytes(lines[0] + "\n"), "prod", null, Where));
        Assert.Contains("it is of the ledger of dev", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_entry_that_was_made_up_whole_has_no_place_in_the_chain()
    {
        var (entries, lines) = Chain(Entry(LedgerAction.Deliver, 0), Entry(LedgerAction.Promote, 1));
        var (_, forged) = LedgerChain.After(entries[0], Entry(LedgerAction.Promote, 1) with { By = "nobody" });
        var (_, after) = LedgerChain.After(entries[1], Entry(LedgerAction.Rollback, 2));
        Assert.Contains("Entry 3", Assert.Throws<StepFailedException>(() => Read(lines[0], forged, after)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_last_entries_removed_or_replaced_are_told_by_the_releases_that_they_moved()
    {
        var (entries, lines) = Chain(Entry(LedgerAction.Deliver, 0), Entry(LedgerAction.Rollback, 1));
        var release = new ReleaseRecord(One, "repo", "c0ffee", ImmutableSortedDictionary<string, Digest>.Empty, ImmutableSortedDictionary<string, Digest>.Empty, [.. entries.Select(entry => Evidence.Of(entry.ToStatement()))]);
        LedgerChain.Check(Read(lines), "dev", [release]);
        LedgerChain.Check([], "staging", [release]);
        Assert.Contains("Entry 2 of the ledger of dev is not what was written: it is gone", Assert.Throws<StepFailedException>(() => LedgerChain.Check(Read(lines[0]), "dev", [release])).Message, StringComparison.Ordinal);
        var (_, forged) = LedgerChain.After(entries[0], Entry(LedgerAction.Promote, 1));
        Assert.Contains("Entry 2 of the ledger of dev is not what was written: its hash is", Assert.Throws<StepFailedException>(() => LedgerChain.Check(Read(lines[0], forged), "dev", [release])).Message, StringComparison.Ordinal);
    }
}

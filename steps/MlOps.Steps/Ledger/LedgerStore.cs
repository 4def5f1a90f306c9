using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using MlOps.Core.Images;
using MlOps.Core.Problems;
using MlOps.Google.Errors;
using MlOps.Google.Storage;

namespace MlOps.Steps.Ledger;

/// <summary>An environment's ledger as it was read, every entry checked.</summary>
public sealed record EnvironmentLedger(ImmutableArray<LedgerEntry> Entries)
{
    public EnvironmentState State { get; } = EnvironmentState.Of(Entries);
}

/// <summary>
/// An environment's ledger in its Storage: <c>mlops/ledger/REPO/ENVIRONMENT/000001.jsonl</c>, <c>000002.jsonl</c>, … of
/// <see cref="EntriesPerObject"/> entries each. An entry is appended by writing the last object anew under <c>ifGenerationMatch</c>:
/// it is there whole or not at all, and of two writers one looks again.
/// </summary>
public sealed class LedgerStore(EnvironmentPlace place, string repo)
{
    /// <summary>So many entries go into one object; then the next one begins.</summary>
    public const int EntriesPerObject = 500;

    private const int SideBySide = 8;

    /// <summary>The last object may have just begun.</summary>
    private const int ObjectsOfNow = 2;

    private readonly StorageClient _storage = place.Storage();

    private LedgerTip Tip => field ??= new LedgerTip(place, _storage, repo);

    private string Folder => $"mlops/ledger/{repo}/{place.Name}/";

    /// <exception cref="StepFailedException">An entry is not what was written.</exception>
    public async Task<EnvironmentLedger> ReadAsync(CancellationToken cancel) => new((await ReadObjectsAsync(cancel)).Entries);

    /// <summary>
    /// What the environment runs now and what is said of it, every entry checked; of a long past only approvals, holds and rollbacks are
    /// read, so that a look at it takes no longer with the years. <see cref="EnvironmentState.Moves"/> then begins later.
    /// </summary>
    /// <exception cref="StepFailedException">An entry is not what was written.</exception>
    public async Task<EnvironmentState> ReadStateAsync(CancellationToken cancel)
    {
        var tip = await Tip.ReadAsync(cancel);
        var (names, contents) = await ContentsAsync(cancel);
        var past = Math.Max(0, names.Count - ObjectsOfNow);
        var (entries, sequence, hash) = (new List<LedgerEntry>(), 0L, (Digest?)null);
        for (var i = 0; i < past; i++)
        {
            entries.AddRange(LedgerChain.ReadOrders(contents[i].Bytes.Span, place.Name, ref sequence, ref hash, Where(names[i])));
        }

        var state = EnvironmentState.Of(entries);
        var last = hash is null ? null : new LedgerEntry(default, place.Name, default, default, "") { Sequence = sequence, Hash = hash.Value };
        for (var i = past; i < names.Count; i++)
        {
            var read = LedgerChain.Read(contents[i].Bytes.Span, place.Name, last, Where(names[i]));
            state = read.Aggregate(state, (before, entry) => before.After(entry));
            last = read[^1];
            LedgerChain.Check(read, tip, Where(Folder));
        }

        if (tip?.Sequence > (last?.Sequence ?? 0))
        {
            throw LedgerChain.Lost(tip.Sequence, Where(Folder));
        }

        // A stay that began before what was read is looked up in all of it.
        return past > 0 && state.Moves.All(move => move.Release == state.Current?.Release || move.Action == LedgerAction.Rollback) ? (await ReadAsync(cancel)).State : state;
    }

    /// <summary>Appends what <paramref name="decide"/> makes of the ledger as it is; it is asked again where somebody else was first.</summary>
    /// <returns>The entry, with its number and hash.</returns>
    public async Task<LedgerEntry> AppendAsync(Func<EnvironmentLedger, LedgerEntry> decide, CancellationToken cancel) => (await TryAppendAsync(decide, cancel))!;

    /// <summary>The same where there may be nothing to say.</summary>
    /// <param name="decide">Gives null then.</param>
    /// <returns>Null where nothing was said.</returns>
    public async Task<LedgerEntry?> TryAppendAsync(Func<EnvironmentLedger, LedgerEntry?> decide, CancellationToken cancel)
    {
        await place.EnsureBucketAsync(_storage, cancel);
        while (true)
        {
            var objects = await ReadObjectsAsync(cancel);
            var ledger = new EnvironmentLedger(objects.Entries);
            if (decide(ledger) is not { } wanted)
            {
                return null;
            }

            var last = objects.Entries.IsEmpty ? null : objects.Entries[^1];
            var (entry, line) = LedgerChain.After(last, wanted);
            var isFull = objects.Entries.Length % EntriesPerObject == 0;
            var content = isFull ? Encoding.UTF8.GetBytes(line + "\n") : [.. objects.LastContent, .. Encoding.UTF8.GetBytes(line + "\n")];
            var name = NameOf((objects.Entries.Length / EntriesPerObject) + 1);
            try
            {
                await _storage.UploadAsync(place.Bucket, name, content, cancel, new UploadOptions { ContentType = "application/x-ndjson", IfGenerationMatch = isFull ? 0 : objects.LastGeneration });
                await Tip.WriteAsync(entry, cancel);
                return entry;
            }
            catch (PreconditionFailedException)
            {
                // Somebody else appended in between: decide again, on what they wrote.
            }
        }
    }

    private async Task<LedgerObjects> ReadObjectsAsync(CancellationToken cancel)
    {
        var tip = await Tip.ReadAsync(cancel);
        var (names, contents) = await ContentsAsync(cancel);
        var entries = ImmutableArray.CreateBuilder<LedgerEntry>();
        for (var i = 0; i < names.Count; i++)
        {
            entries.AddRange(LedgerChain.Read(contents[i].Bytes.Span, place.Name, entries.Count == 0 ? null : entries[^1], Where(names[i])));
        }

        if (tip?.Sequence > entries.Count)
        {
            throw LedgerChain.Lost(tip.Sequence, Where(Folder));
        }

        LedgerChain.Check([.. entries], tip, Where(Folder));
        return new LedgerObjects(entries.ToImmutable(), names.Count == 0 ? [] : contents[^1].Bytes.ToArray(), names.Count == 0 ? 0 : contents[^1].Generation);
    }

    private async Task<(List<string> Names, StorageContent[] Contents)> ContentsAsync(CancellationToken cancel)
    {
        var names = await NamesAsync(cancel);
        var missing = Enumerable.Range(0, names.Count).FirstOrDefault(at => names[at] != NameOf(at + 1), -1);
        if (missing >= 0)
        {
            throw Missing(NameOf(missing + 1));
        }

        var contents = new StorageContent[names.Count];
        await Parallel.ForEachAsync(Enumerable.Range(0, names.Count), new ParallelOptions { MaxDegreeOfParallelism = SideBySide, CancellationToken = cancel }, async (at, token) =>
            contents[at] = await _storage.ReadAsync(place.Bucket, names[at], token) ?? throw Missing(names[at]));
        return (names, contents);
    }

    private string Where(string name) => $"gs://{place.Bucket}/{name}";

    private async Task<List<string>> NamesAsync(CancellationToken cancel)
    {
        try
        {
            return await _storage.ListAsync(place.Bucket, Folder, cancel).Select(item => item.Name).ToListAsync(cancel);
        }
        catch (CloudException error) when (error.Status == Grpc.Core.StatusCode.NotFound)
        {
            // No bucket: nothing was ever delivered there.
            return [];
        }
    }

    private StepFailedException Missing(string name) => new($"The ledger of {place.Name} lacks gs://{place.Bucket}/{name}: somebody removed it. Nothing is done on such a ledger; put the object back (the bucket's versions have it).");

    private string NameOf(int number) => $"{Folder}{number.ToString("000000", CultureInfo.InvariantCulture)}.jsonl";

    private sealed record LedgerObjects(ImmutableArray<LedgerEntry> Entries, byte[] LastContent, long LastGeneration);
}

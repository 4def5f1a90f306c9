using System.Collections.Immutable;
using System.Globalization;
using System.Text;
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
    private readonly StorageClient _storage = place.Storage();

    private string Folder => $"mlops/ledger/{repo}/{place.Name}/";

    /// <exception cref="StepFailedException">An entry is not what was written.</exception>
    public async Task<EnvironmentLedger> ReadAsync(CancellationToken cancel) => new((await ReadObjectsAsync(cancel)).Entries);

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
        var names = await NamesAsync(cancel);
        var contents = new StorageContent[names.Count];
        await Parallel.ForEachAsync(Enumerable.Range(0, names.Count), new ParallelOptions { MaxDegreeOfParallelism = SideBySide, CancellationToken = cancel }, async (at, token) =>
            contents[at] = await _storage.ReadAsync(place.Bucket, names[at], token) ?? throw Missing(names[at]));
        var entries = ImmutableArray.CreateBuilder<LedgerEntry>();
        for (var i = 0; i < names.Count; i++)
        {
            if (names[i] != NameOf(i + 1))
            {
                throw Missing(NameOf(i + 1));
            }

            entries.AddRange(LedgerChain.Read(contents[i].Bytes.Span, place.Name, entries.Count == 0 ? null : entries[^1], $"gs://{place.Bucket}/{names[i]}"));
        }

        return new LedgerObjects(entries.ToImmutable(), names.Count == 0 ? [] : contents[^1].Bytes.ToArray(), names.Count == 0 ? 0 : contents[^1].Generation);
    }

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

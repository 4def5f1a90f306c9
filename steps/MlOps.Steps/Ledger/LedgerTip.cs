using System.Text.Json;
using MlOps.Core.Images;
using MlOps.Core.Problems;
using MlOps.Google.Errors;
using MlOps.Google.Storage;

namespace MlOps.Steps.Ledger;

/// <summary>How far a ledger has come.</summary>
/// <param name="Sequence">The number of an entry that was there.</param>
/// <param name="Hash">Its hash.</param>
public sealed record LedgerTipRecord(long Sequence, Digest Hash);

/// <summary>
/// Beside a ledger, <c>mlops/ledger/REPO/ENVIRONMENT.tip.json</c>: how far it had come. A chain whose end is gone, or all of it, is a chain
/// still; this tells. It is written after an entry, so after a kill it lags behind: the ledger has at least what it says.
/// </summary>
internal sealed class LedgerTip(EnvironmentPlace place, StorageClient storage, string repo)
{
    private string Name => $"mlops/ledger/{repo}/{place.Name}.tip.json";

    /// <summary>To be asked before the ledger is, so that no entry comes in between.</summary>
    public async Task<LedgerTipRecord?> ReadAsync(CancellationToken cancel)
    {
        try
        {
            return await storage.ReadAsync(place.Bucket, Name, cancel) is { } content ? JsonSerializer.Deserialize(content.Bytes.Span, LedgerJson.Default.LedgerTipRecord) : null;
        }
        catch (JsonException)
        {
            throw new StepFailedException($"gs://{place.Bucket}/{Name}, which says how far the ledger of {place.Name} had come, is not what was written. Nothing is done on such a ledger; put the object back as it was (the bucket's versions have it).");
        }
    }

    /// <summary>That it cannot be written loses nothing but this.</summary>
    public async Task WriteAsync(LedgerEntry entry, CancellationToken cancel)
    {
        try
        {
            var content = JsonSerializer.SerializeToUtf8Bytes(new LedgerTipRecord(entry.Sequence, entry.Hash), LedgerJson.Default.LedgerTipRecord);
            await storage.UploadAsync(place.Bucket, Name, content, cancel, new UploadOptions { ContentType = "application/json" });
        }
        catch (CloudException)
        {
            // The entry is there.
        }
    }
}

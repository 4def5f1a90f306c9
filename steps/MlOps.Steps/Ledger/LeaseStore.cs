using System.Text.Json;
using MlOps.Core.Problems;
using MlOps.Google.Errors;
using MlOps.Google.Storage;

namespace MlOps.Steps.Ledger;

/// <summary>
/// One at a time moves an environment: the lease is an object of its Storage, <c>mlops/leases/REPO/ENVIRONMENT.json</c>, written under
/// <c>ifGenerationMatch</c> and renewed while it is held. Whether it has ended is told by the service's clock alone (the answer's
/// <c>Date</c> and <c>Last-Modified</c>), so that nobody's wrong clock breaks or extends it.
/// </summary>
public sealed class LeaseStore(EnvironmentPlace place, string repo, TimeProvider time)
{
    /// <summary>A holder that was killed is waited for so long.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);
    private readonly StorageClient _storage = place.Storage();

    private string Name => $"mlops/leases/{repo}/{place.Name}.json";

    /// <summary>Takes the lease. One that somebody holds and does not renew is waited for; one that is renewed is somebody's who is at work.</summary>
    /// <param name="waits">Told once, when there is something to wait for.</param>
    /// <exception cref="StepFailedException">Somebody else is at work: who, and since when.</exception>
    public async Task<Lease> AcquireAsync(Actor actor, string purpose, Action<string> waits, CancellationToken cancel)
    {
        await place.EnsureBucketAsync(_storage, cancel);
        long? seen = null;
        while (true)
        {
            var content = await _storage.ReadAsync(place.Bucket, Name, cancel);
            var held = content is null ? null : Parse(content);
            if (held is null || held.Released || content!.Age > held.Lasts || held.Process?.HasEnded == true)
            {
                if (await TryTakeAsync(actor, purpose, held, content?.Generation ?? 0, cancel) is { } lease)
                {
                    return lease;
                }

                continue;
            }

            if (seen is { } before && before != content.Generation)
            {
                throw Held(held);
            }

            if (seen is null)
            {
                seen = content.Generation;
                waits($"{held.Holder} holds {place.Name} ({held.Purpose}, since {held.Since.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC); waiting up to {held.Seconds:0} s to see whether it is still at work");
            }

            await Task.Delay(Look, time, cancel);
        }
    }

    /// <summary>Who holds it now; null where nobody does.</summary>
    public async Task<LeaseRecord?> HolderAsync(CancellationToken cancel) =>
        await _storage.ReadAsync(place.Bucket, Name, cancel) is { } content
        && Parse(content) is { Released: false } held && content.Age <= held.Lasts && held.Process?.HasEnded != true
            ? held
            : null;

    /// <summary>Writes a record over a generation of it; null where that is no longer the last one.</summary>
    internal async Task<long?> WriteAsync(LeaseRecord record, long generation, CancellationToken cancel)
    {
        try
        {
            var content = JsonSerializer.SerializeToUtf8Bytes(record, LedgerJson.Default.LeaseRecord);
            return (await _storage.UploadAsync(place.Bucket, Name, content, cancel, new UploadOptions { ContentType = "application/json", IfGenerationMatch = generation })).Generation;
        }
        catch (PreconditionFailedException)
        {
            return null;
        }
    }

    /// <summary>Writes it anew; null where somebody else has it. One of ours whose answer was lost may have written before.</summary>
    internal async Task<long?> RenewAsync(LeaseRecord record, long generation, CancellationToken cancel) =>
        await WriteAsync(record, generation, cancel) is { } written
            ? written
            : await _storage.ReadAsync(place.Bucket, Name, cancel) is { } content && Parse(content) == record ? content.Generation : null;

    /// <summary>Gives it back, unless somebody else has it.</summary>
    internal async Task ReleaseAsync(LeaseRecord record, long generation, CancellationToken cancel)
    {
        var released = record with { Released = true };
        if (await WriteAsync(released, generation, cancel) is null && await _storage.ReadAsync(place.Bucket, Name, cancel) is { } content && Parse(content) == record)
        {
            await WriteAsync(released, content.Generation, cancel);
        }
    }

    private async Task<Lease?> TryTakeAsync(Actor actor, string purpose, LeaseRecord? before, long generation, CancellationToken cancel)
    {
        var record = new LeaseRecord(actor.Name, purpose, actor.Build is null ? LeaseProcess.Mine : null, time.GetUtcNow(), Duration.TotalSeconds, (before?.Token ?? 0) + 1, Released: false);
        return await WriteAsync(record, generation, cancel) is { } written ? new Lease(this, place.Name, record, written, time) : null;
    }

    private LeaseRecord Parse(StorageContent content)
    {
        try
        {
            return JsonSerializer.Deserialize(content.Bytes.Span, LedgerJson.Default.LeaseRecord) ?? throw new JsonException("null");
        }
        catch (JsonException)
        {
            throw new StepFailedException($"gs://{place.Bucket}/{Name} is no lease: somebody changed it. When nobody moves {place.Name}, remove the object and run this again.");
        }
    }

    private StepFailedException Held(LeaseRecord held) => new(
        $"{place.Name} is being moved by {held.Holder}: {held.Purpose}, since {held.Since.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC, and it is at work. Nothing was changed; run this again when it has ended ('mlops status' shows it).");
}

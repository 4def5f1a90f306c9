using System.Collections.Immutable;
using System.Text.Json;
using MlOps.Core.Images;
using MlOps.Core.Problems;
using MlOps.Google.Errors;
using MlOps.Google.Storage;

namespace MlOps.Steps.Releases;

/// <summary>
/// Releases in an environment's Storage: <c>mlops/releases/REPO/HEX.json</c> in the bucket of its pipeline root. The identity in it
/// never changes, and evidence is only added to. Written with <c>ifGenerationMatch</c>, so that of two writers one wins
/// and the other looks again.
/// </summary>
public sealed class ReleaseStore(EnvironmentPlace place)
{
    private const string Folder = "mlops/releases/";
    private const int SideBySide = 16;
    private readonly StorageClient _storage = place.Storage();

    /// <returns>The release as it stands there now, and whether it was not known before.</returns>
    public async Task<(ReleaseRecord Release, bool IsNew)> WriteAsync(ReleaseRecord record, CancellationToken cancel)
    {
        await place.EnsureBucketAsync(_storage, cancel);
        var name = NameOf(record.Repo, record.Id);
        while (true)
        {
            var known = await _storage.ReadAsync(place.Bucket, name, cancel);
            var all = known is null ? record : Parse(known.Bytes, name).With(record.Evidence);
            var content = JsonSerializer.SerializeToUtf8Bytes(all, RecordJson.Default.ReleaseRecord);
            if (known is not null && content.AsSpan().SequenceEqual(known.Bytes.Span))
            {
                return (all, false);
            }

            try
            {
                var options = new UploadOptions { ContentType = "application/json", IfGenerationMatch = known?.Generation ?? 0 };
                await _storage.UploadAsync(place.Bucket, name, content, cancel, options);
                return (all, known is null);
            }
            catch (PreconditionFailedException)
            {
                // Somebody else wrote it in between: look again.
            }
        }
    }

    /// <summary>One release; null where the environment has none of that id.</summary>
    public async Task<ReleaseRecord?> FindAsync(string repo, Digest id, CancellationToken cancel)
    {
        var name = NameOf(repo, id);
        return await _storage.ReadAsync(place.Bucket, name, cancel) is { } content ? Parse(content.Bytes, name) : null;
    }

    /// <summary>All releases of the environment, newest first.</summary>
    public async Task<ImmutableArray<ReleaseRecord>> ListAsync(CancellationToken cancel)
    {
        if (await _storage.GetBucketAsync(place.Bucket, cancel) is null)
        {
            return [];
        }

        var names = await _storage.ListAsync(place.Bucket, Folder, cancel).Select(item => item.Name).ToListAsync(cancel);
        var releases = new ReleaseRecord?[names.Count];
        await Parallel.ForEachAsync(Enumerable.Range(0, names.Count), new ParallelOptions { MaxDegreeOfParallelism = SideBySide, CancellationToken = cancel }, async (at, token) =>
            releases[at] = await _storage.ReadAsync(place.Bucket, names[at], token) is { } content ? Parse(content.Bytes, names[at]) : null);
        return [.. releases.OfType<ReleaseRecord>().OrderByDescending(release => release.Time)];
    }

    private ReleaseRecord Parse(ReadOnlyMemory<byte> bytes, string name)
    {
        ReleaseRecord? record;
        try
        {
            record = JsonSerializer.Deserialize(bytes.Span, RecordJson.Default.ReleaseRecord);
        }
        catch (JsonException)
        {
            record = null;
        }

        return record is { IsIntact: true } && name.EndsWith($"/{record.Id.Hex}.json", StringComparison.Ordinal)
            ? record
            : throw new StepFailedException($"gs://{place.Bucket}/{name} is not the release that its name says, or one of its statements is not what its hash says: somebody changed it.");
    }

    private static string NameOf(string repo, Digest id) => $"{Folder}{repo}/{id.Hex}.json";
}

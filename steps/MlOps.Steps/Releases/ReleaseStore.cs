using System.Collections.Immutable;
using System.Text.Json;
using MlOps.Core.Problems;
using MlOps.Google.Errors;
using MlOps.Google.Storage;

namespace MlOps.Steps.Releases;

/// <summary>
/// Releases in the environment's Storage, beside its pipeline root: <c>mlops/releases/REPO/HEX.json</c>. The identity in it never
/// changes, and evidence is only added to. Written with <c>ifGenerationMatch</c>, so that of two writers one wins
/// and the other looks again.
/// </summary>
public static class ReleaseStore
{
    private const string Folder = "mlops/releases/";

    /// <returns>The release as it stands there now, and whether it was not known before.</returns>
    public static async Task<(ReleaseRecord Release, bool IsNew)> WriteAsync(DeliveryContext context, ReleaseRecord record, CancellationToken cancel)
    {
        var storage = new StorageClient(context.Endpoint);
        var root = Root(context);
        await EnsureBucketAsync(context, storage, root.Bucket, cancel);
        var name = $"{root.Name}{record.Repo}/{record.Id.Hex}.json";
        while (true)
        {
            var known = await storage.ReadAsync(root.Bucket, name, cancel);
            var all = known is not null && Parse(known.Bytes) is { } earlier ? earlier with { Evidence = earlier.Evidence.With(record.Evidence) } : record;
            if (known is not null && Serialized(all).AsSpan().SequenceEqual(known.Bytes.Span))
            {
                return (all, false);
            }

            try
            {
                var options = new UploadOptions { ContentType = "application/json", IfGenerationMatch = known?.Generation ?? 0 };
                await storage.UploadAsync(root.Bucket, name, Serialized(all), cancel, options);
                return (all, known is null);
            }
            catch (PreconditionFailedException)
            {
                // Somebody else wrote it in between: look again.
            }
        }
    }

    /// <summary>All releases of the repo in the environment, newest first.</summary>
    public static async Task<ImmutableArray<ReleaseRecord>> ListAsync(DeliveryContext context, CancellationToken cancel)
    {
        var storage = new StorageClient(context.Endpoint);
        var root = Root(context);
        var releases = new List<ReleaseRecord>();
        if (await storage.GetBucketAsync(root.Bucket, cancel) is null)
        {
            return [];
        }

        await foreach (var item in storage.ListAsync(root.Bucket, $"{root.Name}", cancel))
        {
            if (await storage.ReadAsync(root.Bucket, item.Name, cancel) is { } content)
            {
                releases.Add(Parse(content.Bytes) is { } release && item.Name.EndsWith($"/{release.Id.Hex}.json", StringComparison.Ordinal)
                    ? release
                    : throw new StepFailedException($"gs://{root.Bucket}/{item.Name} is not the release that its name says; somebody changed it."));
            }
        }

        return [.. releases.OrderByDescending(release => release.Evidence.Time)];
    }

    private static ReleaseRecord? Parse(ReadOnlyMemory<byte> bytes) => JsonSerializer.Deserialize(bytes.Span, RecordJson.Default.ReleaseRecord) is { } record
        && new Core.Releases.Release(record.Repo, record.Commit, record.Components, record.Pipelines).Id == record.Id
        ? record
        : null;

    private static byte[] Serialized(ReleaseRecord record) => JsonSerializer.SerializeToUtf8Bytes(record, RecordJson.Default.ReleaseRecord);

    private static GcsUri Root(DeliveryContext context) => new(GcsUri.Parse(context.Environment.PipelineRoot).Bucket, Folder);

    private static async Task EnsureBucketAsync(DeliveryContext context, StorageClient storage, string bucket, CancellationToken cancel)
    {
        if (await storage.GetBucketAsync(bucket, cancel) is null)
        {
            await storage.CreateBucketAsync(context.Environment.Project, bucket, context.Environment.Region, cancel);
        }
    }
}

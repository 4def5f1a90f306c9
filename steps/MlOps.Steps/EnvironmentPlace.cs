using MlOps.Google;
using MlOps.Google.Storage;
using MlOps.Steps.Project;

namespace MlOps.Steps;

/// <summary>An environment and the cloud in which it lives; two environments may live in two clouds.</summary>
public sealed record EnvironmentPlace(DeliveryEnvironment Environment, GcpEndpoint Endpoint)
{
    public string Name => Environment.Name;

    /// <summary>The bucket that keeps what must be known of the environment: that of its pipeline root.</summary>
    public string Bucket { get; } = GcsUri.Parse(Environment.PipelineRoot).Bucket;

    public StorageClient Storage() => new(Endpoint);

    /// <summary>Makes the bucket where it is not there yet.</summary>
    public async Task EnsureBucketAsync(StorageClient storage, CancellationToken cancel)
    {
        if (await storage.GetBucketAsync(Bucket, cancel) is null)
        {
            await storage.CreateBucketAsync(Environment.Project, Bucket, Environment.Region, cancel);
        }
    }
}

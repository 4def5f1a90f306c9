using MlOps.Google;
using MlOps.Google.Grpc;
using MlOps.Google.Kfp;
using MlOps.Google.Storage;
using MlOps.Steps.Project;

namespace MlOps.Steps.Upload;

/// <summary>The pipeline that an environment has.</summary>
/// <param name="Uri">Its address, which names these bytes.</param>
public sealed record DeployedPipeline(string Uri, ReadOnlyMemory<byte> Content)
{
    /// <summary>The newest upload of a pipeline in the environment's repository of pipelines; null where it was never uploaded there.</summary>
    /// <param name="environment">Says where its pipelines are.</param>
    /// <param name="endpoint">The cloud that it lives in.</param>
    /// <param name="name">The pipeline's name in the IR.</param>
    /// <param name="cancel">Ends the search.</param>
    public static Task<DeployedPipeline?> FindAsync(DeliveryEnvironment environment, GcpEndpoint endpoint, string name, CancellationToken cancel) =>
        GcsUri.TryParse(environment.Pipelines, out var folder)
            ? InStorageAsync(new StorageClient(endpoint), folder.Below($"{name}/"), cancel)
            : InRegistryAsync(endpoint, KfpRepository.Parse(environment.Pipelines), name, cancel);

    private static async Task<DeployedPipeline?> InRegistryAsync(GcpEndpoint endpoint, KfpRepository repository, string name, CancellationToken cancel)
    {
        using var channels = new GrpcChannels(endpoint);
        var client = new KfpClient(channels);
        return await client.NewestAsync(repository, name, cancel) is { } newest ? new DeployedPipeline(newest.ToString(), await client.DownloadAsync(newest, cancel)) : null;
    }

    private static async Task<DeployedPipeline?> InStorageAsync(StorageClient storage, GcsUri folder, CancellationToken cancel)
    {
        var newest = await storage.ListAsync(folder.Bucket, folder.Name, cancel)
            .Where(item => item.Name.EndsWith(".json", StringComparison.Ordinal))
            .OrderByDescending(item => item.TimeCreated ?? default)
            .FirstOrDefaultAsync(cancel);
        return newest is not null && await storage.ReadAsync(newest.Bucket, newest.Name, cancel) is { } content ? new DeployedPipeline(newest.Uri.ToString(), content.Bytes) : null;
    }
}

using System.Collections.Immutable;
using MlOps.Google.Grpc;
using MlOps.Google.Kfp;
using MlOps.Google.Storage;

namespace MlOps.Steps.Upload;

/// <summary>Where an environment keeps its compiled pipelines: a KFP repository of Artifact Registry, or a folder in Storage.</summary>
internal static class PipelineRepository
{
    /// <returns>The address of exactly these bytes.</returns>
    public static Task<string> UploadAsync(DeliveryContext context, CompiledPipeline pipeline, byte[] content, ImmutableArray<string> tags, CancellationToken cancel) =>
        GcsUri.TryParse(context.Environment.Pipelines, out var folder)
            ? ToStorageAsync(context, folder, pipeline, content, cancel)
            : ToKfpAsync(context, pipeline, content, tags, cancel);

    private static async Task<string> ToKfpAsync(DeliveryContext context, CompiledPipeline pipeline, byte[] content, ImmutableArray<string> tags, CancellationToken cancel)
    {
        using var channels = new GrpcChannels(context.Endpoint);
        var uploaded = await new KfpClient(channels).UploadAsync(KfpRepository.Parse(context.Environment.Pipelines), content, tags, $"{pipeline.Pipeline} of {context.Project.Name}", cancel);
        return uploaded.ToString();
    }

    private static async Task<string> ToStorageAsync(DeliveryContext context, GcsUri folder, CompiledPipeline pipeline, byte[] content, CancellationToken cancel)
    {
        var storage = new StorageClient(context.Endpoint);
        var target = folder.Below($"{pipeline.Name}/{pipeline.Sha256.Hex}.json");
        if (await storage.GetAsync(target.Bucket, target.Name, cancel) is null)
        {
            await storage.UploadAsync(target.Bucket, target.Name, content, cancel, new UploadOptions { ContentType = "application/json" });
        }

        return target.ToString();
    }
}

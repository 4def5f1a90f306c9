using System.Collections.Immutable;
using Grpc.Core;
using MlOps.Google.Errors;
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

    /// <summary>Whether the environment still has those bytes; a record in the workspace may be of another cloud, or of one that was removed.</summary>
    public static async Task<bool> HoldsAsync(DeliveryContext context, UploadedPipeline pipeline, CancellationToken cancel)
    {
        if (GcsUri.TryParse(pipeline.Uri, out var place))
        {
            return await new StorageClient(context.Endpoint).GetAsync(place.Bucket, place.Name, cancel) is not null;
        }

        using var channels = new GrpcChannels(context.Endpoint);
        try
        {
            return UploadedTemplate.TryParse(pipeline.Uri, out var template) && await new KfpClient(channels).DownloadAsync(template, cancel) is not null;
        }
        catch (CloudException error) when (error.Status == StatusCode.NotFound)
        {
            return false;
        }
    }

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

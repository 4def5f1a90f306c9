using System.Collections.Immutable;
using Grpc.Core;
using MlOps.Core.Images;
using MlOps.Core.Problems;
using MlOps.Google.Errors;
using MlOps.Google.Grpc;
using MlOps.Google.Kfp;
using MlOps.Google.Storage;

namespace MlOps.Steps.Upload;

/// <summary>Where an environment keeps its compiled pipelines: a KFP repository of Artifact Registry, or a folder in Storage.</summary>
internal static class PipelineRepository
{
    /// <param name="name">The pipeline's name in the IR.</param>
    /// <param name="description">For people.</param>
    /// <returns>The address of exactly these bytes.</returns>
    public static Task<string> UploadAsync(EnvironmentPlace place, string name, byte[] content, ImmutableArray<string> tags, string description, CancellationToken cancel) =>
        GcsUri.TryParse(place.Environment.Pipelines, out var folder)
            ? ToStorageAsync(place, folder, name, content, cancel)
            : ToKfpAsync(place, content, tags, description, cancel);

    /// <summary>Whether the environment still has those bytes; a record in the workspace may be of another cloud, or of one that was removed.</summary>
    public static async Task<bool> HoldsAsync(EnvironmentPlace place, UploadedPipeline pipeline, CancellationToken cancel)
    {
        if (GcsUri.TryParse(pipeline.Uri, out var file))
        {
            return await place.Storage().GetAsync(file.Bucket, file.Name, cancel) is not null;
        }

        using var channels = new GrpcChannels(place.Endpoint);
        try
        {
            return UploadedTemplate.TryParse(pipeline.Uri, out var template) && await new KfpClient(channels).DownloadAsync(template, cancel) is not null;
        }
        catch (CloudException error) when (error.Status == StatusCode.NotFound)
        {
            return false;
        }
    }

    /// <summary>The bytes of an uploaded pipeline, checked against the digest that is known of it.</summary>
    /// <exception cref="StepFailedException">There is none, or it is another.</exception>
    public static async Task<byte[]> DownloadAsync(EnvironmentPlace place, UploadedPipeline pipeline, CancellationToken cancel)
    {
        var content = GcsUri.TryParse(pipeline.Uri, out var file)
            ? (await place.Storage().ReadAsync(file.Bucket, file.Name, cancel))?.Bytes.ToArray()
            : await FromKfpAsync(place, pipeline, cancel);
        return content is null
            ? throw new StepFailedException($"The pipeline {pipeline.Pipeline} is not in {place.Name} any more: {pipeline.Uri} is gone. Deliver the commit again ('mlops ci --from upload').")
            : Digest.Of(content) == pipeline.Sha256 ? content : throw new StepFailedException($"{pipeline.Uri} is not what was uploaded: its bytes have the digest {Digest.Of(content)}, {pipeline.Sha256} was recorded. It was not used.");
    }

    private static async Task<byte[]?> FromKfpAsync(EnvironmentPlace place, UploadedPipeline pipeline, CancellationToken cancel)
    {
        using var channels = new GrpcChannels(place.Endpoint);
        try
        {
            return UploadedTemplate.TryParse(pipeline.Uri, out var template) ? await new KfpClient(channels).DownloadAsync(template, cancel) : null;
        }
        catch (CloudException error) when (error.Status == StatusCode.NotFound)
        {
            return null;
        }
    }

    private static async Task<string> ToKfpAsync(EnvironmentPlace place, byte[] content, ImmutableArray<string> tags, string description, CancellationToken cancel)
    {
        using var channels = new GrpcChannels(place.Endpoint);
        var uploaded = await new KfpClient(channels).UploadAsync(KfpRepository.Parse(place.Environment.Pipelines), content, tags, description, cancel);
        return uploaded.ToString();
    }

    private static async Task<string> ToStorageAsync(EnvironmentPlace place, GcsUri folder, string name, byte[] content, CancellationToken cancel)
    {
        var storage = place.Storage();
        var target = folder.Below($"{name}/{Digest.Of(content).Hex}.json");
        if (await storage.GetAsync(target.Bucket, target.Name, cancel) is null)
        {
            await storage.UploadAsync(target.Bucket, target.Name, content, cancel, new UploadOptions { ContentType = "application/json" });
        }

        return target.ToString();
    }
}

using System.Collections.Immutable;
using MlOps.Core.Graph;
using MlOps.Steps.Releases;

namespace MlOps.Steps.Upload;

/// <summary>Uploads each compiled pipeline to the environment's KFP repository, or to <c>gs://</c>; the same content twice is one version.</summary>
public static class UploadStep
{
    public static async Task<StepResult> RunAsync(DeliveryContext context, CancellationToken cancel)
    {
        var compiled = context.Workspace.Read(Records.Compile).Pipelines;
        var tags = UploadTags.Of(context.Workspace.Read(Records.Source), ReleaseIdentity.Of(context));
        if (context.Workspace.TryRead(Records.Upload) is { } last && IsSame(context, last, compiled, tags) && await HoldsAsync(context, last, cancel))
        {
            return StepResult.Unchanged($"{compiled.Length} unchanged at {context.Environment.Pipelines}");
        }

        var uploaded = ImmutableArray.CreateBuilder<UploadedPipeline>();
        foreach (var pipeline in compiled)
        {
            var content = await File.ReadAllBytesAsync(Path.Combine(context.Project.Root, pipeline.File), cancel);
            var uri = await PipelineRepository.UploadAsync(context.Place, pipeline.Name, content, tags, $"{pipeline.Pipeline} of {context.Project.Name}", cancel);
            context.Log.Line("upload", pipeline.Pipeline, uri);
            uploaded.Add(new UploadedPipeline(pipeline.Pipeline, uri, pipeline.Sha256, tags));
        }

        context.Workspace.Write(Records.Upload, new UploadedPipelines(context.Environment.Name, uploaded.ToImmutable()));
        return StepResult.Done($"{uploaded.Count} to {context.Environment.Pipelines}");
    }

    private static async Task<bool> HoldsAsync(DeliveryContext context, UploadedPipelines uploaded, CancellationToken cancel) =>
        (await Task.WhenAll(uploaded.Pipelines.Select(pipeline => PipelineRepository.HoldsAsync(context.Place, pipeline, cancel)))).All(held => held);

    private static bool IsSame(DeliveryContext context, UploadedPipelines last, ImmutableArray<CompiledPipeline> compiled, ImmutableArray<string> tags) =>
        last.Environment == context.Environment.Name
        && last.Pipelines.Select(pipeline => (pipeline.Pipeline, pipeline.Sha256)).SequenceEqual(compiled.Select(pipeline => (pipeline.Pipeline, pipeline.Sha256)))
        && last.Pipelines.All(pipeline => pipeline.Uri.StartsWith(context.Environment.Pipelines, StringComparison.Ordinal) && pipeline.Tags.SequenceEqual(tags));
}

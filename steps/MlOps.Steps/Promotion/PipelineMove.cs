using System.Collections.Immutable;
using System.Text.Json.Nodes;
using MlOps.Core.Images;
using MlOps.Core.Problems;
using MlOps.Pipelines;
using MlOps.Pipelines.Ir;
using MlOps.Steps.Build;
using MlOps.Steps.Releases;
using MlOps.Steps.Run;
using MlOps.Steps.Upload;

namespace MlOps.Steps.Promotion;

/// <summary>A pipeline of a release, ready for an environment.</summary>
/// <param name="Content">Its bytes there: those of where it comes from, but for the hosts of its images where the environment has its own registry.</param>
internal sealed record MovedPipeline(string Pipeline, string Name, JsonObject Spec, byte[] Content);

/// <summary>The pipelines of a release from one environment to another.</summary>
internal static class PipelineMove
{
    /// <summary>Reads them where they are, and checks that they are the release's; nothing is written.</summary>
    /// <param name="uploaded">Where the environment that they come from keeps them.</param>
    /// <exception cref="StepFailedException">One is gone, or not the one that the release holds.</exception>
    public static async Task<ImmutableArray<MovedPipeline>> ReadAsync(EnvironmentPlace from, EnvironmentPlace to, ReleaseRecord release, ImmutableArray<UploadedPipeline> uploaded, CancellationToken cancel)
    {
        var moved = ImmutableArray.CreateBuilder<MovedPipeline>();
        foreach (var (name, neutral) in release.Pipelines)
        {
            var there = uploaded.FirstOrDefault(pipeline => pipeline.Pipeline == name)
                ?? throw new StepFailedException($"The release {release.Id.Short} has a pipeline '{name}', which was never uploaded in {from.Name}. Deliver the commit again ('mlops ci --env {from.Name} --from upload').");
            moved.Add(Rewritten(name, await PipelineRepository.DownloadAsync(from, there, cancel), neutral, there.Uri));
        }

        return moved.ToImmutable();

        MovedPipeline Rewritten(string name, byte[] content, Digest neutral, string uri)
        {
            var spec = JsonNode.Parse(content)!.AsObject();
            Check(spec, from, uri, neutral);
            var irName = spec["pipelineInfo"]?["name"]?.GetValue<string>() ?? name;
            if (ImageMove.IsShared(from, to) || !Rehost(spec, from, to, release))
            {
                return new MovedPipeline(name, irName, spec, content);
            }

            Check(spec, to, uri, neutral);
            return new MovedPipeline(name, irName, spec, new CompiledPipelineSpec(irName, spec).Bytes.ToArray());
        }

        void Check(JsonObject spec, EnvironmentPlace place, string uri, Digest neutral)
        {
            var actual = HostNeutral.DigestOf(spec, image => ComponentImage.InRelease(release, place.Environment, image));
            if (actual != neutral)
            {
                throw new StepFailedException($"{uri} is not the pipeline of the release {release.Id.Short}: its host-neutral form has the digest {actual.Short}, the release says {neutral.Short}. It was not used.");
            }
        }
    }

    /// <summary>Uploads them to the environment; the same bytes are one version.</summary>
    public static async Task<ImmutableArray<UploadedPipeline>> UploadAsync(EnvironmentPlace to, ReleaseRecord release, ImmutableArray<MovedPipeline> pipelines, Action<string?, string> line, CancellationToken cancel)
    {
        var uploaded = ImmutableArray.CreateBuilder<UploadedPipeline>();
        var tags = UploadTags.Of(release);
        foreach (var pipeline in pipelines)
        {
            var uri = await PipelineRepository.UploadAsync(to, pipeline.Name, pipeline.Content, tags, $"{pipeline.Pipeline} of {release.Repo}", cancel);
            line(pipeline.Pipeline, uri);
            uploaded.Add(new UploadedPipeline(pipeline.Pipeline, uri, Digest.Of(pipeline.Content), tags));
        }

        return uploaded.ToImmutable();
    }

    public static RunnablePipeline Runnable(MovedPipeline pipeline, IEnumerable<UploadedPipeline> uploaded) =>
        new(pipeline.Pipeline, pipeline.Name, pipeline.Spec, uploaded.FirstOrDefault(there => there.Pipeline == pipeline.Pipeline)?.Uri);

    /// <summary>Names the images of the release as the other registry does; the digests stay.</summary>
    /// <returns>Whether there were any.</returns>
    private static bool Rehost(JsonObject spec, EnvironmentPlace from, EnvironmentPlace to, ReleaseRecord release)
    {
        var changed = false;
        foreach (var executor in ExecutorImages.Of(spec))
        {
            if (ImageReference.TryParse(executor.Image, out var image) && image.Digest is { } digest && ComponentImage.InRelease(release, from.Environment, image) is { } component)
            {
                executor.Container["image"] = ComponentImage.Of(to.Environment, component).Pinned(digest).ToString();
                changed = true;
            }
        }

        return changed;
    }
}

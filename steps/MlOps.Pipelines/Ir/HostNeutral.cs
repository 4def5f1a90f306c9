using System.Text.Json;
using System.Text.Json.Nodes;
using MlOps.Core.Files;
using MlOps.Core.Images;

namespace MlOps.Pipelines.Ir;

/// <summary>
/// The form of a compiled pipeline that is the same whichever registry its images are in: each image of a component is
/// <c>COMPONENT@sha256:…</c>. A release's id is made of it (design.md, "The flow").
/// </summary>
public static class HostNeutral
{
    /// <param name="spec">A PipelineSpec, whoever compiled it.</param>
    /// <param name="component">The component that an image belongs to; null for images that are not of this repo, which stay.</param>
    public static JsonObject Form(JsonObject spec, Func<ImageReference, string?> component)
    {
        var copy = (JsonObject)spec.DeepClone();
        foreach (var image in ExecutorImages.Of(copy))
        {
            if (ImageReference.TryParse(image.Image, out var reference) && reference.Digest is { } digest && component(reference) is { } name)
            {
                image.Container["image"] = $"{name}@{digest}";
            }
        }

        return copy;
    }

    /// <summary>The SHA-256 of the form's canonical JSON.</summary>
    public static Digest DigestOf(JsonObject spec, Func<ImageReference, string?> component) => Digest.Of(CanonicalJson.Bytes(Form(spec, component)));
}

/// <summary>The image of one executor.</summary>
/// <param name="Executor">Its label.</param>
/// <param name="Container">Its container in the IR.</param>
public sealed record ExecutorImage(string Executor, string Image, JsonObject Container);

/// <summary>The images of a compiled pipeline's executors.</summary>
public static class ExecutorImages
{
    /// <summary>In the order of the file; executors without a container are left out.</summary>
    public static IEnumerable<ExecutorImage> Of(JsonObject spec)
    {
        foreach (var (label, executor) in (spec["deploymentSpec"] as JsonObject)?["executors"] as JsonObject ?? [])
        {
            if ((executor as JsonObject)?["container"] is JsonObject container
                && container["image"] is JsonValue image && image.GetValueKind() == JsonValueKind.String)
            {
                yield return new ExecutorImage(label, image.GetValue<string>(), container);
            }
        }
    }
}

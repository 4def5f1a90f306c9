using System.Text.Json.Nodes;
using MlOps.Core.Images;

namespace MlOps.Pipelines.Ir.Checking;

/// <summary>What runs: each executor has something to run, images are pinned.</summary>
internal sealed class ExecutorCheck(CheckedSpec pipeline, Report report, bool allowTags)
{
    private static readonly JsonPath At = JsonPath.Top["deploymentSpec"]["executors"];

    public void Run()
    {
        foreach (var (label, executor) in pipeline.Executors.Maps())
        {
            if (executor.Map("container") is { } container)
            {
                CheckImage(label, container);
            }
            else if (executor.Count == 0)
            {
                report.Error("empty-executor", $"The executor '{label}' runs nothing: it has no container, importer or other kind.", At[label]);
            }
        }

        foreach (var component in pipeline.Components.Where(component => component.ExecutorLabel is not null))
        {
            new PlaceholderCheck(pipeline, component, report).Run();
        }
    }

    private void CheckImage(string label, JsonObject container)
    {
        var at = At[label]["container"]["image"];
        if (container.Text("image") is not { Length: > 0 } image)
        {
            report.Error("missing-image", $"The container of executor '{label}' has no image.", at);
            return;
        }

        if (!image.Contains("{{$", StringComparison.Ordinal) && !ImageReference.TryParse(image, out _))
        {
            report.Error("bad-image", $"'{image}' of executor '{label}' is no image reference: expected [HOST/]PATH[:TAG][@sha256:…].", at);
        }
        else if (!allowTags && !(ImageReference.TryParse(image, out var reference) && reference.IsPinned))
        {
            report.Error("unpinned-image", $"The image '{image}' of executor '{label}' is not pinned by digest (NAME@sha256:…), so that a later run may run something else. Compile from rewritten components, or allow tags (--allow-tags).", at);
        }
    }
}

using System.Text.Json.Nodes;
using MlOps.Core.Images;
using MlOps.Core.Problems;
using MlOps.Pipelines.Ir;
using MlOps.Steps.Project;

namespace MlOps.Steps.Compile;

/// <summary>
/// A compiler that did not read the rewritten component files (a Python pipeline with a path of its own, say) compiles an image
/// other than the one just tested and pushed: an image of this repo whose digest is another one fails the step.
/// </summary>
internal static class PushedImagesOnly
{
    public static void Check(JsonObject spec, PipelineSource source, RewrittenComponents components, List<Problem> problems)
    {
        var pushed = components.Components.Where(component => component.Image is not null).ToLookup(component => component.Image!.Name, component => component.Image!);
        foreach (var executor in ExecutorImages.Of(spec))
        {
            if (ImageReference.TryParse(executor.Image, out var image) && pushed[image.Name].FirstOrDefault() is { } expected && image.Digest != expected.Digest)
            {
                problems.Add(Problem.Error(
                    "foreign-digest",
                    $"Executor '{executor.Executor}' of pipeline '{source.Name}' runs {executor.Image}, but the image just pushed is {expected}. The pipeline must load component.yaml by a path relative to its own file, so that it reads the pinned copy.",
                    source.Spot));
            }
        }
    }
}

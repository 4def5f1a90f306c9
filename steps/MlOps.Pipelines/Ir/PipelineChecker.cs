using System.Text.Json.Nodes;
using MlOps.Core.Images;
using MlOps.Core.Problems;

namespace MlOps.Pipelines.Ir;

/// <summary>Checks a compiled pipeline, whoever compiled it.</summary>
public static class PipelineChecker
{
    /// <param name="spec">A PipelineSpec as JSON.</param>
    /// <param name="file">Named in the problems.</param>
    /// <param name="allowTags">Images need not be pinned by digest.</param>
    /// <param name="problems">Receives every problem.</param>
    public static void Check(JsonObject spec, string? file, bool allowTags, ICollection<Problem> problems)
    {
        var spot = new SourceSpot(file, 1, 1);
        foreach (var image in ExecutorImages.Of(spec).Where(_ => !allowTags))
        {
            if (!ImageReference.TryParse(image.Image, out var reference) || !reference.IsPinned)
            {
                problems.Add(Problem.Error("unpinned-image", $"The image '{image.Image}' of executor '{image.Executor}' is not pinned by digest (NAME@sha256:…).", spot));
            }
        }
    }
}

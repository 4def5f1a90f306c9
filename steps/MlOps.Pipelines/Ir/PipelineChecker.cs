using System.Text.Json.Nodes;
using MlOps.Core.Problems;
using MlOps.Pipelines.Ir.Checking;

namespace MlOps.Pipelines.Ir;

/// <summary>
/// Checks a compiled pipeline, whoever compiled it: every reference resolves, nothing waits for itself, types agree, images
/// are pinned, and the schema's version is kept. What is there and never used is warned of.
/// </summary>
public static class PipelineChecker
{
    /// <param name="file">With it, problems have exact places.</param>
    /// <param name="allowTags">Images need not be pinned by digest.</param>
    /// <param name="problems">Receives every problem.</param>
    public static void Check(PipelineFile file, bool allowTags, ICollection<Problem> problems)
    {
        Check(new Report(file.Spot, problems), file.Spec, allowTags);
        if (file.PlatformSpec is not null)
        {
            problems.Add(Problem.Warning("platform-spec", "The file has a second document with settings of Kubernetes (PlatformSpec), which Vertex AI refuses; only the first is used.", file.Spot([])));
        }
    }

    /// <summary>Checks what a PipelineJob says beside its pipeline: keys, and values against the parameters of the pipeline. Nothing to do for a PipelineSpec.</summary>
    public static void CheckJob(PipelineFile file, ICollection<Problem> problems)
    {
        if (file.Job is { } job)
        {
            new JobCheck(job, file.Spec, new Report(file.JobSpot, problems)).Run();
        }
    }

    /// <param name="spec">A PipelineSpec as JSON.</param>
    /// <param name="path">The file that is named in the problems.</param>
    /// <param name="allowTags">Images need not be pinned by digest.</param>
    /// <param name="problems">Receives every problem.</param>
    public static void Check(JsonObject spec, string? path, bool allowTags, ICollection<Problem> problems) =>
        Check(new Report(_ => new SourceSpot(path), problems), spec, allowTags);

    private static void Check(Report report, JsonObject spec, bool allowTags)
    {
        var pipeline = new CheckedSpec(spec);
        new ShapeCheck(report).Run(spec, "PipelineSpec", JsonPath.Top);
        new HeaderCheck(pipeline, report).Run();
        new ExecutorCheck(pipeline, report, allowTags).Run();
        foreach (var component in pipeline.Components)
        {
            new ComponentCheck(pipeline, component, report).Run();
            new IdleCheck(component, report).Run();
        }

        new ReachCheck(pipeline, report).Run();
    }
}

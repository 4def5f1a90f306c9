using System.Collections.Immutable;
using Google.Cloud.AIPlatform.V1;
using MlOps.Steps.Run;

namespace MlOps.Steps.Lineage;

/// <summary>What a pipeline job tells of its run where the metadata store does not: labels and template.</summary>
internal static class JobFacts
{
    public static LineageRun Added(LineageRun run, PipelineJob job) => run with
    {
        Job = job.Name,
        Pipeline = run.Pipeline ?? RecordedValues.Text(job.PipelineSpec?.Fields.GetValueOrDefault("pipelineInfo")?.StructValue, "name"),
        Template = run.Template ?? (job.TemplateUri.Length > 0 ? job.TemplateUri : null),
        TemplateVersion = run.TemplateVersion ?? (job.TemplateMetadata?.Version is { Length: > 0 } version ? version : null),
        Labels = job.Labels.Concat(run.Labels).DistinctBy(pair => pair.Key).ToImmutableSortedDictionary(StringComparer.Ordinal),
    };
}

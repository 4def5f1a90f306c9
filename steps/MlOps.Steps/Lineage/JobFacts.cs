using System.Collections.Immutable;
using Google.Cloud.AIPlatform.V1;
using Google.Protobuf.WellKnownTypes;

namespace MlOps.Steps.Lineage;

/// <summary>What a pipeline job tells of its run where the metadata store does not: labels, template, and the images of its tasks.</summary>
internal static class JobFacts
{
    public static LineageRun Added(LineageRun run, PipelineJob job) => run with
    {
        Job = job.Name,
        Pipeline = run.Pipeline ?? Text(Map(job.PipelineSpec, "pipelineInfo"), "name"),
        Template = run.Template ?? (job.TemplateUri.Length > 0 ? job.TemplateUri : null),
        TemplateVersion = run.TemplateVersion ?? (job.TemplateMetadata?.Version is { Length: > 0 } version ? version : null),
        Labels = job.Labels.Concat(run.Labels).DistinctBy(pair => pair.Key).ToImmutableSortedDictionary(StringComparer.Ordinal),
    };

    /// <summary>The image of the task that an execution is of; null where the job has no such task, or several of its name with different images.</summary>
    public static LineageImage? Image(PipelineJob job, string execution)
    {
        var task = job.JobDetail?.TaskDetails.FirstOrDefault(detail => detail.Execution?.Name == execution)?.TaskName;
        if (task is null || job.PipelineSpec is not { } spec)
        {
            return null;
        }

        var components = Map(spec, "components");
        var executors = Map(Map(spec, "deploymentSpec"), "executors");
        var images = Entries(components).Select(pair => pair.Map).Append(Map(spec, "root"))
            .SelectMany(component => Entries(Map(Map(component, "dag"), "tasks")))
            .Where(pair => (Text(Map(pair.Map, "taskInfo"), "name") ?? pair.Key) == task)
            .Select(pair => Text(Map(components, Text(Map(pair.Map, "componentRef"), "name") ?? ""), "executorLabel"))
            .Select(label => Text(Map(Map(executors, label ?? ""), "container"), "image"))
            .OfType<string>().Distinct(StringComparer.Ordinal).ToArray();
        return images is [var image] ? new LineageImage(image, null, null) : null;
    }

    private static IEnumerable<(string Key, Struct Map)> Entries(Struct? map) =>
        (map?.Fields ?? []).Where(pair => pair.Value.StructValue is not null).Select(pair => (pair.Key, pair.Value.StructValue));

    private static Struct? Map(Struct? map, string key) => map is not null && map.Fields.TryGetValue(key, out var value) ? value.StructValue : null;

    private static string? Text(Struct? map, string key) =>
        map is not null && map.Fields.TryGetValue(key, out var value) && value is { HasStringValue: true, StringValue.Length: > 0 } ? value.StringValue : null;
}

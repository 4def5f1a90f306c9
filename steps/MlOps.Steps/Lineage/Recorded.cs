using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Google.Cloud.AIPlatform.V1;
using MlOps.Google;
using MlOps.Steps.Run;

namespace MlOps.Steps.Lineage;

/// <summary>
/// Reads what pipelines record in a metadata store. <c>input:NAME</c> and the schemas are Vertex AI's; the keys that name image,
/// job and task are those of the local cloud, and missing elsewhere.
/// </summary>
internal static class Recorded
{
    public static LineageArtifact Artifact(Artifact artifact, Makers made) => new(
        artifact.Name,
        artifact.DisplayName.Length > 0 ? artifact.DisplayName : artifact.Name[(artifact.Name.LastIndexOf('/') + 1)..],
        artifact.SchemaTitle,
        artifact.Uri,
        RecordedValues.Metadata(artifact),
        made.Maker?.Name,
        [.. made.CachedBy.Select(execution => new LineageReuse(execution.Name, JobId(execution)))]);

    public static LineageExecution Execution(Execution execution, IEnumerable<string> inputs, string? run, LineageImage? image) => new(
        execution.Name,
        RecordedValues.Text(execution.Metadata, "task_name") ?? execution.DisplayName,
        execution.SchemaTitle,
        EnumName.Of(execution.State),
        image,
        new JsonObject(RecordedValues.Inputs(execution).OrderBy(pair => pair.Key, StringComparer.Ordinal)),
        [.. inputs],
        run);

    public static LineageImage? Image(Execution execution) =>
        RecordedValues.Text(execution.Metadata, "image") is { } image ? new LineageImage(image, RecordedValues.Text(execution.Metadata, "image_digest"), RecordedValues.Text(execution.Metadata, "image_id")) : null;

    /// <summary>The id of the job that an execution says it belongs to.</summary>
    public static string? JobId(Execution execution) => RecordedValues.Text(execution.Metadata, "pipeline_job") is { } job ? job[(job.LastIndexOf('/') + 1)..] : null;

    public static string? CachedExecution(Execution execution) => RecordedValues.Text(execution.Metadata, "cached_execution");

    public static LineageRun Run(Context run, Context? pipeline) => new(
        run.Name[(run.Name.LastIndexOf('/') + 1)..],
        RecordedValues.Text(run.Metadata, "pipeline_job"),
        RecordedValues.Text(run.Metadata, "pipeline") ?? pipeline?.DisplayName,
        RecordedValues.Text(run.Metadata, "template_uri"),
        RecordedValues.Text(run.Metadata, "template_version"),
        run.Labels.ToImmutableSortedDictionary(StringComparer.Ordinal));
}

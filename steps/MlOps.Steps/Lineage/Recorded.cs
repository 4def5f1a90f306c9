using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Google.Cloud.AIPlatform.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using MlOps.Steps.Run;

namespace MlOps.Steps.Lineage;

/// <summary>
/// Reads what pipelines record in a metadata store. <c>input:NAME</c> and the schemas are Vertex AI's; the keys that name image,
/// job and task are those of the local cloud, and missing elsewhere.
/// </summary>
internal static class Recorded
{
    private const string Input = "input:";

    public static LineageArtifact Artifact(Artifact artifact, Makers made) => new(
        artifact.Name,
        artifact.DisplayName.Length > 0 ? artifact.DisplayName : artifact.Name[(artifact.Name.LastIndexOf('/') + 1)..],
        artifact.SchemaTitle,
        artifact.Uri,
        artifact.Metadata is null ? [] : JsonNode.Parse(JsonFormatter.Default.Format(artifact.Metadata))!.AsObject(),
        made.Maker?.Name,
        [.. made.CachedBy.Select(execution => new LineageReuse(execution.Name, JobId(execution)))]);

    public static LineageExecution Execution(Execution execution, IEnumerable<string> inputs, string? run, LineageImage? image) => new(
        execution.Name,
        Text(execution.Metadata, "task_name") ?? execution.DisplayName,
        execution.SchemaTitle,
        RunOutcome.Upper(execution.State.ToString()),
        image,
        Parameters(execution.Metadata),
        [.. inputs],
        run);

    public static LineageImage? Image(Execution execution) =>
        Text(execution.Metadata, "image") is { } image ? new LineageImage(image, Text(execution.Metadata, "image_digest"), Text(execution.Metadata, "image_id")) : null;

    /// <summary>The id of the job that an execution says it belongs to.</summary>
    public static string? JobId(Execution execution) => Text(execution.Metadata, "pipeline_job") is { } job ? job[(job.LastIndexOf('/') + 1)..] : null;

    public static string? CachedExecution(Execution execution) => Text(execution.Metadata, "cached_execution");

    public static LineageRun Run(Context run, Context? pipeline) => new(
        run.Name[(run.Name.LastIndexOf('/') + 1)..],
        Text(run.Metadata, "pipeline_job"),
        Text(run.Metadata, "pipeline") ?? pipeline?.DisplayName,
        Text(run.Metadata, "template_uri"),
        Text(run.Metadata, "template_version"),
        run.Labels.ToImmutableSortedDictionary(StringComparer.Ordinal));

    private static JsonObject Parameters(Struct? metadata) => new((metadata?.Fields ?? [])
        .Where(pair => pair.Key.StartsWith(Input, StringComparison.Ordinal))
        .OrderBy(pair => pair.Key, StringComparer.Ordinal)
        .Select(pair => KeyValuePair.Create(pair.Key[Input.Length..], JsonNode.Parse(JsonFormatter.Default.Format(pair.Value)))));

    private static string? Text(Struct? metadata, string key) =>
        metadata is not null && metadata.Fields.TryGetValue(key, out var value) && value is { HasStringValue: true, StringValue.Length: > 0 } ? value.StringValue : null;
}

using System.Text.Json.Nodes;
using Google.Cloud.AIPlatform.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace MlOps.Steps.Run;

/// <summary>What Vertex AI records of tasks, as JSON.</summary>
internal static class RecordedValues
{
    /// <summary>The parameters that an execution was given, by name, in the order of the record: its metadata <c>input:NAME</c>.</summary>
    public static IEnumerable<KeyValuePair<string, JsonNode?>> Inputs(Execution? execution) => Parameters(execution, "input:");

    /// <summary>Likewise those that it gave, <c>output:NAME</c>.</summary>
    public static IEnumerable<KeyValuePair<string, JsonNode?>> Outputs(Execution? execution) => Parameters(execution, "output:");

    public static JsonObject Metadata(Artifact artifact) => Of(artifact.Metadata);

    /// <summary>Empty for null.</summary>
    public static JsonObject Of(Struct? map) => map is null ? [] : Json(map)!.AsObject();

    /// <summary>A text that is not empty; null for everything else.</summary>
    public static string? Text(Struct? map, string key) =>
        map is not null && map.Fields.TryGetValue(key, out var value) && value is { HasStringValue: true, StringValue.Length: > 0 } ? value.StringValue : null;

    private static IEnumerable<KeyValuePair<string, JsonNode?>> Parameters(Execution? execution, string prefix) => (execution?.Metadata?.Fields ?? [])
        .Where(pair => pair.Key.StartsWith(prefix, StringComparison.Ordinal))
        .Select(pair => KeyValuePair.Create(pair.Key[prefix.Length..], Json(pair.Value)));

    private static JsonNode? Json(IMessage message) => JsonNode.Parse(JsonFormatter.Default.Format(message));
}

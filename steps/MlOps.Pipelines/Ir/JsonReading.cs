using System.Text.Json;
using System.Text.Json.Nodes;

namespace MlOps.Pipelines.Ir;

/// <summary>Reads IR that anybody may have made: what has another form than expected reads as absent.</summary>
internal static class JsonReading
{
    public static JsonObject? Map(this JsonNode? node, string key) => (node as JsonObject)?[key] as JsonObject;

    /// <summary>The map under a key, made if it is not there.</summary>
    public static JsonObject Section(this JsonObject map, string key)
    {
        if (map[key] is not JsonObject section)
        {
            map[key] = section = [];
        }

        return section;
    }

    public static JsonArray? List(this JsonNode? node, string key) => (node as JsonObject)?[key] as JsonArray;

    public static string? Text(this JsonNode? node, string key) => AsText((node as JsonObject)?[key]);

    public static string? AsText(this JsonNode? node) => node is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;

    public static bool Flag(this JsonNode? node, string key) => (node as JsonObject)?[key] is JsonValue value && value.GetValueKind() == JsonValueKind.True;

    /// <summary>The entries of a map of maps; others are left out.</summary>
    public static IEnumerable<KeyValuePair<string, JsonObject>> Maps(this JsonObject? map) =>
        (map ?? []).Where(pair => pair.Value is JsonObject).Select(pair => KeyValuePair.Create(pair.Key, (JsonObject)pair.Value!));
}

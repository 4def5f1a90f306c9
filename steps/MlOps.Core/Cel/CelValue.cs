using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using MlOps.Core.Files;

namespace MlOps.Core.Cel;

/// <summary>JSON as CEL sees it, and back. Numbers are doubles, as in google.protobuf.Value.</summary>
public static class CelValue
{
    public static object? Of(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number => value.GetDouble(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Array => value.EnumerateArray().Select(Of).ToList(),
        JsonValueKind.Object => value.EnumerateObject().ToDictionary(pair => pair.Name, pair => Of(pair.Value), StringComparer.Ordinal),
        _ => null,
    };

    public static JsonElement ToJson(object? value) => JsonSerializer.SerializeToElement(Node(value), Plain);

    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static JsonNode? Node(object? value) => value switch
    {
        null => null,
        string text => JsonValue.Create(text),
        bool flag => JsonValue.Create(flag),
        long number => JsonValue.Create(number),
        double number => JsonNode.Parse(JsonNumber.Text(number)),
        List<object?> list => new JsonArray([.. list.Select(Node)]),
        Dictionary<string, object?> map => new JsonObject(map.Select(pair => KeyValuePair.Create(pair.Key, Node(pair.Value)))),
        _ => throw new CelException("this value has no JSON"),
    };
}

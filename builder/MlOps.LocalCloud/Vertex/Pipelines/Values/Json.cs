using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Google.Protobuf;
using MlOps.Core.Files;

namespace MlOps.LocalCloud.Vertex.Pipelines.Values;

/// <summary>
/// Parameter values are JSON (google.protobuf.Value). Numbers there are doubles; a whole one is written without a
/// fraction, so that an integer stays an integer wherever it is shown.
/// </summary>
internal static class Json
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly JsonDocumentOptions Unambiguous = new() { AllowDuplicateProperties = false };

    public static readonly JsonElement EmptyMap = Parse("{}");

    /// <exception cref="JsonException">The text is not JSON, or a map in it has a key twice.</exception>
    public static JsonElement Parse(string text)
    {
        using var document = JsonDocument.Parse(text, Unambiguous);
        return document.RootElement.Clone();
    }

    public static JsonElement Of(string text) => JsonSerializer.SerializeToElement(text, Plain);

    public static JsonElement Of(bool value) => Parse(value ? "true" : "false");

    public static JsonElement Of(long number) => Parse(number.ToString(CultureInfo.InvariantCulture));

    public static JsonElement Of(double number) => Parse(NumberText(number));

    public static JsonElement Of(JsonNode? node) => JsonSerializer.SerializeToElement(node, Plain);

    /// <param name="message">Null for an empty map.</param>
    public static JsonElement Of(IMessage? message) => message is null ? EmptyMap : Parse(JsonFormatter.Default.Format(message));

    public static JsonElement List(IEnumerable<JsonElement> items) => Of(new JsonArray([.. items.Select(Node)]));

    public static JsonNode? Node(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => JsonObject.Create(value),
        JsonValueKind.Array => JsonArray.Create(value),
        JsonValueKind.Null or JsonValueKind.Undefined => null,
        _ => JsonValue.Create(value),
    };

    /// <summary>Compact JSON; keys in the value's own order, letters beyond ASCII as they are.</summary>
    public static string Text(JsonElement value) => JsonSerializer.Serialize(Normalised(value), Plain);

    /// <summary>JSON with one byte form for one value, to be hashed.</summary>
    public static byte[] Canonical(JsonElement value) => CanonicalJson.Bytes(Normalised(value));

    /// <inheritdoc cref="JsonNumber.Text"/>
    public static string NumberText(double number) => JsonNumber.Text(number);

    /// <summary>A copy in which every number has its shortest form.</summary>
    public static JsonNode? Normalised(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => new JsonObject(value.EnumerateObject().Select(pair => KeyValuePair.Create(pair.Name, Normalised(pair.Value)))),
        JsonValueKind.Array => new JsonArray([.. value.EnumerateArray().Select(Normalised)]),
        JsonValueKind.Number => JsonNode.Parse(value.TryGetInt64(out var whole) ? whole.ToString(CultureInfo.InvariantCulture) : NumberText(value.GetDouble())),
        _ => Node(value),
    };
}

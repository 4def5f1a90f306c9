using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using MlOps.Core.Files;

namespace MlOps.LocalCloud.Vertex.Pipelines.Values;

/// <summary>
/// Parameter values are JSON (google.protobuf.Value). Numbers there are doubles; a whole one is written without a
/// fraction, so that an integer stays an integer wherever it is shown.
/// </summary>
internal static class Json
{
    // From here on a double's neighbours are more than 1 apart: such digits would be invented.
    private const double ExactlyWhole = 9_007_199_254_740_992;

    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static readonly JsonElement EmptyMap = Parse("{}");

    /// <exception cref="JsonException">The text is not JSON.</exception>
    public static JsonElement Parse(string text)
    {
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }

    public static JsonElement Of(string text) => JsonSerializer.SerializeToElement(text, Plain);

    public static JsonElement Of(bool value) => Parse(value ? "true" : "false");

    public static JsonElement Of(long number) => Parse(number.ToString(CultureInfo.InvariantCulture));

    public static JsonElement Of(double number) => Parse(NumberText(number));

    public static JsonElement Of(JsonNode? node) => JsonSerializer.SerializeToElement(node, Plain);

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

    /// <summary>Shortest form, without an exponent: <c>5</c>, <c>0.25</c>, <c>100000000000000000000</c>.</summary>
    public static string NumberText(double number)
    {
        if (number == Math.Truncate(number) && Math.Abs(number) < ExactlyWhole)
        {
            return ((long)number).ToString(CultureInfo.InvariantCulture);
        }

        var shortest = number.ToString("R", CultureInfo.InvariantCulture);
        return shortest.Contains('E', StringComparison.Ordinal) && double.IsFinite(number) ? Unrolled(shortest) : shortest;
    }

    /// <summary>A copy in which every number has its shortest form.</summary>
    public static JsonNode? Normalised(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => new JsonObject(value.EnumerateObject().Select(pair => KeyValuePair.Create(pair.Name, Normalised(pair.Value)))),
        JsonValueKind.Array => new JsonArray([.. value.EnumerateArray().Select(Normalised)]),
        JsonValueKind.Number => JsonNode.Parse(value.TryGetInt64(out var whole) ? whole.ToString(CultureInfo.InvariantCulture) : NumberText(value.GetDouble())),
        _ => Node(value),
    };

    // 1.5E-07 → 0.00000015: moves the point by the exponent.
    private static string Unrolled(string number)
    {
        var (sign, body) = number[0] == '-' ? ("-", number[1..]) : ("", number);
        var parts = body.Split('E');
        var exponent = int.Parse(parts[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var digits = parts[0].Replace(".", "", StringComparison.Ordinal);
        var point = parts[0].IndexOf('.', StringComparison.Ordinal) is var at and >= 0 ? at + exponent : digits.Length + exponent;
        return point switch
        {
            <= 0 => $"{sign}0.{new string('0', -point)}{digits}",
            _ when point >= digits.Length => sign + digits.PadRight(point, '0'),
            _ => $"{sign}{digits[..point]}.{digits[point..]}",
        };
    }
}

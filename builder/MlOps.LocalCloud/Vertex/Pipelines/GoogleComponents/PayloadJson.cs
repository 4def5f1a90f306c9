using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.Json;
using System.Text;
using MlOps.Core.Files;
using MlOps.LocalCloud.Vertex.Pipelines.Values;

namespace MlOps.LocalCloud.Vertex.Pipelines.GoogleComponents;

/// <summary>Payloads as the launchers of Google Cloud Pipeline Components treat them (container/v1/gcp_launcher/utils/json_util.py).</summary>
internal static class PayloadJson
{
    /// <summary>Reads a payload. Line ends and tabs within texts are taken as they are, as Python does with <c>strict=False</c>.</summary>
    /// <exception cref="TaskFaultException">It is no JSON map.</exception>
    public static JsonObject Read(string name, string text)
    {
        try
        {
            return Json.Node(Json.Parse(Escaped(text))) as JsonObject ?? throw new TaskFaultException($"--{name} is not a JSON map: {Cut(text)}");
        }
        catch (JsonException error)
        {
            throw new TaskFaultException($"--{name} is not JSON: {JsonFault.Words(Escaped(text))}. A text that is put into it must not hold quotation marks or backslashes. It is: {Cut(text)}", error);
        }
    }

    /// <summary>Leaves out what is empty: null, false, 0, "", [] and {} in maps, empty lists and maps in lists, until nothing more is empty.</summary>
    public static JsonObject WithoutEmpty(JsonObject map)
    {
        var kept = new JsonObject();
        foreach (var (key, value) in map)
        {
            if (Cleaned(value) is var cleaned && !IsEmpty(cleaned))
            {
                kept[key] = cleaned;
            }
        }

        return kept;
    }

    /// <summary>Keys in snake case, as the messages' own fields: <c>containerSpec</c> is <c>container_spec</c>.</summary>
    public static JsonNode? SnakeCase(JsonNode? value) => value switch
    {
        JsonObject map => new JsonObject(map.Select(pair => KeyValuePair.Create(Hosting.FieldMasks.SnakeCase(pair.Key).TrimStart('_'), SnakeCase(pair.Value)))),
        JsonArray list => new JsonArray([.. list.Select(SnakeCase)]),
        _ => value?.DeepClone(),
    };

    private static JsonNode? Cleaned(JsonNode? value) => value switch
    {
        JsonObject map => WithoutEmpty(map),
        JsonArray list => new JsonArray([.. list.Where(item => item is JsonValue || !IsEmpty(Cleaned(item))).Select(Cleaned)]),
        _ => value?.DeepClone(),
    };

    private static bool IsEmpty(JsonNode? value) => value switch
    {
        null => true,
        JsonObject map => map.Count == 0,
        JsonArray list => list.Count == 0,
        _ => value.GetValueKind() switch
        {
            JsonValueKind.False => true,
            JsonValueKind.String => value.GetValue<string>().Length == 0,
            JsonValueKind.Number => Json.Of(value).GetDouble() == 0,
            _ => false,
        },
    };

    private static string Escaped(string text)
    {
        if (!text.Any(letter => letter < ' '))
        {
            return text;
        }

        var escaped = new StringBuilder();
        var inText = false;
        for (var at = 0; at < text.Length; at++)
        {
            var letter = text[at];
            if (inText && letter == '\\' && at + 1 < text.Length)
            {
                escaped.Append(letter).Append(text[++at]);
                continue;
            }

            inText ^= letter == '"';
            escaped.Append(inText && letter < ' ' ? string.Create(CultureInfo.InvariantCulture, $"\\u{(int)letter:x4}") : letter.ToString());
        }

        return escaped.ToString();
    }

    private static string Cut(string text) => text.Length <= 2000 ? text : text[..2000] + "…";
}

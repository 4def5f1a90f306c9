using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MlOps.Pipelines.Components;

namespace MlOps.Pipelines.Ir;

/// <summary>JSON as Python's <c>json.dumps</c> writes it: <c>", "</c> and <c>": "</c>, non-ASCII escaped; for the strings of the IR that hold JSON.</summary>
internal static class PythonJson
{
    /// <param name="sortKeys">As <c>sort_keys=True</c>; else the map's own order.</param>
    public static string Text(JsonNode? node, bool sortKeys = false)
    {
        var result = new StringBuilder();
        Write(result, node, sortKeys);
        return result.ToString();
    }

    private static void Write(StringBuilder to, JsonNode? node, bool sortKeys)
    {
        switch (node)
        {
            case JsonObject map:
                var pairs = sortKeys ? map.OrderBy(pair => pair.Key, StringComparer.Ordinal) : (IEnumerable<KeyValuePair<string, JsonNode?>>)map;
                WriteAll(to, '{', '}', pairs, pair =>
                {
                    WriteString(to, pair.Key);
                    to.Append(": ");
                    Write(to, pair.Value, sortKeys);
                });
                break;
            case JsonArray list:
                WriteAll(to, '[', ']', list, item => Write(to, item, sortKeys));
                break;
            case null:
                to.Append("null");
                break;
            default:
                WriteScalar(to, (JsonValue)node);
                break;
        }
    }

    private static void WriteAll<T>(StringBuilder to, char open, char close, IEnumerable<T> items, Action<T> write)
    {
        to.Append(open);
        var first = true;
        foreach (var item in items)
        {
            to.Append(first ? "" : ", ");
            first = false;
            write(item);
        }

        to.Append(close);
    }

    private static void WriteScalar(StringBuilder to, JsonValue value)
    {
        switch (value.GetValueKind())
        {
            case JsonValueKind.String:
                WriteString(to, value.GetValue<string>());
                break;
            case JsonValueKind.Number when value.TryGetValue<long>(out var whole):
                to.Append(whole.ToString(CultureInfo.InvariantCulture));
                break;
            case JsonValueKind.Number:
                to.Append(PythonScalar.Number(IrNumber.Value(value)));
                break;
            default:
                to.Append(value.GetValueKind() == JsonValueKind.True ? "true" : "false");
                break;
        }
    }

    private static void WriteString(StringBuilder to, string text)
    {
        to.Append('"');
        foreach (var letter in text)
        {
            _ = letter switch
            {
                '"' => to.Append("\\\""),
                '\\' => to.Append("\\\\"),
                '\n' => to.Append("\\n"),
                '\r' => to.Append("\\r"),
                '\t' => to.Append("\\t"),
                '\b' => to.Append("\\b"),
                '\f' => to.Append("\\f"),
                < ' ' or > '~' => to.Append(CultureInfo.InvariantCulture, $"\\u{(int)letter:x4}"),
                _ => to.Append(letter),
            };
        }

        to.Append('"');
    }
}

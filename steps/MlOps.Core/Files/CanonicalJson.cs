using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MlOps.Core.Files;

/// <summary>
/// JSON with one byte form for one value: keys sorted by UTF-16 code units, no white space, shortest escapes
/// (the JSON Canonicalization Scheme, RFC 8785, for the strings, integers, booleans, lists and maps that records hold).
/// </summary>
public static class CanonicalJson
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonWriterOptions Readable = Plain with { Indented = true, IndentSize = 2, NewLine = "\n" };

    public static byte[] Bytes(JsonNode? node) => Bytes(node, Plain).ToArray();

    public static string Text(JsonNode? node) => Encoding.UTF8.GetString(Bytes(node));

    /// <summary>The same order for people: indented by 2, with a line end after the last line.</summary>
    public static byte[] Indented(JsonNode? node)
    {
        using var buffer = Bytes(node, Readable);
        buffer.WriteByte((byte)'\n');
        return buffer.ToArray();
    }

    private static MemoryStream Bytes(JsonNode? node, JsonWriterOptions options)
    {
        var buffer = new MemoryStream();
        using var writer = new Utf8JsonWriter(buffer, options);
        Write(writer, node);
        writer.Flush();
        return buffer;
    }

    private static void Write(Utf8JsonWriter writer, JsonNode? node)
    {
        switch (node)
        {
            case JsonObject map:
                writer.WriteStartObject();
                foreach (var key in SortedKeys(map))
                {
                    writer.WritePropertyName(key);
                    Write(writer, map[key]);
                }

                writer.WriteEndObject();
                break;
            case JsonArray list:
                writer.WriteStartArray();
                foreach (var item in list)
                {
                    Write(writer, item);
                }

                writer.WriteEndArray();
                break;
            case null:
                writer.WriteNullValue();
                break;
            default:
                node.WriteTo(writer);
                break;
        }
    }

    // Plain arrays: a query over pairs would have to be compiled at start-up, which a command's first 100 ms would show.
    private static string[] SortedKeys(JsonObject map)
    {
        var keys = new string[map.Count];
        var count = 0;
        foreach (var pair in map)
        {
            keys[count++] = pair.Key;
        }

        Array.Sort(keys, StringComparer.Ordinal);
        return keys;
    }
}

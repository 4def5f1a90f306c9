using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MlOps.Pipelines.Ir;

/// <summary>Writes IR as KFP does: keys sorted, indented by 2.</summary>
internal static class IrWriter
{
    private static readonly JsonWriterOptions Indented = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Indented = true,
        IndentSize = 2,
        NewLine = "\n",
    };

    public static byte[] Bytes(JsonNode node)
    {
        using var buffer = new MemoryStream(16 * 1024);
        using (var writer = new Utf8JsonWriter(buffer, Indented))
        {
            Write(writer, node);
        }

        buffer.WriteByte((byte)'\n');
        return buffer.ToArray();
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

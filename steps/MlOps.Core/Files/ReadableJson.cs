using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MlOps.Core.Files;

/// <summary>JSON for people: letters beyond ASCII and quotation marks of HTML as they are.</summary>
public static class ReadableJson
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Readable(this JsonNode value) => value.ToJsonString(Plain);
}

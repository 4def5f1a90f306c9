using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Google.Protobuf.Reflection;
using Microsoft.AspNetCore.Grpc.JsonTranscoding;
using Microsoft.AspNetCore.Http;

namespace MlOps.LocalCloud.Hosting;

/// <summary>
/// JSON for protobuf takes bytes in either alphabet of base64, and gcloud sends that of URLs; the framework's transcoder reads
/// the other one only. So the fields that are bytes are rewritten on their way in.
/// </summary>
internal static class UrlBase64
{
    private static readonly ConcurrentDictionary<MessageDescriptor, bool> Holding = new();

    /// <summary>To be called between the choice of the route and the call.</summary>
    public static async Task RewriteAsync(HttpContext context, RequestDelegate next)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<GrpcJsonTranscodingMetadata>() is { } call && Body(call) is { } type && HoldsBytes(type))
        {
            using var sent = new MemoryStream();
            await context.Request.Body.CopyToAsync(sent, context.RequestAborted);
            var rewritten = Rewrite(sent.ToArray(), type);
            context.Request.Body = new MemoryStream(rewritten);
            context.Request.ContentLength = rewritten.Length;
        }

        await next(context);
    }

    internal static byte[] Rewrite(byte[] sent, MessageDescriptor type)
    {
        try
        {
            if (JsonNode.Parse(sent) is JsonObject body)
            {
                Rewrite(body, type);
                return JsonSerializer.SerializeToUtf8Bytes(body);
            }
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            // Not JSON, or a key twice: the transcoder says so.
        }

        return sent;
    }

    private static MessageDescriptor? Body(GrpcJsonTranscodingMetadata call) => call.HttpRule.Body switch
    {
        "" => null,
        "*" => call.MethodDescriptor.InputType,
        var name => call.MethodDescriptor.InputType.FindFieldByName(name) is { FieldType: FieldType.Message } field ? field.MessageType : null,
    };

    private static void Rewrite(JsonObject value, MessageDescriptor type)
    {
        foreach (var field in type.Fields.InDeclarationOrder())
        {
            foreach (var name in new[] { field.JsonName, field.Name }.Distinct())
            {
                if (value[name] is { } inner && Rewritten(inner, field) is { } replaced)
                {
                    value[name] = replaced;
                }
            }
        }
    }

    /// <summary>What takes the place of a field's value; null where it stays, perhaps changed inside.</summary>
    private static JsonNode? Rewritten(JsonNode value, FieldDescriptor field)
    {
        switch (value)
        {
            case JsonArray items when field.IsRepeated:
                for (var at = 0; at < items.Count; at++)
                {
                    items[at] = items[at] is { } item && Single(item, field) is { } replaced ? replaced : items[at]?.DeepClone();
                }

                return null;
            case JsonObject map when field.IsMap:
                foreach (var (key, item) in map.ToList())
                {
                    map[key] = item is not null && Single(item, field.MessageType.FindFieldByNumber(2)) is { } replaced ? replaced : item?.DeepClone();
                }

                return null;
            default:
                return Single(value, field);
        }
    }

    private static JsonNode? Single(JsonNode value, FieldDescriptor field)
    {
        if (field.FieldType == FieldType.Message && value is JsonObject inner && HoldsBytes(field.MessageType))
        {
            Rewrite(inner, field.MessageType);
        }

        return field.FieldType == FieldType.Bytes && value.GetValueKind() == JsonValueKind.String ? JsonValue.Create(Standard(value.GetValue<string>())) : null;
    }

    private static string Standard(string text)
    {
        var standard = text.Replace('-', '+').Replace('_', '/').TrimEnd('=');
        return standard.PadRight((standard.Length + 3) / 4 * 4, '=');
    }

    /// <summary>It has a field of bytes, itself or in what it holds.</summary>
    private static bool HoldsBytes(MessageDescriptor type)
    {
        if (Holding.TryGetValue(type, out var known))
        {
            return known;
        }

        return Holding[type] = Reachable(type, []).Any(message => message.Fields.InDeclarationOrder().Any(field => field.FieldType == FieldType.Bytes));
    }

    private static HashSet<MessageDescriptor> Reachable(MessageDescriptor type, HashSet<MessageDescriptor> seen)
    {
        if (seen.Add(type))
        {
            foreach (var field in type.Fields.InDeclarationOrder().Where(field => field.FieldType == FieldType.Message))
            {
                Reachable(field.MessageType, seen);
            }
        }

        return seen;
    }
}

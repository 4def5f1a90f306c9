using System.Text.Json;
using System.Text.Json.Nodes;

namespace MlOps.LocalCloud.Storage;

/// <summary>The part of an object's or a bucket's resource that clients set, kept as JSON as they wrote it.</summary>
internal static class ObjectAttributes
{
    private static readonly HashSet<string> OfObjects = new(StringComparer.Ordinal)
    {
        "contentType", "contentEncoding", "contentDisposition", "contentLanguage", "cacheControl", "customTime", "metadata", "eventBasedHold", "temporaryHold",
    };

    private static readonly HashSet<string> OfBuckets = new(StringComparer.Ordinal)
    {
        "location", "storageClass", "labels", "versioning", "lifecycle", "iamConfiguration", "softDeletePolicy", "hierarchicalNamespace",
    };

    public static string OfType(string contentType) => new JsonObject { ["contentType"] = contentType }.ToJsonString();

    /// <summary>The writable fields of a resource that a client sent.</summary>
    public static string OfObject(JsonObject resource) => Kept(resource, OfObjects).ToJsonString();

    public static string OfBucket(JsonObject resource) => Kept(resource, OfBuckets).ToJsonString();

    /// <summary>A JSON merge patch (RFC 7396) of the writable fields: null removes.</summary>
    public static string PatchedObject(string attributes, JsonObject patch) => Merge(Parse(attributes), Kept(patch, OfObjects)).ToJsonString();

    public static string PatchedBucket(string attributes, JsonObject patch) => Merge(Parse(attributes), Kept(patch, OfBuckets)).ToJsonString();

    public static JsonObject Parse(string attributes) => JsonNode.Parse(attributes)!.AsObject();

    /// <exception cref="StorageFault">400: it is not a JSON map.</exception>
    public static async Task<JsonObject> ReadAsync(Stream body, CancellationToken cancel)
    {
        using var text = new MemoryStream();
        await body.CopyToAsync(text, cancel);
        return Read(text.ToArray());
    }

    public static JsonObject Read(ReadOnlySpan<byte> json)
    {
        try
        {
            return json.IsEmpty ? [] : JsonNode.Parse(json) as JsonObject ?? throw StorageFault.Invalid("Parse Error: expected a JSON map.");
        }
        catch (JsonException e)
        {
            throw StorageFault.Invalid($"Parse Error: {e.Message}");
        }
    }

    private static JsonObject Kept(JsonObject resource, HashSet<string> writable)
    {
        if (resource["metadata"] is JsonObject metadata && metadata.Any(pair => pair.Value is not null && pair.Value.GetValueKind() != JsonValueKind.String))
        {
            throw StorageFault.Invalid("Invalid value for metadata: its values are texts.");
        }

        return new JsonObject(resource.Where(pair => writable.Contains(pair.Key)).Select(pair => KeyValuePair.Create(pair.Key, pair.Value?.DeepClone())));
    }

    private static JsonObject Merge(JsonObject target, JsonObject patch)
    {
        foreach (var (key, value) in patch)
        {
            switch (value)
            {
                case null:
                    target.Remove(key);
                    break;
                case JsonObject inner:
                    target[key] = Merge(target[key] as JsonObject is { } old ? old.DeepClone().AsObject() : [], inner);
                    break;
                default:
                    target[key] = value.DeepClone();
                    break;
            }
        }

        return target;
    }
}

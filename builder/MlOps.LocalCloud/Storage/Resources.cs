using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace MlOps.LocalCloud.Storage;

/// <summary>Objects and buckets as Storage's JSON API shows them: int64 as strings, times in RFC 3339.</summary>
internal static class Resources
{
    /// <param name="row">The object.</param>
    /// <param name="origin">How the caller reached us, for the links: <c>http://HOST:PORT</c>.</param>
    public static JsonObject Of(StoredObject row, string origin)
    {
        var path = $"storage/v1/b/{row.Bucket}/o/{Uri.EscapeDataString(row.Name)}";
        var resource = new JsonObject
        {
            ["kind"] = "storage#object",
            ["id"] = $"{row.Bucket}/{row.Name}/{Text(row.Generation)}",
            ["selfLink"] = $"{origin}/{path}",
            ["mediaLink"] = $"{origin}/download/{path}?generation={Text(row.Generation)}&alt=media",
            ["name"] = row.Name,
            ["bucket"] = row.Bucket,
            ["generation"] = Text(row.Generation),
            ["metageneration"] = Text(row.Metageneration),
            ["storageClass"] = "STANDARD",
            ["size"] = Text(row.Hashes.Size),
            ["crc32c"] = row.Hashes.Crc32C,
            ["etag"] = ETag(row),
            ["timeCreated"] = Time(row.Created),
            ["updated"] = Time(row.Updated),
            ["timeStorageClassUpdated"] = Time(row.Created),
        };
        if (row.Components is { } components)
        {
            resource["componentCount"] = components;
        }
        else
        {
            resource["md5Hash"] = row.Hashes.Md5;
        }

        return With(resource, row.Attributes);
    }

    public static JsonObject Of(Bucket bucket, string origin) => With(
        new JsonObject
        {
            ["kind"] = "storage#bucket",
            ["id"] = bucket.Name,
            ["selfLink"] = $"{origin}/storage/v1/b/{bucket.Name}",
            ["name"] = bucket.Name,
            ["projectNumber"] = "1",
            ["metageneration"] = Text(bucket.Metageneration),
            ["location"] = "US",
            ["storageClass"] = "STANDARD",
            ["etag"] = Convert.ToBase64String(Encoding.ASCII.GetBytes(Text(bucket.Metageneration))),
            ["timeCreated"] = Time(bucket.Created),
            ["updated"] = Time(bucket.Updated),
            ["locationType"] = "region",
        },
        bucket.Attributes);

    public static string ETag(StoredObject row) => Convert.ToBase64String(Encoding.ASCII.GetBytes($"{Text(row.Generation)}/{Text(row.Metageneration)}"));

    public static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Time(long milliseconds) =>
        DateTimeOffset.FromUnixTimeMilliseconds(milliseconds).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private static JsonObject With(JsonObject resource, string attributes)
    {
        foreach (var (key, value) in ObjectAttributes.Parse(attributes))
        {
            resource[key] = value?.DeepClone();
        }

        return resource;
    }
}

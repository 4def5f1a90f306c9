using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Headers;
using Microsoft.Net.Http.Headers;

namespace MlOps.LocalCloud.Storage;

/// <summary>An object's bytes over HTTP: whole, or one range of them.</summary>
internal static class Download
{
    /// <param name="now">Told as <c>Date</c>, by the clock that <c>Last-Modified</c> is of.</param>
    public static async Task SendAsync(HttpContext context, StoredObject row, FileStream content, DateTimeOffset now)
    {
        var response = context.Response;
        Describe(response, row);
        response.Headers.Date = now.ToString("R");
        var size = row.Hashes.Size;
        var (first, length) = (0L, size);
        if (OnlyRange(context.Request.GetTypedHeaders()) is { } range)
        {
            (first, length) = Part(range, size);
            if (length == 0)
            {
                response.Headers.ContentRange = $"bytes */{size}";
                throw new StorageFault(416, "requestedRangeNotSatisfiable", "Request range not satisfiable");
            }

            response.StatusCode = StatusCodes.Status206PartialContent;
            response.Headers.ContentRange = $"bytes {first}-{first + length - 1}/{size}";
        }

        response.ContentLength = length;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await CopyAsync(content, first, response.Body, length, context.RequestAborted);
        }
    }

    private static void Describe(HttpResponse response, StoredObject row)
    {
        var attributes = ObjectAttributes.Parse(row.Attributes);
        var headers = response.Headers;
        headers.ContentType = attributes["contentType"]?.GetValue<string>() ?? "application/octet-stream";
        headers.ContentEncoding = attributes["contentEncoding"]?.GetValue<string>();
        headers.ContentDisposition = attributes["contentDisposition"]?.GetValue<string>();
        headers.CacheControl = attributes["cacheControl"]?.GetValue<string>();
        headers.ETag = Resources.ETag(row);
        headers.AcceptRanges = "bytes";
        headers.LastModified = DateTimeOffset.FromUnixTimeMilliseconds(row.Updated).ToString("R");
        headers["x-goog-generation"] = Resources.Text(row.Generation);
        headers["x-goog-metageneration"] = Resources.Text(row.Metageneration);
        headers["x-goog-stored-content-length"] = Resources.Text(row.Hashes.Size);
        headers["x-goog-storage-class"] = "STANDARD";
        headers["x-goog-hash"] = row.Components is null ? $"crc32c={row.Hashes.Crc32C},md5={row.Hashes.Md5}" : $"crc32c={row.Hashes.Crc32C}";
    }

    /// <summary>Several ranges at once are answered with the whole, as the standard allows.</summary>
    private static RangeItemHeaderValue? OnlyRange(RequestHeaders headers) => headers.Range is { Unit.Value: "bytes", Ranges: { Count: 1 } ranges } ? ranges.First() : null;

    /// <summary>The first byte and how many; none where the range begins after the end.</summary>
    public static (long First, long Length) Part(RangeItemHeaderValue range, long size)
    {
        var first = range.From ?? Math.Max(0, size - range.To!.Value);
        var last = range.From is null ? size - 1 : Math.Min(range.To ?? size - 1, size - 1);
        return first > last ? (0, 0) : (first, last - first + 1);
    }

    public static async Task CopyAsync(FileStream from, long first, Stream to, long length, CancellationToken cancel)
    {
        from.Seek(first, SeekOrigin.Begin);
        var buffer = new byte[64 * 1024];
        for (var left = length; left > 0;)
        {
            var read = await from.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, left)), cancel);
            if (read == 0)
            {
                throw new IOException($"{from.Name} ended {left} bytes early.");
            }

            await to.WriteAsync(buffer.AsMemory(0, read), cancel);
            left -= read;
        }
    }
}

using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace MlOps.LocalCloud.Storage;

/// <summary>
/// A file that grows while it is read, in the answers that gcloud's log reader expects: 404 before the first byte, 200 or 206
/// with all that there is so far from where the range begins, 416 where there is nothing new.
/// </summary>
internal static class LiveLog
{
    /// <returns>False where there is no such file (any more): it may be an object by now.</returns>
    /// <exception cref="StorageFault">404 or 416.</exception>
    public static async Task<bool> SendAsync(HttpContext context, string? path)
    {
        if (path is null || Open(path) is not { } opened)
        {
            return false;
        }

        await using var file = opened;
        var length = file.Length;
        if (length == 0)
        {
            throw new StorageFault(404, "notFound", "No such object: the log has no line yet.");
        }

        var (first, count) = Part(context.Request.GetTypedHeaders().Range, length);
        var headers = context.Response.Headers;
        if (count == 0)
        {
            headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes */{length}");
            throw new StorageFault(416, "requestedRangeNotSatisfiable", "Request range not satisfiable");
        }

        if (count < length)
        {
            context.Response.StatusCode = StatusCodes.Status206PartialContent;
            headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes {first}-{first + count - 1}/{length}");
        }

        headers.ContentType = "text/plain; charset=utf-8";
        headers.CacheControl = "no-store";
        headers.AcceptRanges = "bytes";
        context.Response.ContentLength = count;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await Download.CopyAsync(file, first, context.Response.Body, count, context.RequestAborted);
        }

        return true;
    }

    private static (long First, long Count) Part(RangeHeaderValue? range, long length) =>
        range is { Unit.Value: "bytes", Ranges: { Count: 1 } only } ? Download.Part(only.First(), length) : (0, length);

    private static FileStream? Open(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, FileOptions.Asynchronous | FileOptions.SequentialScan);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }
}

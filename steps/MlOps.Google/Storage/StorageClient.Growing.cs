using System.Net;
using System.Net.Http.Headers;

namespace MlOps.Google.Storage;

/// <content>Objects that grow while they are read: the logs of builds that run.</content>
public sealed partial class StorageClient
{
    /// <summary>The most bytes of one answer.</summary>
    private const int GrowingPart = 4 * 1024 * 1024;

    /// <summary>
    /// What there is of an object from an offset on, a few megabytes at most; empty where there is nothing new, or nothing yet.
    /// By the XML API's path (<c>GET /BUCKET/NAME</c> with <c>Range</c>), at which Cloud Build's logs are read while they grow.
    /// </summary>
    public async Task<ReadOnlyMemory<byte>> ReadGrowingAsync(string bucket, string name, long from, CancellationToken cancel)
    {
        var path = $"/{Escaped(bucket)}/{string.Join('/', name.Split('/').Select(Escaped))}";
        using var response = await SendAsync(HttpMethod.Get, path, null, null, cancel, new RangeHeaderValue(from, from + GrowingPart - 1));
        if (response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            return default;
        }

        if (!response.IsSuccessStatusCode)
        {
            throw await FailureAsync(response, $"give gs://{bucket}/{name}", cancel);
        }

        var bytes = await response.Content.ReadAsByteArrayAsync(cancel);
        // A server that knows no ranges sends all.
        return response.StatusCode == HttpStatusCode.PartialContent ? bytes : bytes.AsMemory((int)Math.Min(from, bytes.Length));
    }
}

using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Grpc.Core;
using MlOps.Google.Errors;
using MlOps.Google.Http;

namespace MlOps.Google.Storage;

/// <content>Downloads: whole and checked, or a range.</content>
public sealed partial class StorageClient
{
    /// <summary>An object's bytes with the generation that they are; null where there is none. For what fits into memory.</summary>
    /// <exception cref="CloudException">It is larger than <paramref name="most"/> bytes, or its checksum is wrong.</exception>
    public async Task<StorageContent?> ReadAsync(string bucket, string name, CancellationToken cancel, long most = 64 * 1024 * 1024)
    {
        using var response = await SendAsync(HttpMethod.Get, ObjectPath(bucket, name) + "?alt=media", null, most, cancel);
        if (response.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }

        if (!response.IsSuccessStatusCode)
        {
            throw await FailureAsync(response, $"give gs://{bucket}/{name}", cancel);
        }

        var bytes = await response.Content.ReadAsByteArrayAsync(cancel);
        using var check = Check(response, $"gs://{bucket}/{name}");
        check.Add(bytes);
        check.Finish(bytes.Length);
        return new StorageContent(bytes, Generation(response) ?? throw new CloudException(StatusCode.DataLoss, _host.Name, $"{_host} gave gs://{bucket}/{name} without its generation (x-goog-generation). Check that the address is Cloud Storage's."), Age(response));
    }

    /// <summary>
    /// An object as a stream, of one generation throughout, that goes on after a dropped connection and, at its end, throws unless the checksum is right.
    /// </summary>
    /// <exception cref="CloudException">There is none (NOT_FOUND).</exception>
    public async Task<Stream> OpenAsync(string bucket, string name, CancellationToken cancel, long? generation = null)
    {
        var pinned = generation;
        var response = await OpenAtAsync(bucket, name, 0, pinned, cancel);
        pinned ??= Generation(response);
        var length = response.Content.Headers.ContentLength;
        var first = response;
        async Task<Stream> OpenPartAsync(long offset, CancellationToken token)
        {
            var part = offset == 0 && first is not null ? first : await OpenAtAsync(bucket, name, offset, pinned, token);
            first = null;
            return await part.Content.ReadAsStreamAsync(token);
        }

        return await new ResumingStream(_host, OpenPartAsync, length, _http.Policy, Check(response, $"gs://{bucket}/{name}")).OpenedAsync(cancel);
    }

    /// <summary>Bytes <paramref name="first"/> to <paramref name="last"/>, both included, fewer where the object ends; without a checksum, which exists for the whole only.</summary>
    public async Task<byte[]> ReadRangeAsync(string bucket, string name, long first, long last, CancellationToken cancel)
    {
        using var response = await SendAsync(HttpMethod.Get, ObjectPath(bucket, name) + "?alt=media", null, Math.Max(last - first + 1, LargestAnswer), cancel, new RangeHeaderValue(first, last));
        if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            return [];
        }

        if (!response.IsSuccessStatusCode)
        {
            throw await FailureAsync(response, $"give gs://{bucket}/{name}", cancel);
        }

        var bytes = await response.Content.ReadAsByteArrayAsync(cancel);
        return response.StatusCode == HttpStatusCode.PartialContent ? bytes : [.. bytes.Skip((int)first).Take((int)(last - first + 1))];
    }

    private async Task<HttpResponseMessage> OpenAtAsync(string bucket, string name, long offset, long? generation, CancellationToken cancel)
    {
        var path = $"{ObjectPath(bucket, name)}?alt=media{(generation is { } pinned ? $"&generation={pinned}" : "")}";
        var response = await SendAsync(HttpMethod.Get, path, null, null, cancel, offset > 0 ? new RangeHeaderValue(offset, null) : null);
        if (response.StatusCode == (offset > 0 ? HttpStatusCode.PartialContent : HttpStatusCode.OK))
        {
            return response;
        }

        using (response)
        {
            throw await FailureAsync(response, $"give gs://{bucket}/{name}", cancel);
        }
    }

    private static TimeSpan Age(HttpResponseMessage response) =>
        response.Headers.Date is { } now && response.Content.Headers.LastModified is { } written && now > written ? now - written : TimeSpan.Zero;

    private static long? Generation(HttpResponseMessage response) =>
        response.Headers.TryGetValues("x-goog-generation", out var values) && long.TryParse(values.First(), CultureInfo.InvariantCulture, out var generation) ? generation : null;

    /// <summary>From <c>x-goog-hash: crc32c=…,md5=…</c>, one header or several.</summary>
    private ChecksumCheck Check(HttpResponseMessage response, string what)
    {
        var hashes = response.Headers.TryGetValues("x-goog-hash", out var values) ? values.SelectMany(value => value.Split(',', StringSplitOptions.TrimEntries)).ToArray() : [];
        string? Hash(string kind) => hashes.FirstOrDefault(hash => hash.StartsWith(kind + "=", StringComparison.Ordinal))?[(kind.Length + 1)..];
        return new ChecksumCheck(_host, what, Hash("crc32c"), Hash("md5"));
    }
}

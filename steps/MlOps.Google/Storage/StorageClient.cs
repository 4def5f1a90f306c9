using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using MlOps.Google.Errors;
using MlOps.Google.Http;
using MlOps.Google.Retry;

namespace MlOps.Google.Storage;

/// <summary>
/// Cloud Storage over its JSON API (https://cloud.google.com/storage/docs/json_api/v1). Content is checked against CRC-32C or MD5 both ways.
/// This part: buckets, metadata, lists, removal.
/// </summary>
public sealed partial class StorageClient
{
    private const long LargestAnswer = 16 * 1024 * 1024;
    private readonly GcpEndpoint _endpoint;
    private readonly HttpTransport _http;
    private readonly ServiceHost _host;

    public StorageClient(GcpEndpoint endpoint, RetryPolicy? retry = null)
        : this(endpoint, new HttpTransport(retry ?? RetryPolicy.Default))
    {
    }

    internal StorageClient(GcpEndpoint endpoint, HttpTransport http) =>
        (_endpoint, _http, _host) = (endpoint, http, new ServiceHost("storage.googleapis.com", endpoint.Storage));

    /// <summary>A bucket; null where there is none.</summary>
    public async Task<Bucket?> GetBucketAsync(string bucket, CancellationToken cancel)
    {
        using var response = await SendAsync(HttpMethod.Get, $"/storage/v1/b/{Escaped(bucket)}", null, LargestAnswer, cancel);
        return response.StatusCode == HttpStatusCode.NotFound ? null : await ReadAsync(response, StorageJson.Default.Bucket, $"tell about the bucket {bucket}", cancel);
    }

    /// <summary>Makes a bucket; one that exists already is returned as it is.</summary>
    public async Task<Bucket> CreateBucketAsync(string project, string bucket, string location, CancellationToken cancel)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(new BucketToCreate(bucket, location), StorageJson.Default.BucketToCreate);
        using var response = await SendAsync(HttpMethod.Post, $"/storage/v1/b?project={Escaped(project)}", () => JsonContent(body), LargestAnswer, cancel);
        if (response.StatusCode == HttpStatusCode.Conflict && await GetBucketAsync(bucket, cancel) is { } existing)
        {
            return existing;
        }

        return await ReadAsync(response, StorageJson.Default.Bucket, $"make the bucket {bucket}", cancel);
    }

    /// <summary>Whether a bucket is among a project's own.</summary>
    public async Task<bool> OwnsBucketAsync(string project, string bucket, CancellationToken cancel)
    {
        // A name is its own prefix and comes first of those that begin with it.
        using var response = await SendAsync(HttpMethod.Get, $"/storage/v1/b?project={Escaped(project)}&prefix={Escaped(bucket)}&maxResults=1", null, LargestAnswer, cancel);
        var list = await ReadAsync(response, StorageJson.Default.BucketList, $"list the buckets of {project}", cancel);
        return list.Items?.Any(item => item.Name == bucket) == true;
    }

    /// <summary>An object's metadata; null where there is none.</summary>
    public async Task<StorageObject?> GetAsync(string bucket, string name, CancellationToken cancel)
    {
        using var response = await SendAsync(HttpMethod.Get, ObjectPath(bucket, name), null, LargestAnswer, cancel);
        return response.StatusCode == HttpStatusCode.NotFound ? null : await ReadAsync(response, StorageJson.Default.StorageObject, $"tell about gs://{bucket}/{name}", cancel);
    }

    /// <summary>The objects whose names begin with a prefix, in order of name, every page.</summary>
    public async IAsyncEnumerable<StorageObject> ListAsync(string bucket, string prefix, [EnumeratorCancellation] CancellationToken cancel)
    {
        string? page = null;
        do
        {
            var path = $"/storage/v1/b/{Escaped(bucket)}/o?prefix={Escaped(prefix)}&maxResults=1000{(page is null ? "" : $"&pageToken={Escaped(page)}")}";
            using var response = await SendAsync(HttpMethod.Get, path, null, LargestAnswer, cancel);
            var list = await ReadAsync(response, StorageJson.Default.ObjectList, $"list gs://{bucket}/{prefix}", cancel);
            foreach (var item in list.Items ?? [])
            {
                yield return item;
            }

            page = string.IsNullOrEmpty(list.NextPageToken) || list.NextPageToken == page ? null : list.NextPageToken;
        }
        while (page is not null);
    }

    /// <summary>Removes an object; false where there was none.</summary>
    /// <exception cref="PreconditionFailedException">It has another generation.</exception>
    public async Task<bool> DeleteAsync(string bucket, string name, CancellationToken cancel, long? ifGenerationMatch = null)
    {
        var condition = ifGenerationMatch is { } generation ? $"?ifGenerationMatch={generation}" : "";
        using var response = await SendAsync(HttpMethod.Delete, ObjectPath(bucket, name) + condition, null, LargestAnswer, cancel);
        if (response.StatusCode == HttpStatusCode.NotFound)
        {
            // Gone by an attempt of ours whose answer was lost counts as removed.
            return HttpTransport.Attempt(response) > 1;
        }

        return response.IsSuccessStatusCode ? true : throw await FailureAsync(response, $"remove gs://{bucket}/{name}", cancel);
    }

    private static string Escaped(string text) => Uri.EscapeDataString(text);

    private static string ObjectPath(string bucket, string name) => $"/storage/v1/b/{Escaped(bucket)}/o/{Escaped(name)}";

    private static ByteArrayContent JsonContent(byte[] body) => new(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") { CharSet = "utf-8" } } };

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, Func<HttpContent>? content, long? buffer, CancellationToken cancel, RangeHeaderValue? range = null)
    {
        var create = await RequestAsync(method, new Uri(_host.Base, path), cancel);
        return await _http.SendAsync(_host, () => create(content?.Invoke(), range), buffer, cancel);
    }

    /// <summary>The token is asked for once a call, not once an attempt.</summary>
    private async Task<Func<HttpContent?, RangeHeaderValue?, HttpRequestMessage>> RequestAsync(HttpMethod method, Uri address, CancellationToken cancel)
    {
        var token = await _endpoint.Credential.GetAsync(cancel);
        return (content, range) =>
        {
            var request = new HttpRequestMessage(method, address) { Content = content };
            request.Headers.Authorization = token is not null && _host.Owns(address) ? new AuthenticationHeaderValue("Bearer", token) : null;
            request.Headers.Range = range;
            if (address.Query.Contains("alt=media", StringComparison.Ordinal))
            {
                // As stored, also where an object was stored compressed: its checksums are of those bytes.
                request.Headers.AcceptEncoding.ParseAdd("gzip");
            }

            return request;
        };
    }

    private async Task<T> ReadAsync<T>(HttpResponseMessage response, JsonTypeInfo<T> type, string what, CancellationToken cancel) where T : class
    {
        if (!response.IsSuccessStatusCode)
        {
            throw await FailureAsync(response, what, cancel);
        }

        try
        {
            return JsonSerializer.Deserialize(await response.Content.ReadAsByteArrayAsync(cancel), type) ?? throw new JsonException("null");
        }
        catch (JsonException error)
        {
            throw new CloudException(global::Grpc.Core.StatusCode.DataLoss, _host.Name, $"{_host} could not {what}: its answer is not what Cloud Storage answers. Check that the address is right.", error);
        }
    }

    private Task<CloudException> FailureAsync(HttpResponseMessage response, string what, CancellationToken cancel) => StorageFailure.OfAsync(response, _host, what, cancel);
}

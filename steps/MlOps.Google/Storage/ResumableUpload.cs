using System.Net;
using System.Text.Json;
using MlOps.Google.Http;
using MlOps.Google.Retry;

namespace MlOps.Google.Storage;

/// <summary>A file into a resumable session, chunk by chunk; after an interruption the service is asked how much it has, and begun anew if it has forgotten.</summary>
internal sealed class ResumableUpload(HttpTransport http, ServiceHost host, Func<CancellationToken, Task<Uri>> begin, string path, long length, int chunk, string what)
{
    private const HttpStatusCode Incomplete = (HttpStatusCode)308;
    private Uri? _session;
    private long _offset;
    private StorageObject? _written;

    public async Task<StorageObject> RunAsync(CancellationToken cancel)
    {
        await new TransferRetry(http.Policy).RunAsync(host, () => _offset, GoOnAsync, cancel);
        return _written!;
    }

    private async Task GoOnAsync(bool again, CancellationToken cancel)
    {
        if (_session is null)
        {
            (_session, _offset) = (await begin(cancel), 0);
        }
        else if (again)
        {
            await SendAsync(0, $"bytes */{length}", cancel);
        }

        while (_written is null)
        {
            var size = Math.Min(chunk, length - _offset);
            await SendAsync(size, $"bytes {_offset}-{_offset + size - 1}/{length}", cancel);
        }
    }

    /// <summary>The session's address is the credential; no token goes with it.</summary>
    private async Task SendAsync(long size, string range, CancellationToken cancel)
    {
        var content = new ChunkContent(OpenAsync, _offset, size);
        content.Headers.TryAddWithoutValidation("Content-Range", range);
        using var response = await http.SendOnceAsync(host, new HttpRequestMessage(HttpMethod.Put, _session) { Content = content }, cancel);
        if (response.StatusCode == Incomplete)
        {
            _offset = response.Headers.TryGetValues("Range", out var ranges) && long.TryParse(ranges.First().Split('-')[^1], out var last) ? last + 1 : 0;
            return;
        }

        if (!response.IsSuccessStatusCode)
        {
            var refused = await StorageFailure.OfAsync(response, host, what, cancel);
            var forgotten = response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Gone;
            _session = forgotten ? null : _session;
            throw forgotten || HttpRetry.IsTransient(response.StatusCode) ? new Interrupted(refused, HttpRetry.RetryAfter(response, http.Policy.Time)) : refused;
        }

        _written = JsonSerializer.Deserialize(await response.Content.ReadAsByteArrayAsync(cancel), StorageJson.Default.StorageObject);
    }

    private Task<Stream> OpenAsync(long offset, CancellationToken cancel)
    {
        var file = File.OpenRead(path);
        file.Seek(offset, SeekOrigin.Begin);
        return Task.FromResult<Stream>(file);
    }
}

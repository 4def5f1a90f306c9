using System.Net;
using MlOps.Google.Errors;
using MlOps.Google.Http;
using MlOps.Google.Retry;

namespace MlOps.Google.Registry;

/// <summary>One blob's way into a repository: a session opened by POST, fed by PATCH, ended by PUT; continued where the registry says it stopped, else begun anew.</summary>
/// <param name="transport">To the registry.</param>
/// <param name="start">The POST that opens a session.</param>
/// <param name="mount">The POST that asks for the blob of another repository instead, or null.</param>
/// <param name="exists">Whether the registry holds the blob.</param>
/// <param name="blob">The bytes.</param>
/// <param name="chunk">The most bytes of one PATCH; a blob of at most <paramref name="small"/> bytes goes with the PUT.</param>
/// <param name="small">See <paramref name="chunk"/>.</param>
internal sealed class BlobUpload(RegistryTransport transport, RegistryCall start, RegistryCall? mount, Func<CancellationToken, Task<bool>> exists, BlobContent blob, long chunk, long small)
{
    private RegistryCall? _mount = mount;
    private Uri? _location;
    private long _offset;
    private bool _isContinued;

    /// <summary>Nothing was sent: the registry took it from the other repository.</summary>
    public bool IsMounted { get; private set; }

    public Task RunAsync(CancellationToken cancel) =>
        new TransferRetry(transport.Http.Policy).RunAsync(start.Host, () => _offset, GoOnAsync, cancel);

    private async Task GoOnAsync(bool again, CancellationToken cancel)
    {
        if (again && await exists(cancel))
        {
            return;
        }

        if (_location is null && await MountAsync(cancel))
        {
            return;
        }

        if (_location is null || !await FoundAgainAsync(again, cancel))
        {
            await OpenAsync(cancel);
        }

        while (blob.Size > small && _offset < blob.Size)
        {
            await FeedAsync(Math.Min(chunk, blob.Size - _offset), cancel);
        }

        await EndAsync(cancel);
    }

    /// <summary>Asks once. What a registry has against mounting does not matter: the upload goes on, in the session that 202 opens or in one of its own.</summary>
    private async Task<bool> MountAsync(CancellationToken cancel)
    {
        if (_mount is not { } call)
        {
            return false;
        }

        _mount = null;
        var isSaid = false;
        try
        {
            using var response = await transport.SendAsync(call, cancel);
            isSaid = response.StatusCode == HttpStatusCode.Created;
            if (response.StatusCode == HttpStatusCode.Accepted)
            {
                await MoveAsync(response, cancel);
            }
        }
        catch (CloudException) when (!cancel.IsCancellationRequested)
        {
            _location = null;
        }

        IsMounted = isSaid && await exists(cancel);
        return IsMounted;
    }

    private async Task OpenAsync(CancellationToken cancel)
    {
        using var response = await transport.SendAsync(start, cancel);
        if (response.StatusCode != HttpStatusCode.Accepted)
        {
            throw await RegistryException.OfAsync(response, start.Host, $"start an upload at {start.Address.AbsolutePath}", cancel);
        }

        (_offset, _isContinued) = (0, false);
        await MoveAsync(response, cancel);
    }

    /// <summary>Asks an interrupted session how much arrived; false where the registry has forgotten it.</summary>
    private async Task<bool> FoundAgainAsync(bool again, CancellationToken cancel)
    {
        if (!again)
        {
            return true;
        }

        using var response = await transport.SendAsync(start with { Method = HttpMethod.Get, Address = _location! }, cancel);
        if (response.StatusCode != HttpStatusCode.NoContent)
        {
            return false;
        }

        // "0-0" is what the distribution registry says of an empty session too.
        var end = response.Headers.TryGetValues("Range", out var ranges) && ranges.First().Split('-') is [_, var last] && long.TryParse(last, out var parsed) ? parsed : 0;
        (_offset, _isContinued) = (end == 0 ? 0 : Math.Min(end + 1, blob.Size), true);
        await MoveAsync(response, cancel);
        return true;
    }

    private async Task FeedAsync(long length, CancellationToken cancel)
    {
        var call = start with { Method = HttpMethod.Patch, Address = _location!, Content = () => Body(length) };
        using var response = await transport.SendOnceAsync(call, cancel);
        await ThrowUnlessAsync(response, cancel, HttpStatusCode.Accepted, HttpStatusCode.NoContent, HttpStatusCode.Created);
        _offset += length;
        await MoveAsync(response, cancel);
    }

    private async Task EndAsync(CancellationToken cancel)
    {
        // The session's address carries state in its query, which stays.
        var query = (_location!.Query.Length > 1 ? _location.Query + "&" : "?") + "digest=" + Uri.EscapeDataString(blob.Digest.ToString());
        var left = blob.Size - _offset;
        var call = start with { Method = HttpMethod.Put, Address = new UriBuilder(_location) { Query = query }.Uri, Content = () => Body(left) };
        using var response = await transport.SendOnceAsync(call, cancel);
        await ThrowUnlessAsync(response, cancel, HttpStatusCode.Created, HttpStatusCode.NoContent);
    }

    private ChunkContent Body(long length)
    {
        var content = new ChunkContent(blob.OpenAsync, _offset, length);
        if (length > 0 && length < blob.Size)
        {
            content.Headers.TryAddWithoutValidation("Content-Range", $"{_offset}-{_offset + length - 1}");
        }

        return content;
    }

    private async Task MoveAsync(HttpResponseMessage response, CancellationToken cancel)
    {
        var given = response.Headers.Location ?? _location ?? throw RegistryException.Wrong(start.Host, "BLOB_UPLOAD_INVALID", "it opened an upload without saying where. Check that this is a registry.");
        var location = new Uri(_location ?? start.Address, given);
        await Destination.CheckAsync(start.Host, location, "an upload address", transport.Http.Resolve, cancel);
        _location = location;
    }

    private async Task ThrowUnlessAsync(HttpResponseMessage response, CancellationToken cancel, params HttpStatusCode[] expected)
    {
        if (expected.Contains(response.StatusCode))
        {
            return;
        }

        var refused = await RegistryException.OfAsync(response, start.Host, $"take the blob {blob.Digest} at {start.Address.AbsolutePath}", cancel);
        var lost = response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.RequestedRangeNotSatisfiable;
        if (_isContinued && refused.Code == "DIGEST_INVALID")
        {
            // The bytes were right (the source is checked), so what the session held was not: more of a broken request arrived than it had said.
            (lost, _location) = (true, null);
        }

        throw lost || HttpRetry.IsTransient(response.StatusCode)
            ? new Interrupted(refused, HttpRetry.RetryAfter(response, transport.Http.Policy.Time))
            : refused;
    }
}

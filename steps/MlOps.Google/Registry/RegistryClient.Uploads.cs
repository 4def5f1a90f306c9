using System.Net;
using MlOps.Core.Images;

namespace MlOps.Google.Registry;

/// <content>Uploads: mounted from another repository, in one request, or streamed and resumed.</content>
public sealed partial class RegistryClient
{
    /// <summary>Up to this size (bytes) a blob is sent with the request that ends the upload.</summary>
    private const long Small = 1024 * 1024;

    /// <summary>The size (bytes) of one PATCH; null sends the rest of a blob in one, as Artifact Registry wants it.</summary>
    public long? ChunkSize { get; init; }

    /// <summary>Makes a repository hold a blob: nothing is sent if it does, else the bytes. The registry checks the digest.</summary>
    /// <returns>Whether bytes were sent.</returns>
    public async Task<bool> UploadBlobAsync(ImageReference repository, BlobContent blob, CancellationToken cancel)
    {
        async Task<bool> ExistsAsync(CancellationToken token) => await BlobSizeAsync(repository, blob.Digest, token) is not null;
        if (await ExistsAsync(cancel))
        {
            return false;
        }

        var start = Call(repository, HttpMethod.Post, "blobs/uploads/", "pull,push");
        await new BlobUpload(_transport, start, ExistsAsync, blob, ChunkSize ?? long.MaxValue, Small).RunAsync(cancel);
        return true;
    }

    /// <summary>Makes a repository hold a blob of another repository of the same registry without sending it.</summary>
    /// <returns>False where the registry does not do that, or the other repository does not hold the blob.</returns>
    public async Task<bool> MountBlobAsync(ImageReference repository, Digest digest, ImageReference from, CancellationToken cancel)
    {
        var host = Host(repository.Host, repository.Path, out _);
        if (!host.Owns(Host(from.Host, from.Path, out var source).Base))
        {
            return false;
        }

        var start = Call(repository, HttpMethod.Post, $"blobs/uploads/?mount={Uri.EscapeDataString(digest.ToString())}&from={Uri.EscapeDataString(source)}", "pull,push");
        var call = start with { Scopes = [.. start.Scopes, $"repository:{source}:pull"] };
        using var response = await _transport.SendAsync(call, cancel);
        if (response.StatusCode == HttpStatusCode.Created)
        {
            return true;
        }

        // 202 has opened an upload that nobody will finish; say so, and do not mind the answer.
        if (response.StatusCode == HttpStatusCode.Accepted && response.Headers.Location is { } location)
        {
            using var cancelled = await _transport.SendOnceAsync(call with { Method = HttpMethod.Delete, Address = new Uri(call.Address, location) }, cancel);
        }

        return response.StatusCode is HttpStatusCode.Accepted or HttpStatusCode.NotFound or HttpStatusCode.BadRequest or HttpStatusCode.MethodNotAllowed
            ? false
            : throw await RegistryException.OfAsync(response, call.Host, $"mount the blob {digest} from {from.Name} to {repository.Name}", cancel);
    }
}

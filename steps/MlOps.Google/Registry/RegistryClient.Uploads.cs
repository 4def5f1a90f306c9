using MlOps.Core.Images;

namespace MlOps.Google.Registry;

/// <summary>How a blob came to be in a repository.</summary>
public enum BlobArrival
{
    /// <summary>It was there.</summary>
    There,

    /// <summary>Mounted from another repository of the registry.</summary>
    Mounted,

    /// <summary>Its bytes were sent.</summary>
    Sent,
}

/// <content>Uploads: mounted from another repository, in one request, or streamed and resumed.</content>
public sealed partial class RegistryClient
{
    /// <summary>Up to this size (bytes) a blob is sent with the request that ends the upload.</summary>
    private const long Small = 1024 * 1024;

    /// <summary>The size (bytes) of one PATCH; null sends the rest of a blob in one, as Artifact Registry wants it.</summary>
    public long? ChunkSize { get; init; }

    /// <summary>Makes a repository hold a blob: nothing is sent if it does, or if the registry mounts it, else the bytes. The registry checks the digest.</summary>
    /// <param name="mountFrom">Another repository that holds it; passed over where it is on another registry, or the registry does not want to mount.</param>
    /// <exception cref="RegistryException">It refuses, or holds the blob with another size than it has.</exception>
    public async Task<BlobArrival> UploadBlobAsync(ImageReference repository, BlobContent blob, CancellationToken cancel, ImageReference? mountFrom = null)
    {
        if (await ExistsAsync(cancel))
        {
            return BlobArrival.There;
        }

        var start = Call(repository, HttpMethod.Post, "blobs/uploads/", "pull,push");
        var mount = mountFrom is null ? null : Mount(repository, blob.Digest, mountFrom);
        var upload = new BlobUpload(_transport, start, mount, ExistsAsync, blob, ChunkSize ?? long.MaxValue, Small);
        await upload.RunAsync(cancel);
        return upload.IsMounted ? BlobArrival.Mounted : BlobArrival.Sent;

        async Task<bool> ExistsAsync(CancellationToken token)
        {
            var head = await HeadBlobAsync(repository, blob.Digest, token);
            return head?.Length is { } length && length != blob.Size
                ? throw OtherSize(Host(repository.Host, repository.Path, out _), repository, new Descriptor("", blob.Digest, blob.Size), length)
                : head is not null;
        }
    }

    /// <summary>Whether both repositories are on one registry, as this client and the other one find them.</summary>
    internal bool SharesRegistry(ImageReference repository, RegistryClient other, ImageReference others) =>
        Host(repository.Host, repository.Path, out _).Owns(other.Host(others.Host, others.Path, out _).Base);

    /// <summary>Null where the other repository is on another registry.</summary>
    private RegistryCall? Mount(ImageReference repository, Digest digest, ImageReference from)
    {
        if (!SharesRegistry(repository, this, from))
        {
            return null;
        }

        _ = Host(from.Host, from.Path, out var source);
        var call = Call(repository, HttpMethod.Post, $"blobs/uploads/?mount={Uri.EscapeDataString(digest.ToString())}&from={Uri.EscapeDataString(source)}", "pull,push");
        return call with { Scopes = [.. call.Scopes, $"repository:{source}:pull"] };
    }
}

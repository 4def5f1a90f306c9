using System.Net;
using System.Net.Http.Headers;
using Grpc.Core;
using MlOps.Core.Images;
using MlOps.Google.Errors;
using MlOps.Google.Http;

namespace MlOps.Google.Registry;

/// <content>Blobs: whether they exist, and their bytes.</content>
public sealed partial class RegistryClient
{
    /// <summary>The size of a blob in bytes, null where the repository does not hold it. Only host and path of the reference count.</summary>
    public async Task<long?> BlobSizeAsync(ImageReference repository, Digest digest, CancellationToken cancel)
    {
        var call = Call(repository, HttpMethod.Head, $"blobs/{digest}", "pull");
        using var response = await _transport.SendAsync(call, cancel);
        if (response.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }

        await ExpectAsync(response, call.Host, $"tell about the blob {digest} of {repository.Name}", cancel, HttpStatusCode.OK);
        return response.Content.Headers.ContentLength ?? 0;
    }

    /// <summary>
    /// A blob as a stream that goes on after a dropped connection and throws, before it hands out the last bytes, unless the whole has the digest.
    /// What was read is only good once the end was reached.
    /// </summary>
    public Task<Stream> OpenBlobAsync(ImageReference repository, Descriptor blob, CancellationToken cancel) => OpenBlobFromAsync(repository, blob, 0, cancel);

    /// <summary>A blob as a source to upload from.</summary>
    public BlobContent BlobToCopy(ImageReference repository, Descriptor blob) =>
        new(blob.Digest, blob.Size, (offset, cancel) => OpenBlobFromAsync(repository, blob, offset, cancel));

    /// <summary>A small blob, such as an image's config, whole.</summary>
    /// <exception cref="CloudException">It is larger than <paramref name="most"/> bytes, or has another digest.</exception>
    public async Task<byte[]> ReadBlobAsync(ImageReference repository, Descriptor blob, CancellationToken cancel, long most = LargestManifest)
    {
        if (blob.Size > most)
        {
            throw new CloudException(StatusCode.OutOfRange, repository.Host, $"The blob {blob.Digest} of {repository.Name} is said to have {blob.Size} bytes; at most {most} are read here.");
        }

        await using var stream = await OpenBlobAsync(repository, blob, cancel);
        using var bytes = new MemoryStream((int)blob.Size);
        await stream.CopyToAsync(bytes, cancel);
        return bytes.ToArray();
    }

    /// <summary>From the middle on nothing can be checked here: whoever continues an upload has the digest checked by the registry that takes it.</summary>
    private async Task<Stream> OpenBlobFromAsync(ImageReference repository, Descriptor blob, long from, CancellationToken cancel)
    {
        var host = Host(repository.Host, repository.Path, out _);
        Exception Wrong(Digest actual, long length) => RegistryException.Wrong(host, "DIGEST_INVALID", $"the {length} bytes that it gave for the blob {blob.Digest} ({blob.Size} bytes) of {repository.Name} have the digest {actual}. They were not used; the registry, or something on the way to it, is broken.");
        var check = from == 0 ? new Sha256Check(blob.Digest, blob.Size, Wrong) : null;
        return await new ResumingStream(host, (offset, token) => OpenBlobAtAsync(repository, blob, offset, token), blob.Size, _transport.Http.Policy, check) { From = from }.OpenedAsync(cancel);
    }

    private async Task<Stream> OpenBlobAtAsync(ImageReference repository, Descriptor blob, long offset, CancellationToken cancel)
    {
        var call = Call(repository, HttpMethod.Get, $"blobs/{blob.Digest}", "pull") with { Buffer = null, Range = offset > 0 ? new RangeHeaderValue(offset, null) : null };
        var response = await _transport.SendAsync(call, cancel);
        if (response.StatusCode is not (HttpStatusCode.OK or HttpStatusCode.PartialContent))
        {
            using (response)
            {
                throw await RegistryException.OfAsync(response, call.Host, $"give the blob {blob.Digest} of {repository.Name}", cancel);
            }
        }

        var body = await response.Content.ReadAsStreamAsync(cancel);
        if (offset > 0 && response.StatusCode == HttpStatusCode.OK)
        {
            await SkipAsync(body, offset, cancel);
        }

        return body;
    }

    /// <summary>Servers may ignore Range and begin anew.</summary>
    private static async Task SkipAsync(Stream body, long count, CancellationToken cancel)
    {
        var buffer = new byte[64 * 1024];
        while (count > 0)
        {
            var read = await body.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, count)), cancel);
            count -= read > 0 ? read : throw new IOException("the body ended early");
        }
    }
}

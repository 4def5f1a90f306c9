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
    public async Task<long?> BlobSizeAsync(ImageReference repository, Digest digest, CancellationToken cancel) =>
        await HeadBlobAsync(repository, digest, cancel) is { } head ? head.Length ?? 0 : null;

    /// <summary>
    /// A blob as a stream that goes on after a dropped connection and throws, before it hands out the last bytes, unless the whole has the digest.
    /// What was read is only good once the end was reached.
    /// </summary>
    public Task<Stream> OpenBlobAsync(ImageReference repository, Descriptor blob, CancellationToken cancel) =>
        OpenBlobFromAsync(repository, blob, 0, new Sha256Check(blob.Digest, blob.Size, Wrong(repository, blob)), cancel);

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

    /// <summary>A blob as a source to upload from: read as it is sent, checked on the way.</summary>
    /// <param name="passed">Told how many bytes were just handed on.</param>
    internal (BlobContent Content, BlobPassage Passage) BlobToCopy(ImageReference repository, Descriptor blob, Action<int>? passed = null)
    {
        var passage = new BlobPassage(blob, Wrong(repository, blob), passed);
        return (new BlobContent(blob.Digest, blob.Size, OpenAsync), passage);

        async Task<Stream> OpenAsync(long offset, CancellationToken cancel)
        {
            var from = passage.Begin(offset);
            var stream = await OpenBlobFromAsync(repository, blob, from, passage.From(from), cancel);
            await SkipAsync(stream, offset - from, cancel);
            return stream;
        }
    }

    /// <summary>Whether a repository holds a blob, and how long (bytes) it is where the registry tells.</summary>
    private async Task<(bool There, long? Length)?> HeadBlobAsync(ImageReference repository, Digest digest, CancellationToken cancel)
    {
        var call = Call(repository, HttpMethod.Head, $"blobs/{digest}", "pull");
        using var response = await _transport.SendAsync(call, cancel);
        if (response.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }

        await ExpectAsync(response, call.Host, $"tell about the blob {digest} of {repository.Name}", cancel, HttpStatusCode.OK);
        return (true, response.Content.Headers.ContentLength);
    }

    private async Task<Stream> OpenBlobFromAsync(ImageReference repository, Descriptor blob, long from, IContentCheck check, CancellationToken cancel)
    {
        var host = Host(repository.Host, repository.Path, out _);
        return await new ResumingStream(host, (offset, token) => OpenBlobAtAsync(repository, blob, offset, token), blob.Size, _transport.Http.Policy, check) { From = from }.OpenedAsync(cancel);
    }

    private async Task<Stream> OpenBlobAtAsync(ImageReference repository, Descriptor blob, long offset, CancellationToken cancel)
    {
        var call = Call(repository, HttpMethod.Get, $"blobs/{blob.Digest}", "pull") with { Buffer = null, Range = offset > 0 ? new RangeHeaderValue(offset, null) : null };
        var response = await _transport.SendAsync(call, cancel);
        try
        {
            await ExpectAsync(response, call.Host, $"give the blob {blob.Digest} of {repository.Name}", cancel, HttpStatusCode.OK, HttpStatusCode.PartialContent);
            var isPart = response.StatusCode == HttpStatusCode.PartialContent;
            CheckLength(response, call.Host, repository, blob, isPart ? offset : 0);
            var body = await response.Content.ReadAsStreamAsync(cancel);
            await SkipAsync(body, isPart ? 0 : offset, cancel);
            return body;
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    private static void CheckLength(HttpResponseMessage response, ServiceHost host, ImageReference repository, Descriptor blob, long from)
    {
        var (length, range) = (response.Content.Headers.ContentLength, response.Content.Headers.ContentRange);
        var whole = range?.Length ?? from + length;
        if (whole is { } told && told != blob.Size)
        {
            throw OtherSize(host, repository, blob, told);
        }

        if ((range?.From ?? from) != from)
        {
            throw RegistryException.Wrong(host, "RANGE_INVALID", $"asked for the blob {blob.Digest} of {repository.Name} from byte {from} on, it gave {range}. It was not used; the registry, or something on the way to it, is broken.");
        }
    }

    private static RegistryException OtherSize(ServiceHost host, ImageReference repository, Descriptor blob, long told) => RegistryException.Wrong(
        host, "SIZE_INVALID", $"the blob {blob.Digest} of {repository.Name} has {told} bytes there, but the manifest says {blob.Size}. It was not used; the manifest, or the registry, is wrong.");

    private Func<Digest, long, Exception> Wrong(ImageReference repository, Descriptor blob)
    {
        var host = Host(repository.Host, repository.Path, out _);
        return (actual, length) => RegistryException.Wrong(host, "DIGEST_INVALID", $"the {length} bytes that it gave for the blob {blob.Digest} ({blob.Size} bytes) of {repository.Name} have the digest {actual}. They were not used; the registry, or something on the way to it, is broken.");
    }

    /// <summary>Servers may ignore Range and begin anew.</summary>
    private static async Task SkipAsync(Stream body, long count, CancellationToken cancel)
    {
        var buffer = count > 0 ? new byte[64 * 1024] : [];
        while (count > 0)
        {
            var read = await body.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, count)), cancel);
            count -= read > 0 ? read : throw new IOException("the body ended early");
        }
    }
}

using MlOps.Core.Images;

namespace MlOps.Google.Registry;

/// <summary>Bytes to upload, which can be read again from any offset when a connection drops; <see cref="Size"/> in bytes.</summary>
public sealed record BlobContent(Digest Digest, long Size, Func<long, CancellationToken, Task<Stream>> OpenAsync)
{
    public static BlobContent Of(ReadOnlyMemory<byte> bytes) =>
        new(Digest.Of(bytes.Span), bytes.Length, (offset, _) => Task.FromResult<Stream>(new MemoryStream(bytes[(int)offset..].ToArray(), writable: false)));

    /// <summary>A file, whose digest is taken by reading it once.</summary>
    public static async Task<BlobContent> OfFileAsync(string path, CancellationToken cancel)
    {
        await using var file = File.OpenRead(path);
        return OfFile(path, await Digest.OfAsync(file, cancel), file.Length);
    }

    /// <summary>A file whose digest is known.</summary>
    public static BlobContent OfFile(string path, Digest digest, long size) => new(digest, size, (offset, _) =>
    {
        var file = File.OpenRead(path);
        file.Seek(offset, SeekOrigin.Begin);
        return Task.FromResult<Stream>(file);
    });
}

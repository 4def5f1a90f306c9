using System.Buffers;
using System.Security.Cryptography;
using MlOps.Google.Storage;

namespace MlOps.LocalCloud.Storage;

/// <summary>What Storage states about an object's bytes: length, MD5 and CRC-32C (base64).</summary>
internal sealed record ContentHashes(long Size, string Md5, string Crc32C)
{
    /// <summary>Copies a stream and hashes what goes by.</summary>
    public static Task<ContentHashes> CopyAsync(Stream from, Stream to, CancellationToken cancel) => CopyAsync(from.ReadAsync, to, cancel);

    public static async Task<ContentHashes> CopyAsync(Func<Memory<byte>, CancellationToken, ValueTask<int>> readAsync, Stream to, CancellationToken cancel)
    {
        using var md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        var crc = new Crc32c();
        var buffer = ArrayPool<byte>.Shared.Rent(128 * 1024);
        try
        {
            long size = 0;
            for (int read; (read = await readAsync(buffer, cancel)) > 0; size += read)
            {
                md5.AppendData(buffer.AsSpan(0, read));
                crc.Add(buffer.AsSpan(0, read));
                await to.WriteAsync(buffer.AsMemory(0, read), cancel);
            }

            return new(size, Convert.ToBase64String(md5.GetHashAndReset()), crc.Base64());
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public static async Task<ContentHashes> OfAsync(string path, CancellationToken cancel)
    {
        await using var file = File.OpenRead(path);
        return await CopyAsync(file, Stream.Null, cancel);
    }

    /// <exception cref="StorageFault">400: the sender states another MD5 or CRC-32C.</exception>
    public void Verify(string? md5, string? crc32c)
    {
        if (md5 is not null && md5 != Md5)
        {
            throw StorageFault.Invalid($"Provided MD5 hash \"{md5}\" doesn't match calculated MD5 hash \"{Md5}\".");
        }

        if (crc32c is not null && crc32c != Crc32C)
        {
            throw StorageFault.Invalid($"Provided CRC32C \"{crc32c}\" doesn't match calculated CRC32C \"{Crc32C}\".");
        }
    }
}

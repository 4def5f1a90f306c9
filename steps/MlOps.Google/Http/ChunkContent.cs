using System.Buffers;
using System.Net;
using System.Net.Http.Headers;

namespace MlOps.Google.Http;

/// <summary>Part of a source as a request's body: opened when it is sent, exactly so many bytes from an offset.</summary>
internal sealed class ChunkContent : HttpContent
{
    private const int BufferSize = 256 * 1024;
    private readonly Func<long, CancellationToken, Task<Stream>> _open;
    private readonly long _offset;
    private readonly long _length;

    public ChunkContent(Func<long, CancellationToken, Task<Stream>> open, long offset, long length)
    {
        (_open, _offset, _length) = (open, offset, length);
        Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        if (_length == 0)
        {
            return;
        }

        await using var source = await _open(_offset, cancellationToken);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            for (var left = _length; left > 0;)
            {
                var read = await source.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, left)), cancellationToken);
                if (read == 0)
                {
                    throw new IOException($"the source ended {left} bytes early");
                }

                await stream.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
                left -= read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _length;
        return true;
    }
}

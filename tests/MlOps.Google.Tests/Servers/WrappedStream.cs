namespace MlOps.Google.Tests.Servers;

/// <summary>Passes bytes on until it has passed enough, then cuts the connection.</summary>
internal sealed class CuttingStream(Stream inner, int after, Action cut) : WrappedStream(inner)
{
    private int _left = after;

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await Inner.WriteAsync(buffer[..Math.Min(_left, buffer.Length)], cancellationToken);
        await Inner.FlushAsync(cancellationToken);
        Pass(buffer.Length);
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_left == 0)
        {
            Pass(1);
        }

        var read = await Inner.ReadAsync(buffer[..Math.Min(_left, buffer.Length)], cancellationToken);
        _left -= read;
        return read;
    }

    private void Pass(int count)
    {
        if (count > _left)
        {
            cut();
            throw new IOException("cut by the test");
        }

        _left -= count;
    }
}

/// <summary>Changes one bit of what is written.</summary>
internal sealed class CorruptingStream(Stream inner) : WrappedStream(inner)
{
    private bool _done;

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var copy = buffer.ToArray();
        if (!_done && copy.Length > 0)
        {
            copy[0] ^= 1;
            _done = true;
        }

        return Inner.WriteAsync(copy, cancellationToken);
    }
}

/// <summary>Writes a little at a time.</summary>
internal sealed class DribblingStream(Stream inner) : WrappedStream(inner)
{
    private const int Piece = 7_000;

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        for (var at = 0; at < buffer.Length; at += Piece)
        {
            await Inner.WriteAsync(buffer[at..Math.Min(at + Piece, buffer.Length)], cancellationToken);
            await Inner.FlushAsync(cancellationToken);
        }
    }
}

internal abstract class WrappedStream(Stream inner) : Stream
{
    protected Stream Inner { get; } = inner;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => Inner.WriteAsync(buffer, cancellationToken);

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => Inner.ReadAsync(buffer, cancellationToken);

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => ReadAsync(buffer, offset, count, CancellationToken.None).GetAwaiter().GetResult();

    public override void Write(byte[] buffer, int offset, int count) => WriteAsync(buffer, offset, count, CancellationToken.None).GetAwaiter().GetResult();

    public override Task FlushAsync(CancellationToken cancellationToken) => Inner.FlushAsync(cancellationToken);

    public override void Flush() => Inner.Flush();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}

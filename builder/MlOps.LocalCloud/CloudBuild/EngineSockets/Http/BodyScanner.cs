namespace MlOps.LocalCloud.CloudBuild.EngineSockets.Http;

/// <summary>Takes what has come of a body's content; the bytes are the caller's own buffer.</summary>
internal delegate void BodyContent(ReadOnlySpan<byte> content);

/// <summary>Finds the end of a body in bytes that come in any pieces, and its content between the chunks' sizes.</summary>
internal sealed class BodyScanner(HttpBody body)
{
    private const int LongestLine = 16 * 1024;
    private State _state = body.Kind switch
    {
        BodyKind.None => State.Ended,
        BodyKind.Chunked => State.Size,
        BodyKind.Length => State.Counted,
        _ => State.ToEnd,
    };

    private long _left = body.Length;
    private int _line;
    private bool _hasSize;

    private enum State
    {
        Size,
        Extension,
        Content,
        AfterContent,
        TrailerStart,
        Trailer,
        Counted,
        ToEnd,
        Ended,
    }

    public bool HasEnded => _state == State.Ended;

    /// <returns>How many of the bytes belong to the body; fewer than given only where it has ended.</returns>
    /// <exception cref="HttpFault">A chunk's size is not a number.</exception>
    public int Advance(ReadOnlySpan<byte> bytes, BodyContent? content = null)
    {
        var at = 0;
        while (at < bytes.Length && _state != State.Ended)
        {
            if (_state is State.Content or State.Counted or State.ToEnd)
            {
                at += Take(bytes[at..], content);
            }
            else
            {
                Line(bytes[at++]);
            }
        }

        return at;
    }

    private int Take(ReadOnlySpan<byte> bytes, BodyContent? content)
    {
        var taken = _state == State.ToEnd ? bytes.Length : (int)Math.Min(bytes.Length, _left);
        content?.Invoke(bytes[..taken]);
        if (_state != State.ToEnd && (_left -= taken) == 0)
        {
            _state = _state == State.Counted ? State.Ended : State.AfterContent;
        }

        return taken;
    }

    private void Line(byte next)
    {
        if (++_line > LongestLine)
        {
            throw new HttpFault(400, "A line between the body's chunks has no end.");
        }

        switch (_state)
        {
            case State.Size when next is (byte)'\n':
            case State.Extension when next is (byte)'\n':
                EndSize();
                break;
            case State.Size:
                Size(next);
                break;
            case State.AfterContent when next is (byte)'\n':
                (_state, _line) = (State.Size, 0);
                break;
            case State.AfterContent when next is not (byte)'\r':
                throw new HttpFault(400, "A chunk is longer than its size says.");
            case State.TrailerStart when next is (byte)'\n':
                _state = State.Ended;
                break;
            case State.TrailerStart when next is not (byte)'\r':
                _state = State.Trailer;
                break;
            case State.Trailer when next is (byte)'\n':
                (_state, _line) = (State.TrailerStart, 0);
                break;
        }
    }

    private void Size(byte next)
    {
        if (next is (byte)';' or (byte)'\r' or (byte)' ' or (byte)'\t')
        {
            _state = State.Extension;
            return;
        }

        var digit = next switch
        {
            >= (byte)'0' and <= (byte)'9' => next - '0',
            >= (byte)'a' and <= (byte)'f' => next - 'a' + 10,
            >= (byte)'A' and <= (byte)'F' => next - 'A' + 10,
            _ => throw new HttpFault(400, "A chunk's size is not a hexadecimal number."),
        };
        if (_left > (long.MaxValue >> 4))
        {
            throw new HttpFault(400, "A chunk's size is too large.");
        }

        (_left, _hasSize) = ((_left << 4) | (uint)digit, true);
    }

    private void EndSize()
    {
        if (!_hasSize)
        {
            throw new HttpFault(400, "A chunk has no size.");
        }

        (_state, _line, _hasSize) = (_left == 0 ? State.TrailerStart : State.Content, 0, false);
    }
}

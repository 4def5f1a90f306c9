namespace MlOps.LocalCloud.CloudBuild.EngineSockets.Http;

/// <summary>Reads HTTP/1.1 messages off a connection, each no further than its end: what follows may be no HTTP at all.</summary>
internal sealed class HttpReader(Stream stream)
{
    private const int LongestHead = 512 * 1024;
    private readonly byte[] _incoming = new byte[64 * 1024];
    private ReadOnlyMemory<byte> _bytes;
    private Task<int>? _reading;

    /// <summary>The next message's head; null where the connection has ended before it began.</summary>
    /// <exception cref="HttpFault">It is not HTTP, or has no end.</exception>
    /// <exception cref="EndOfStreamException">The connection ended within it.</exception>
    public async Task<HttpHead?> HeadAsync(CancellationToken cancel)
    {
        while (true)
        {
            // Empty lines before a message are to be ignored (RFC 9112, section 2.2).
            _bytes = _bytes.TrimStart("\r\n"u8);
            if (EndOfHead(_bytes.Span) is var end and > 0)
            {
                var head = HttpHead.Parse(_bytes.Span[..end]);
                _bytes = _bytes[end..];
                return head;
            }

            if (_bytes.Length > LongestHead)
            {
                throw new HttpFault(431, "The headers have no end.");
            }

            if (!await FillAsync(cancel))
            {
                return _bytes.Length == 0 ? null : throw new EndOfStreamException("The connection ended within a message's headers.");
            }
        }
    }

    /// <summary>Hands on a body's bytes as they come, chunks' sizes included.</summary>
    /// <exception cref="EndOfStreamException">The connection ended within it.</exception>
    public async Task CopyBodyAsync(HttpBody body, Stream target, CancellationToken cancel)
    {
        var scanner = new BodyScanner(body);
        await ScanAsync(body, scanner, (bytes, _) => target.WriteAsync(bytes, cancel), content: null, cancel);
    }

    /// <summary>A body's content, told as it comes.</summary>
    /// <exception cref="EndOfStreamException">The connection ended within it.</exception>
    public async Task ReadBodyAsync(HttpBody body, Func<ReadOnlyMemory<byte>, ValueTask> told, CancellationToken cancel)
    {
        var content = new MemoryStream();
        await ScanAsync(
            body,
            new BodyScanner(body),
            async (_, _) =>
            {
                await told(content.GetBuffer().AsMemory(0, (int)content.Length));
                content.SetLength(0);
            },
            content.Write,
            cancel);
    }

    /// <summary>A body's content whole.</summary>
    /// <exception cref="HttpFault">It is longer than what it can be for.</exception>
    public async Task<byte[]> ReadBodyAsync(HttpBody body, int most, CancellationToken cancel)
    {
        using var all = new MemoryStream();
        await ReadBodyAsync(
            body,
            content =>
            {
                all.Write(content.Span);
                return all.Length <= most ? ValueTask.CompletedTask : throw new HttpFault(413, $"The body is longer than {most} bytes.");
            },
            cancel);
        return all.ToArray();
    }

    /// <summary>Hands on everything until the connection's end.</summary>
    public async Task CopyToEndAsync(Stream target, CancellationToken cancel)
    {
        do
        {
            if (_bytes.Length > 0)
            {
                await target.WriteAsync(_bytes, cancel);
                _bytes = default;
            }
        }
        while (await FillAsync(cancel));
    }

    /// <summary>Waits for more to come, before anybody needs it.</summary>
    /// <returns>False: the connection has ended.</returns>
    public async Task<bool> MoreAsync(CancellationToken cancel) => _bytes.Length > 0 || await FillAsync(cancel);

    private async Task ScanAsync(HttpBody body, BodyScanner scanner, Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask> hand, BodyContent? content, CancellationToken cancel)
    {
        while (!scanner.HasEnded)
        {
            if (_bytes.Length == 0 && !await FillAsync(cancel))
            {
                if (body.Kind == BodyKind.ToEnd)
                {
                    return;
                }

                throw new EndOfStreamException("The connection ended within a message's body.");
            }

            var taken = scanner.Advance(_bytes.Span, content);
            await hand(_bytes[..taken], cancel);
            _bytes = _bytes[taken..];
        }
    }

    // A read that somebody began to wait for and gave up is taken up by the next.
    private async Task<bool> FillAsync(CancellationToken cancel)
    {
        if (_reading is null)
        {
            // What is left lies in the buffer that is read into.
            _bytes = _bytes.IsEmpty ? default : _bytes.ToArray();
            _reading = stream.ReadAsync(_incoming, CancellationToken.None).AsTask();
        }

        var read = await _reading.WaitAsync(cancel);
        if (read == 0)
        {
            return false;
        }

        _reading = null;
        _bytes = _bytes.IsEmpty ? _incoming.AsMemory(0, read) : (byte[])[.. _bytes.Span, .. _incoming.AsSpan(0, read)];
        return true;
    }

    private static int EndOfHead(ReadOnlySpan<byte> bytes)
    {
        var (crlf, lf) = (bytes.IndexOf("\r\n\r\n"u8), bytes.IndexOf("\n\n"u8));
        return (crlf, lf) switch
        {
            ( < 0, < 0) => -1,
            ( < 0, _) => lf + 2,
            (_, < 0) => crlf + 4,
            _ => Math.Min(crlf + 4, lf + 2),
        };
    }
}

using System.Buffers.Binary;

namespace MlOps.Containers.Running;

/// <summary>Hears a piece of what a container prints; the bytes are only there during the call.</summary>
public delegate void OutputSink(bool isError, ReadOnlySpan<byte> bytes);

/// <summary>
/// What a container prints, as it prints it. Attached before the container is started it misses nothing, and the engine needs
/// to keep no log. A reader that is slow slows the container down: nothing is held in memory.
/// </summary>
public sealed class AttachedOutput : IDisposable
{
    // The engine's frames (docs.docker.com, "Attach to a container"): the stream's number, three zeros, the length, the bytes.
    private const int HeaderLength = 8;
    private const byte ErrorStream = 2;
    private readonly HttpResponseMessage _answer;
    private readonly byte[] _buffer = new byte[256 * 1024];

    private AttachedOutput(HttpResponseMessage answer) => _answer = answer;

    internal static async Task<AttachedOutput> OpenAsync(HttpClient engine, string container, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/containers/{container}/attach?stream=1&stdout=1&stderr=1");
        request.Headers.Connection.Add("Upgrade");
        request.Headers.Upgrade.Add(new("tcp"));
        var answer = await engine.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
        if (answer.StatusCode != System.Net.HttpStatusCode.SwitchingProtocols)
        {
            using (answer)
            {
                throw new Core.Problems.StepFailedException($"Cannot attach to the container: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(cancel)}");
            }
        }

        return new AttachedOutput(answer);
    }

    /// <summary>Returns when the container has ended.</summary>
    public async Task ReadAsync(OutputSink sink, CancellationToken cancel)
    {
        await using var stream = await _answer.Content.ReadAsStreamAsync(cancel);
        var frames = new Frames(sink);
        while (await stream.ReadAsync(_buffer, cancel) is var count and > 0)
        {
            frames.Take(_buffer.AsSpan(0, count));
        }
    }

    public void Dispose() => _answer.Dispose();

    /// <summary>Takes the frames apart; they begin and end anywhere in what is read.</summary>
    private sealed class Frames(OutputSink sink)
    {
        private readonly byte[] _header = new byte[HeaderLength];
        private int _headerLength;
        private long _left;

        public void Take(ReadOnlySpan<byte> bytes)
        {
            while (bytes.Length > 0)
            {
                bytes = _left > 0 ? Content(bytes) : Header(bytes);
            }
        }

        private ReadOnlySpan<byte> Content(ReadOnlySpan<byte> bytes)
        {
            var length = (int)Math.Min(_left, bytes.Length);
            _left -= length;
            sink(_header[0] == ErrorStream, bytes[..length]);
            return bytes[length..];
        }

        private ReadOnlySpan<byte> Header(ReadOnlySpan<byte> bytes)
        {
            var length = Math.Min(HeaderLength - _headerLength, bytes.Length);
            bytes[..length].CopyTo(_header.AsSpan(_headerLength));
            _headerLength += length;
            if (_headerLength == HeaderLength)
            {
                (_left, _headerLength) = (BinaryPrimitives.ReadUInt32BigEndian(_header.AsSpan(4)), 0);
            }

            return bytes[length..];
        }
    }
}

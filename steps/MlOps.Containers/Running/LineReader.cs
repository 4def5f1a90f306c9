using System.Text;
using Docker.DotNet;

namespace MlOps.Containers.Running;

/// <summary>Takes the engine's multiplexed stream apart into lines; a line's bytes may come in many pieces, a rune's too.</summary>
internal static class LineReader
{
    private const int LongestLine = 1 << 20;

    public static async Task ReadAsync(MultiplexedStream stream, Action<LogLine> onLine, CancellationToken cancel)
    {
        var buffer = new byte[64 * 1024];
        var (output, error) = (new Pending(onLine, isError: false), new Pending(onLine, isError: true));
        while (await stream.ReadOutputAsync(buffer, 0, buffer.Length, cancel) is { EOF: false } read)
        {
            (read.Target == MultiplexedStream.TargetStream.StandardError ? error : output).Add(buffer.AsSpan(0, read.Count));
        }

        output.Flush();
        error.Flush();
    }

    private sealed class Pending(Action<LogLine> onLine, bool isError)
    {
        private readonly MemoryStream _line = new();

        public void Add(ReadOnlySpan<byte> bytes)
        {
            while (bytes.IndexOf((byte)'\n') is var end and >= 0)
            {
                _line.Write(bytes[..end]);
                Emit();
                bytes = bytes[(end + 1)..];
            }

            _line.Write(bytes);
            if (_line.Length > LongestLine)
            {
                Emit();
            }
        }

        public void Flush()
        {
            if (_line.Length > 0)
            {
                Emit();
            }
        }

        private void Emit()
        {
            onLine(new LogLine(isError, Encoding.UTF8.GetString(_line.GetBuffer(), 0, (int)_line.Length).TrimEnd('\r')));
            _line.SetLength(0);
        }
    }
}

using System.Buffers;
using System.Text;

namespace MlOps.LocalCloud.CloudBuild.EngineSockets.Http;

/// <summary>Changes a text line by line as it comes; the engine's JSON, streams of it too, ends each document with a line.</summary>
internal sealed class LineRewriter(Func<string, string> rewrite, Func<ReadOnlyMemory<byte>, ValueTask> write)
{
    private readonly ArrayBufferWriter<byte> _line = new();

    public async ValueTask AddAsync(ReadOnlyMemory<byte> bytes)
    {
        var end = bytes.Span.LastIndexOf((byte)'\n') + 1;
        if (end > 0)
        {
            _line.Write(bytes.Span[..end]);
            await EndAsync();
        }

        _line.Write(bytes.Span[end..]);
    }

    /// <summary>What is there without a line's end.</summary>
    public async ValueTask EndAsync()
    {
        if (_line.WrittenCount > 0)
        {
            await write(Rewritten(_line.WrittenMemory));
            _line.ResetWrittenCount();
        }
    }

    private ReadOnlyMemory<byte> Rewritten(ReadOnlyMemory<byte> lines)
    {
        var text = Encoding.UTF8.GetString(lines.Span);
        var changed = rewrite(text);
        return ReferenceEquals(text, changed) ? lines : Encoding.UTF8.GetBytes(changed);
    }
}

using System.Buffers;
using System.Text;

namespace MlOps.LocalCloud.CloudBuild.Logs;

/// <summary>One step's part of the log: its two streams become lines, prefixed and without secrets.</summary>
internal sealed class StepOutput
{
    /// <summary>A line that is longer is written in parts, so that a program which never ends its line takes no memory.</summary>
    private const int LongestHeld = 64 * 1024;
    private readonly BuildLog _log;
    private readonly byte[] _prefix;
    private readonly Pending _output = new(), _error = new();

    public StepOutput(BuildLog log, string prefix) => (_log, _prefix) = (log, Encoding.UTF8.GetBytes(prefix));

    /// <summary>A line about the step.</summary>
    public void Add(string line)
    {
        var pending = new Pending();
        Take(pending, Encoding.UTF8.GetBytes(line + '\n'));
    }

    /// <summary>A piece of one of its streams. Called by one thread at a time.</summary>
    public void Take(bool isError, ReadOnlySpan<byte> bytes) => Take(isError ? _error : _output, bytes);

    /// <summary>The streams have ended: what is left of a line is one.</summary>
    public void End()
    {
        foreach (var pending in new[] { _output, _error })
        {
            if (pending.Held.WrittenCount > 0 || pending.IsMidLine)
            {
                Take(pending, "\n"u8);
            }
        }
    }

    private void Take(Pending pending, ReadOnlySpan<byte> bytes)
    {
        var end = bytes.LastIndexOf((byte)'\n');
        if (end >= 0)
        {
            Lines(pending, bytes[..(end + 1)]);
            bytes = bytes[(end + 1)..];
        }

        pending.Held.Write(bytes);
        if (pending.Held.WrittenCount > LongestHeld)
        {
            Part(pending);
        }
    }

    private void Lines(Pending pending, ReadOnlySpan<byte> lines)
    {
        var mask = _log.Mask;
        if (_prefix.Length == 0 && mask.IsEmpty && pending is { Held.WrittenCount: 0 })
        {
            pending.IsMidLine = false;
            _log.Write(lines);
            return;
        }

        pending.Held.Write(lines);
        var to = pending.Ready;
        var left = pending.Held.WrittenSpan;
        while (left.IndexOf((byte)'\n') is var end and >= 0)
        {
            to.Write(pending.IsMidLine ? [] : _prefix);
            pending.IsMidLine = false;
            mask.Write(left[..end], isEnd: true, to);
            to.Write("\n"u8);
            left = left[(end + 1)..];
        }

        pending.Held.ResetWrittenCount();
        _log.Write(to.WrittenSpan);
        to.ResetWrittenCount();
    }

    private void Part(Pending pending)
    {
        var to = pending.Ready;
        to.Write(pending.IsMidLine ? [] : _prefix);
        pending.IsMidLine = true;
        var taken = _log.Mask.Write(pending.Held.WrittenSpan, isEnd: false, to);
        var rest = pending.Held.WrittenSpan[taken..].ToArray();
        pending.Held.ResetWrittenCount();
        pending.Held.Write(rest);
        _log.Write(to.WrittenSpan);
        to.ResetWrittenCount();
    }

    private sealed class Pending
    {
        /// <summary>The beginning of a line.</summary>
        public ArrayBufferWriter<byte> Held { get; } = new();

        public ArrayBufferWriter<byte> Ready { get; } = new();

        /// <summary>A part of the line is in the log already.</summary>
        public bool IsMidLine { get; set; }
    }
}

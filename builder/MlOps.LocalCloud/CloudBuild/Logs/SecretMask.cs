using System.Buffers;
using System.Text;

namespace MlOps.LocalCloud.CloudBuild.Logs;

/// <summary>
/// Replaces secrets' values by <c>***</c>. Logs are lines, so a value of several lines is replaced line by line, except for
/// lines so short that they would blot out half of any log (a lone brace of a JSON key).
/// </summary>
internal sealed class SecretMask
{
    public static readonly SecretMask None = new([]);
    private const int ShortestPart = 4;
    private readonly byte[][] _values;

    private SecretMask(IEnumerable<byte[]> values) => _values = [.. values.OrderByDescending(value => value.Length)];

    public bool IsEmpty => _values.Length == 0;

    public static SecretMask Of(IEnumerable<string> secrets)
    {
        var parts = secrets.SelectMany(secret => secret.Trim('\r', '\n').Split('\n', StringSplitOptions.TrimEntries) switch
        {
            [var one] => [one],
            var lines => lines.Where(line => line.Length >= ShortestPart),
        });
        return new SecretMask(parts.Where(part => part.Length > 0).Distinct(StringComparer.Ordinal).Select(Encoding.UTF8.GetBytes));
    }

    /// <param name="isEnd">Nothing follows. Otherwise the end that may be the beginning of a value is left for the next call.</param>
    /// <returns>How many bytes were taken.</returns>
    public int Write(ReadOnlySpan<byte> bytes, bool isEnd, IBufferWriter<byte> to)
    {
        var at = 0;
        while (Next(bytes[at..]) is var (offset, length))
        {
            to.Write(bytes.Slice(at, offset));
            to.Write("***"u8);
            at += offset + length;
        }

        var kept = isEnd ? 0 : Unfinished(bytes[at..]);
        to.Write(bytes[at..^kept]);
        return bytes.Length - kept;
    }

    /// <summary>The first value in the bytes; of several at one place the longest.</summary>
    private (int Offset, int Length)? Next(ReadOnlySpan<byte> bytes)
    {
        (int Offset, int Length)? first = null;
        foreach (var value in _values)
        {
            // Not beyond an earlier one's last possible beginning.
            var within = first is { } found ? bytes[..Math.Min(bytes.Length, found.Offset + value.Length - 1)] : bytes;
            if (within.IndexOf(value) is var offset and >= 0)
            {
                first = (offset, value.Length);
            }
        }

        return first;
    }

    /// <summary>The length of the longest end of the bytes with which a value begins.</summary>
    private int Unfinished(ReadOnlySpan<byte> bytes)
    {
        var longest = 0;
        foreach (var value in _values)
        {
            for (var length = Math.Min(value.Length - 1, bytes.Length); length > longest; length--)
            {
                if (bytes[^length..].SequenceEqual(value.AsSpan(0, length)))
                {
                    longest = length;
                    break;
                }
            }
        }

        return longest;
    }
}

using System.Globalization;
using System.Text;

namespace MlOps.LocalCloud.CloudBuild.EngineSockets;

/// <summary>
/// Copies a tar archive (POSIX "ustar", with GNU's and pax's long names) and changes one text file in it. All else stays byte
/// for byte, and so does what is no tar.
/// </summary>
internal static class ContextRewriting
{
    private const int Block = 512;
    private const int LargestText = 4 * 1024 * 1024;

    /// <param name="file">The text file's path.</param>
    /// <param name="rewrite">The file's new text; the same for one that stays.</param>
    public static async Task CopyAsync(Stream tar, Func<ReadOnlyMemory<byte>, ValueTask> write, string file, Func<string, Task<string>> rewrite, CancellationToken cancel)
    {
        var header = new byte[Block];
        string? longName = null;
        for (var isPlain = true; isPlain;)
        {
            var read = await tar.ReadAtLeastAsync(header, Block, throwOnEndOfStream: false, cancel);
            if (read < Block || Size(header) is not { } size)
            {
                await write(header.AsMemory(0, read));
                break;
            }

            if ((char)header[156] is 'L' or 'x' && size <= LargestText)
            {
                var text = await ReadAsync(tar, size, cancel);
                longName = header[156] == 'L' ? Encoding.UTF8.GetString(text).TrimEnd('\0') : Record(text, "path") ?? longName;

                // Only a file of more than 8 GiB has its size there: behind it nothing is looked at.
                isPlain = header[156] == 'L' || Record(text, "size") is null;
                await write(header);
                await WritePaddedAsync(text, write);
                continue;
            }

            if ((char)header[156] is '0' or '\0' && size <= LargestText && Clean(longName ?? Name(header)) == Clean(file))
            {
                await RewriteAsync(tar, header, size, write, rewrite, cancel);
            }
            else
            {
                await write(header);
                await CopyAsync(tar, Padded(size), write, cancel);
            }

            longName = null;
        }

        await CopyAsync(tar, long.MaxValue, write, cancel);
    }

    private static async Task RewriteAsync(Stream tar, byte[] header, long size, Func<ReadOnlyMemory<byte>, ValueTask> write, Func<string, Task<string>> rewrite, CancellationToken cancel)
    {
        var content = await ReadAsync(tar, size, cancel);
        var text = Encoding.UTF8.GetString(content);
        if (await rewrite(text) is var changed && changed != text)
        {
            content = Encoding.UTF8.GetBytes(changed);
            SetSize(header, content.Length);
        }

        await write(header);
        await WritePaddedAsync(content, write);
    }

    private static async Task CopyAsync(Stream tar, long bytes, Func<ReadOnlyMemory<byte>, ValueTask> write, CancellationToken cancel)
    {
        var buffer = new byte[Math.Min(bytes, 64 * 1024)];
        while (bytes > 0 && await tar.ReadAsync(buffer.AsMemory(0, (int)Math.Min(bytes, buffer.Length)), cancel) is var read and > 0)
        {
            await write(buffer.AsMemory(0, read));
            bytes -= read;
        }
    }

    /// <summary>An entry's content; the padding behind it is read over.</summary>
    private static async Task<byte[]> ReadAsync(Stream tar, long size, CancellationToken cancel)
    {
        var padded = new byte[Padded(size)];
        await tar.ReadExactlyAsync(padded, cancel);
        return padded[..(int)size];
    }

    private static async Task WritePaddedAsync(byte[] content, Func<ReadOnlyMemory<byte>, ValueTask> write)
    {
        var padded = new byte[Padded(content.Length)];
        content.CopyTo(padded, 0);
        await write(padded);
    }

    private static long Padded(long size) => (size + Block - 1) / Block * Block;

    private static string Clean(string path) => path.StartsWith("./", StringComparison.Ordinal) ? Clean(path[2..]) : path.TrimStart('/');

    private static string Name(ReadOnlySpan<byte> header)
    {
        var name = Text(header[..100]);
        var prefix = header[257..262].SequenceEqual("ustar"u8) && header[262] == 0 ? Text(header[345..500]) : "";
        return prefix.Length == 0 ? name : $"{prefix}/{name}";
    }

    private static string Text(ReadOnlySpan<byte> field) => Encoding.UTF8.GetString(field[..(field.IndexOf((byte)0) is var end and >= 0 ? end : field.Length)]);

    /// <summary>Null for a block that is no header: the zeros at the end.</summary>
    private static long? Size(ReadOnlySpan<byte> header)
    {
        var field = header[124..136];
        if ((field[0] & 0x80) != 0)
        {
            // GNU's numbers that are too long for octal digits.
            long large = 0;
            foreach (var digit in field[4..])
            {
                large = (large << 8) | digit;
            }

            return large is >= 0 and < long.MaxValue - Block ? large : null;
        }

        var octal = Text(field).Trim();
        return octal.Length > 0 && octal.All(digit => digit is >= '0' and <= '7') ? Convert.ToInt64(octal, 8) : null;
    }

    private static void SetSize(Span<byte> header, int size)
    {
        Encoding.ASCII.GetBytes(Convert.ToString(size, 8).PadLeft(11, '0') + "\0", header[124..136]);

        // The checksum counts its own field as spaces.
        header[148..156].Fill((byte)' ');
        var sum = 0;
        foreach (var value in header)
        {
            sum += value;
        }

        Encoding.ASCII.GetBytes(Convert.ToString(sum, 8).PadLeft(6, '0') + "\0 ", header[148..156]);
    }

    /// <summary>A pax record's value: <c>LENGTH KEY=VALUE\n</c>.</summary>
    private static string? Record(ReadOnlySpan<byte> records, string key)
    {
        while (records.IndexOf((byte)' ') is var space and > 0 && int.TryParse(records[..space], NumberStyles.None, CultureInfo.InvariantCulture, out var length) && length > space && length <= records.Length)
        {
            var record = Encoding.UTF8.GetString(records[(space + 1)..length]).TrimEnd('\n');
            if (record.StartsWith(key + "=", StringComparison.Ordinal))
            {
                return record[(key.Length + 1)..];
            }

            records = records[length..];
        }

        return null;
    }
}

using System.Buffers;
using System.Text;
using System.Text.Unicode;
using MlOps.Core.Problems;

namespace MlOps.Core.Files;

/// <summary>
/// Text that a user wrote: UTF-8, or UTF-16 by its byte order mark (YAML 1.2, section 5.2). The mark is no part of the text. What
/// is neither is refused with its place, never read with other letters in it.
/// </summary>
public static class TextFile
{
    /// <param name="shown">How problems name the file.</param>
    /// <returns>Null, with a problem, where it is no such text.</returns>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not read it.</exception>
    public static string? Read(string path, string? shown, ICollection<Problem> problems) => Decode(File.ReadAllBytes(path), shown, problems);

    /// <inheritdoc cref="Read"/>
    public static string? Decode(ReadOnlySpan<byte> content, string? shown, ICollection<Problem> problems)
    {
        if (content is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..])
        {
            return Utf16(content, shown, problems);
        }

        var bytes = content is [0xEF, 0xBB, 0xBF, ..] ? content[3..] : content;
        var letters = ArrayPool<char>.Shared.Rent(bytes.Length);
        try
        {
            if (Utf8.ToUtf16(bytes, letters, out var read, out var written, replaceInvalidSequences: false) == OperationStatus.Done)
            {
                return new string(letters, 0, written);
            }

            problems.Add(NotUtf8(shown, letters.AsSpan(0, written), bytes[read]));
            return null;
        }
        finally
        {
            ArrayPool<char>.Shared.Return(letters);
        }
    }

    private static string? Utf16(ReadOnlySpan<byte> content, string? shown, ICollection<Problem> problems)
    {
        try
        {
            return new UnicodeEncoding(bigEndian: content[0] == 0xFE, byteOrderMark: false, throwOnInvalidBytes: true).GetString(content[2..]);
        }
        catch (DecoderFallbackException)
        {
            problems.Add(Problem.Error("not-utf8", "The file begins as UTF-16 and is not. Save it as UTF-8.", new SourceSpot(shown, 1, 1)));
            return null;
        }
    }

    private static Problem NotUtf8(string? shown, ReadOnlySpan<char> before, byte odd)
    {
        // Of the old one-byte encodings the likeliest; below 0xA0 it has no letters.
        var letter = odd >= 0xA0 ? $" ('{(char)odd}' in Latin-1)" : "";
        var spot = new SourceSpot(shown, before.Count('\n') + 1, before.Length - before.LastIndexOf('\n'));
        return Problem.Error("not-utf8", $"The file is not UTF-8: the byte 0x{odd:X2} here{letter} stands for no letter. Save it as UTF-8.", spot);
    }
}

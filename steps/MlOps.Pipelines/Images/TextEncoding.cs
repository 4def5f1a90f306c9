using System.Text;
using MlOps.Core.Files;
using MlOps.Core.Problems;

namespace MlOps.Pipelines.Images;

/// <summary>A file's text and its encoding, UTF-8 or UTF-16, so that places in the text are places in the file. The byte order mark is not part of the text.</summary>
internal sealed record TextEncoding(Encoding Encoding, int MarkLength, string Text)
{
    /// <summary>The bytes as text; null, with a problem, where they are not valid in their encoding.</summary>
    public static TextEncoding? Read(string path, byte[] content, ICollection<Problem> problems)
    {
        var (encoding, mark) = content switch
        {
            [0xEF, 0xBB, 0xBF, ..] => (Encoding.UTF8, 3),
            [0xFF, 0xFE, ..] => (Encoding.Unicode, 2),
            [0xFE, 0xFF, ..] => (Encoding.BigEndianUnicode, 2),
            _ => (Encoding.UTF8, 0),
        };
        return TextFile.Decode(content, path, problems) is { } text ? new TextEncoding(encoding, mark, text) : null;
    }

    /// <summary>How many bytes of the file come before a place in the text.</summary>
    public int Offset(int at) => MarkLength + Encoding.GetByteCount(Text.AsSpan(0, at));
}

using System.Text;
using MlOps.Core.Problems;

namespace MlOps.Pipelines.Images;

/// <summary>The encoding of a YAML file: UTF-8, or UTF-16 by its byte order mark (YAML 1.2, section 5.2). The mark is not part of the text.</summary>
internal sealed record TextEncoding(Encoding Encoding, int MarkLength, string Text)
{
    /// <summary>The bytes as text; null, with a problem, where they are not valid in their encoding.</summary>
    public static TextEncoding? Read(string path, byte[] content, ICollection<Problem> problems)
    {
        var (encoding, mark) = content switch
        {
            [0xEF, 0xBB, 0xBF, ..] => (new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true), 3),
            [0xFF, 0xFE, ..] => (new UnicodeEncoding(bigEndian: false, byteOrderMark: false, throwOnInvalidBytes: true), 2),
            [0xFE, 0xFF, ..] => (new UnicodeEncoding(bigEndian: true, byteOrderMark: false, throwOnInvalidBytes: true), 2),
            _ => ((Encoding)new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true), 0),
        };
        try
        {
            return new TextEncoding(encoding, mark, encoding.GetString(content, mark, content.Length - mark));
        }
        catch (DecoderFallbackException error)
        {
            problems.Add(Problem.Error("bad-encoding", $"The file is not {encoding.WebName} text: the bytes at offset {error.Index + mark} stand for no character. Save it as UTF-8.", new SourceSpot(path, 1, 1)));
            return null;
        }
    }

    /// <summary>How many bytes of the file come before a place in the text.</summary>
    public int Offset(int at) => MarkLength + Encoding.GetByteCount(Text.AsSpan(0, at));
}

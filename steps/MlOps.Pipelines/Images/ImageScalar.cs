using System.Runtime.InteropServices;
using MlOps.Core.Yaml;

namespace MlOps.Pipelines.Images;

/// <summary>The characters of a YAML text that spell an image's name, without quotes, anchors or the header of a block scalar.</summary>
/// <param name="Start">Offset of the first character.</param>
/// <param name="Length">Count of characters, in UTF-16 code units.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ImageScalar(int Start, int Length)
{
    public int End => Start + Length;

    /// <summary>Where the value of an entry is spelt; an alias is spelt where it stands, not where its anchor is.</summary>
    public static ImageScalar Of(string text, YamlEntry entry)
    {
        var value = (YamlScalar)entry.Value;
        if (value.Start < entry.Key.End && entry.Key.End < text.Length && Alias(text, entry.Key.End) is { } alias)
        {
            return alias;
        }

        var start = SkipProperties(text, value.Start, value.End);
        return start < value.End && text[start] is '\'' or '"' ? Quoted(text, start, value.End)
            : start < value.End && text[start] is '|' or '>' ? Trimmed(text, LineEnd(text, start), value.End)
            : Trimmed(text, start, value.End);
    }

    private static ImageScalar Quoted(string text, int start, int end)
    {
        var close = text.LastIndexOf(text[start], end - 1);
        return new ImageScalar(start + 1, close - start - 1);
    }

    private static ImageScalar Trimmed(string text, int start, int end)
    {
        while (start < end && char.IsWhiteSpace(text[start]))
        {
            start++;
        }

        while (end > start && char.IsWhiteSpace(text[end - 1]))
        {
            end--;
        }

        return new ImageScalar(start, end - start);
    }

    // Anchors and tags count as part of the scalar for the parser.
    private static int SkipProperties(string text, int at, int end)
    {
        while (at < end && text[at] is '&' or '!')
        {
            while (at < end && !char.IsWhiteSpace(text[at]))
            {
                at++;
            }

            at = SkipBlank(text, at);
        }

        return at;
    }

    private static ImageScalar? Alias(string text, int at)
    {
        at = SkipBlank(text, at);
        if (at >= text.Length || text[at] != ':')
        {
            return null;
        }

        at = SkipBlank(text, at + 1);
        if (at >= text.Length || text[at] != '*')
        {
            return null;
        }

        var end = at;
        while (end < text.Length && !char.IsWhiteSpace(text[end]) && text[end] is not (',' or '}' or ']'))
        {
            end++;
        }

        return new ImageScalar(at, end - at);
    }

    private static int SkipBlank(string text, int at)
    {
        while (at < text.Length && (char.IsWhiteSpace(text[at]) || text[at] == '#'))
        {
            at = text[at] == '#' ? LineEnd(text, at) : at + 1;
        }

        return at;
    }

    internal static int LineEnd(string text, int at)
    {
        var end = text.AsSpan(at).IndexOfAny('\n', '\r');
        return end < 0 ? text.Length : at + end;
    }
}

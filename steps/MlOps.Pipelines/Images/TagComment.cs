namespace MlOps.Pipelines.Images;

/// <summary>The comment <c># tag: TAG</c> at the end of an image's line.</summary>
internal static class TagComment
{
    private const string Marker = "  # tag: ";

    /// <summary>
    /// The edit that leaves exactly the comment of this tag at the end of the image's line, or none without a tag; null where
    /// nothing is to be done. A comment of the author's own stays before it.
    /// </summary>
    public static (int Start, int Length, string New)? At(string text, ImageScalar image, string? tag)
    {
        var end = ImageScalar.LineEnd(text, image.End);
        var rest = text.AsSpan(image.End, end - image.End);
        var old = rest.LastIndexOf(Marker);
        var isOurs = old >= 0 && rest[(old + Marker.Length)..].IndexOfAny(' ', '\t') < 0;
        if (!CanFollow(text, image, isOurs ? rest[..old] : rest) || (tag is null && !isOurs))
        {
            return null;
        }

        var start = isOurs ? image.End + old : end;
        return (start, end - start, tag is null ? "" : Marker + tag);
    }

    // Behind a plain or quoted scalar of one line, with nothing but a comment after it.
    private static bool CanFollow(string text, ImageScalar image, ReadOnlySpan<char> rest)
    {
        if (text.AsSpan(image.Start, image.Length).ContainsAny('\n', '\r') || IsAloneOnLine(text, image.Start))
        {
            return false;
        }

        var after = rest is ['\'' or '"', ..] ? rest[1..] : rest;
        return after.IsWhiteSpace() || (char.IsWhiteSpace(after[0]) && after.TrimStart()[0] == '#');
    }

    // As the content of a block scalar is; a comment there would be content.
    private static bool IsAloneOnLine(string text, int start)
    {
        var before = text.AsSpan(0, start);
        return before[(before.LastIndexOfAny('\n', '\r') + 1)..].IsWhiteSpace();
    }
}

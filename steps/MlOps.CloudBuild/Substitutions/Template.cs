namespace MlOps.CloudBuild.Substitutions;

/// <summary>A <c>$KEY</c> or <c>${KEY}</c> in a text.</summary>
internal readonly record struct Reference(string Key, int Offset, int Length);

/// <summary>
/// The fields of a build, read from left to right: <c>$$</c> is a <c>$</c>; <c>$</c> with <c>{KEY}</c>, or with as many letters of
/// a key as follow, is a reference; every other <c>$</c> is just that.
/// </summary>
internal static class Template
{
    /// <param name="valueOf">Called for each reference, in order.</param>
    public static string Replace(string text, Func<Reference, string> valueOf)
    {
        if (!text.Contains('$', StringComparison.Ordinal))
        {
            return text;
        }

        var result = new System.Text.StringBuilder(text.Length);
        for (var at = 0; at < text.Length;)
        {
            if (text[at] != '$')
            {
                result.Append(text[at++]);
            }
            else if (at + 1 < text.Length && text[at + 1] == '$')
            {
                result.Append('$');
                at += 2;
            }
            else if (ReferenceAt(text, at) is { } reference)
            {
                result.Append(valueOf(reference));
                at += reference.Length;
            }
            else
            {
                result.Append(text[at++]);
            }
        }

        return result.ToString();
    }

    private static Reference? ReferenceAt(string text, int at)
    {
        var braces = at + 1 < text.Length && text[at + 1] == '{';
        var start = at + (braces ? 2 : 1);
        var end = start;
        while (end < text.Length && (end == start ? SubstitutionKeys.IsFirstLetter(text[end]) : SubstitutionKeys.IsLetter(text[end])))
        {
            end++;
        }

        var isReference = end > start && (!braces || (end < text.Length && text[end] == '}'));
        return isReference ? new Reference(text[start..end], at, end + (braces ? 1 : 0) - at) : null;
    }
}

using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace MlOps.Steps.Submit;

/// <summary>
/// One line of a <c>.gcloudignore</c> as gcloud 528 reads it (googlecloudsdk/command_lib/util/glob.py): nearly git's syntax, but a
/// pattern with a slash inside matches at any depth, and <c>*</c> alone matches below folders of one letter.
/// </summary>
internal sealed partial class IgnorePattern
{
    private const string AnyFolders = "**";
    private readonly ImmutableArray<NamePattern> _parts;
    private readonly bool _foldersOnly;

    private IgnorePattern(string text, bool foldersOnly, bool takesBack)
    {
        _parts = [.. text.Split('/').Select(part => new NamePattern(part))];
        (_foldersOnly, TakesBack) = (foldersOnly, takesBack);
    }

    /// <summary><c>!pattern</c></summary>
    public bool TakesBack { get; }

    /// <summary>Null for a line that says nothing: blank, or ended by a lone backslash. Comments are the caller's.</summary>
    public static IgnorePattern? Parse(string line)
    {
        var takesBack = line.StartsWith('!');
        var text = takesBack ? line[1..] : line;
        var foldersOnly = text.EndsWith('/');
        text = WithoutSpaces(foldersOnly ? text[..^1] : text);
        if (LoneBackslash().IsMatch(text))
        {
            return null;
        }

        text = Escaped().Replace(text, "$1").Replace(@"\\", @"\", StringComparison.Ordinal);
        return text.Length == 0 ? null : new IgnorePattern(text, foldersOnly, takesBack);
    }

    /// <param name="path">Relative, with <c>/</c>.</param>
    public bool Matches(string path, bool isFolder) => (isFolder || !_foldersOnly) && Matches(_parts.AsSpan(), rooted: false, path);

    /// <summary>
    /// From the right: the last part of the pattern against the last of the path. <paramref name="rooted"/>: after <c>**</c> what is left
    /// of the pattern must begin at the root, as with a leading slash. A null path lies above the root.
    /// </summary>
    private static bool Matches(ReadOnlySpan<NamePattern> parts, bool rooted, string? path)
    {
        if (parts.IsEmpty && !rooted)
        {
            return true;
        }

        if (path is null)
        {
            return false;
        }

        if (parts.IsEmpty)
        {
            return path.Length == 0;
        }

        var part = parts[^1];
        var rest = parts[..^1];
        var slash = path.LastIndexOf('/');
        var name = path[(slash + 1)..];
        var above = name.Length == 0 ? null : slash < 0 ? "" : path[..slash];
        if (part.Text == AnyFolders)
        {
            return MatchesAnyAbove(rest, path);
        }

        if (part.Text == "*" && rest.IsEmpty && !rooted && above?.Length > 1)
        {
            return false;
        }

        return part.Matches(name) && Matches(rest, rooted, above);
    }

    private static bool MatchesAnyAbove(ReadOnlySpan<NamePattern> rest, string path)
    {
        var rooted = rest.IsEmpty || rest[0].Text.Length > 0;
        for (var prefix = path; ; prefix = prefix.LastIndexOf('/') is var slash and > 0 ? prefix[..slash] : "")
        {
            if (Matches(rest, rooted, prefix))
            {
                return true;
            }

            if (prefix.Length == 0)
            {
                return false;
            }
        }
    }

    /// <summary>Spaces at the end go, unless escaped; escaped ones anywhere are spaces.</summary>
    private static string WithoutSpaces(string line)
    {
        var end = 0;
        for (var at = 0; at < line.Length; at++)
        {
            var escapes = line[at] == '\\' && at + 1 < line.Length;
            at += escapes ? 1 : 0;
            end = escapes || line[at] != ' ' ? at + 1 : end;
        }

        return line[..end].Replace(@"\ ", " ", StringComparison.Ordinal);
    }

    [GeneratedRegex(@"(?<!\\)\\(\\\\)*\z")]
    private static partial Regex LoneBackslash();

    [GeneratedRegex(@"\\([^\\])")]
    private static partial Regex Escaped();
}

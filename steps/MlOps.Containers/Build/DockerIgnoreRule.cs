using System.Collections.Concurrent;
using System.Text;
using System.Text.RegularExpressions;

namespace MlOps.Containers.Build;

/// <summary>One line of a <c>.dockerignore</c>: <c>*</c> and <c>?</c> stay within a folder, <c>**</c> does not, <c>[a-z]</c> is a set, <c>\</c> escapes.</summary>
internal sealed class DockerIgnoreRule
{
    private const string Special = "*?[\\";

    // Components of one repo mostly have the same rules.
    private static readonly ConcurrentDictionary<string, Regex> Known = new(StringComparer.Ordinal);

    private readonly string _pattern;
    private readonly Regex? _regex;

    private DockerIgnoreRule(string pattern, bool takesBack)
    {
        _pattern = pattern;
        TakesBack = takesBack;
        _regex = pattern.AsSpan().ContainsAny(Special) ? Known.GetOrAdd(pattern, one => new Regex(Translate(one), RegexOptions.CultureInvariant)) : null;
    }

    public bool TakesBack { get; }

    /// <summary>Null for an empty line or a comment.</summary>
    public static DockerIgnoreRule? Parse(string line)
    {
        if (line.StartsWith('#'))
        {
            return null;
        }

        var text = line.Trim();
        var takesBack = text.StartsWith('!');
        var pattern = Clean(takesBack ? text[1..].Trim() : text);
        return pattern.Length == 0 ? null : new DockerIgnoreRule(pattern, takesBack);
    }

    public bool Matches(string path) => _regex?.IsMatch(path) ?? _pattern == path;

    public bool MayTakeBackUnder(string folder)
    {
        if (!TakesBack)
        {
            return false;
        }

        var special = _pattern.AsSpan().IndexOfAny(Special);
        var literal = special < 0 ? _pattern : _pattern[..special];
        var inside = folder + "/";
        return special < 0
            ? literal.StartsWith(inside, StringComparison.Ordinal)
            : literal.StartsWith(inside, StringComparison.Ordinal) || inside.StartsWith(literal, StringComparison.Ordinal);
    }

    // As Go's filepath.Clean: no empty, '.' or resolvable '..' parts, no slash at either end.
    private static string Clean(string pattern)
    {
        var parts = new List<string>();
        foreach (var part in pattern.Split('/'))
        {
            if (part == ".." && parts.Count > 0 && parts[^1] != "..")
            {
                parts.RemoveAt(parts.Count - 1);
            }
            else if (part is not ("" or "."))
            {
                parts.Add(part);
            }
        }

        return string.Join('/', parts);
    }

    // As moby/patternmatcher compiles it.
    private static string Translate(string pattern)
    {
        var regex = new StringBuilder("^");
        for (var at = 0; at < pattern.Length; at++)
        {
            switch (pattern[at])
            {
                case '*' when at + 1 < pattern.Length && pattern[at + 1] == '*':
                    at += at + 2 < pattern.Length && pattern[at + 2] == '/' ? 2 : 1;
                    regex.Append(at + 1 == pattern.Length ? ".*" : "(.*/)?");
                    break;
                case '*':
                    regex.Append("[^/]*");
                    break;
                case '?':
                    regex.Append("[^/]");
                    break;
                case '\\' when at + 1 < pattern.Length:
                    regex.Append(Regex.Escape(pattern[++at].ToString()));
                    break;
                case '[' when SetEnd(pattern, at) is var end and > 0:
                    regex.Append('[').Append(pattern.AsSpan(at + 1, end - at - 1)).Append(']');
                    at = end;
                    break;
                default:
                    regex.Append(Regex.Escape(pattern[at].ToString()));
                    break;
            }
        }

        return regex.Append('\\').Append('z').ToString();
    }

    private static int SetEnd(string pattern, int open)
    {
        var end = open + 1 < pattern.Length ? pattern.IndexOf(']', open + 2 > pattern.Length ? pattern.Length : open + 2) : -1;
        return end > open + 1 ? end : -1;
    }
}

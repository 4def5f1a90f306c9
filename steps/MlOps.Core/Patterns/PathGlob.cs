using System.Collections.Immutable;

namespace MlOps.Core.Patterns;

/// <summary>
/// A glob over paths as Cloud Build's triggers have it: Go's <c>path.Match</c>, segment by segment, and <c>**</c> for any number of
/// whole segments. <c>{a,b}</c> stands for either.
/// </summary>
public sealed class PathGlob
{
    private const string AnySegments = "**";
    private const int MostAlternatives = 1000;
    private readonly ImmutableArray<ImmutableArray<PathSegment?>> _alternatives;

    private PathGlob(string text, ImmutableArray<ImmutableArray<PathSegment?>> alternatives) => (Text, _alternatives) = (text, alternatives);

    public string Text { get; }

    /// <exception cref="GlobSyntaxException">Go cannot read it.</exception>
    public static PathGlob Parse(string text)
    {
        var alternatives = ImmutableArray.CreateBuilder<ImmutableArray<PathSegment?>>();
        foreach (var alternative in Expand(text))
        {
            alternatives.Add(alternatives.Count < MostAlternatives
                ? [.. alternative.Split('/').Select(segment => segment == AnySegments ? null : PathSegment.Parse(segment, text))]
                : throw new GlobSyntaxException(text, $"it has more than {MostAlternatives} alternatives"));
        }

        return new PathGlob(text, alternatives.ToImmutable());
    }

    public bool IsMatch(string path)
    {
        var segments = path.Split('/');
        return _alternatives.Any(pattern => Matches(pattern, segments));
    }

    public override string ToString() => Text;

    private static bool Matches(ImmutableArray<PathSegment?> pattern, string[] path)
    {
        // Row by row: which beginnings of the path the pattern so far matches.
        var reached = new bool[path.Length + 1];
        reached[0] = true;
        for (var part = 0; part < pattern.Length; part++)
        {
            var next = new bool[path.Length + 1];
            for (var at = 0; at <= path.Length; at++)
            {
                next[at] = pattern[part] is { } segment
                    ? at > 0 && reached[at - 1] && segment.IsMatch(path[at - 1])
                    : part == pattern.Length - 1 ? at > 0 && (reached[at - 1] || next[at - 1]) : reached[at] || (at > 0 && next[at - 1]);
            }

            reached = next;
        }

        return reached[^1];
    }

    /// <summary>Without braces: <c>a{b,c}</c> gives <c>ab</c> and <c>ac</c>. Braces without a comma stand for themselves, as in Go.</summary>
    private static IEnumerable<string> Expand(string text)
    {
        for (var open = NextOf('{', text, 0); open >= 0; open = NextOf('{', text, open + 1))
        {
            if (Alternatives(text, open, out var close) is { Count: > 1 } parts)
            {
                return parts.SelectMany(part => Expand(text[..open] + part + text[(close + 1)..]));
            }
        }

        return [text];
    }

    private static List<string> Alternatives(string text, int open, out int close)
    {
        var parts = new List<string>();
        var (depth, from) = (0, open + 1);
        for (close = open; close < text.Length; close++)
        {
            switch (text[close])
            {
                case '\\':
                    close++;
                    break;
                case '{':
                    depth++;
                    break;
                case ',' when depth == 1:
                    parts.Add(text[from..close]);
                    from = close + 1;
                    break;
                case '}' when --depth == 0:
                    parts.Add(text[from..close]);
                    return parts;
            }
        }

        return [];
    }

    /// <summary>The next such letter that is neither escaped nor in a class.</summary>
    private static int NextOf(char letter, string text, int from)
    {
        var inClass = false;
        for (var at = 0; at < text.Length; at++)
        {
            switch (text[at])
            {
                case '\\':
                    at++;
                    break;
                case '[':
                    inClass = true;
                    break;
                case ']':
                    inClass = false;
                    break;
                case var found when found == letter && !inClass && at >= from:
                    return at;
            }
        }

        return -1;
    }
}

/// <summary>A text that is not a glob.</summary>
public sealed class GlobSyntaxException(string pattern, string why) : Exception($"syntax error in pattern {pattern}: {why}")
{
    public string Why { get; } = why;
}

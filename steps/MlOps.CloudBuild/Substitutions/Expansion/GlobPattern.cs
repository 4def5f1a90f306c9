using System.Collections.Immutable;
using System.Text;

namespace MlOps.CloudBuild.Substitutions.Expansion;

/// <summary>A character of a pattern; a quoted one has no special meaning.</summary>
internal readonly record struct Glyph(Rune Rune, bool Quoted)
{
    public bool Is(char special) => !Quoted && Rune.Value == special;
}

/// <summary>
/// A bash pattern (<c>*</c>, <c>?</c>, brackets, escapes) over code points, without <c>extglob</c>. Matching keeps the set of places in
/// the pattern that are reached, so that its time is bounded by text × pattern.
/// </summary>
internal sealed class GlobPattern
{
    private readonly ImmutableArray<Element> _elements;

    private GlobPattern(ImmutableArray<Element> elements) => _elements = elements;

    public static GlobPattern Parse(ReadOnlySpan<Glyph> glyphs)
    {
        var elements = ImmutableArray.CreateBuilder<Element>();
        for (var at = 0; at < glyphs.Length; at++)
        {
            var glyph = glyphs[at];
            if (glyph.Is('*'))
            {
                elements.Add(Element.Star);
            }
            else if (glyph.Is('?'))
            {
                elements.Add(new Element(null));
            }
            else if (glyph.Is('[') && BracketSet.TryParse(glyphs[at..], out var set, out var length))
            {
                elements.Add(new Element(set.Contains));
                at += length - 1;
            }
            else
            {
                // A backslash that came out of a value escapes what follows it, as bash reads patterns in variables.
                var literal = glyph.Is('\\') && at + 1 < glyphs.Length ? glyphs[++at].Rune : glyph.Rune;
                elements.Add(new Element(rune => rune == literal));
            }
        }

        return new GlobPattern(elements.ToImmutable());
    }

    /// <summary>Whether all of the text matches.</summary>
    public bool Matches(ReadOnlySpan<Rune> text) => MatchAtStart(text, longest: true) == text.Length;

    /// <summary>The length of the shortest or longest match at the start of a text; -1 without any.</summary>
    public int MatchAtStart(ReadOnlySpan<Rune> text, bool longest)
    {
        var ends = Ends(text);
        return ends.Count == 0 ? -1 : longest ? ends[^1] : ends[0];
    }

    /// <summary>The length of the shortest or longest match at the end of a text; -1 without any.</summary>
    public int MatchAtEnd(ReadOnlySpan<Rune> text, bool longest)
    {
        var backwards = text.ToArray();
        Array.Reverse(backwards);
        return new GlobPattern([.. _elements.Reverse()]).MatchAtStart(backwards, longest);
    }

    /// <summary>The lengths, ascending, of all matches that begin at the start of the text.</summary>
    private List<int> Ends(ReadOnlySpan<Rune> text)
    {
        var ends = new List<int>();
        var reached = new bool[_elements.Length + 1];
        reached[0] = true;
        for (var at = 0; ; at++)
        {
            // A star may be empty.
            for (var state = 0; state < _elements.Length; state++)
            {
                reached[state + 1] |= reached[state] && _elements[state].Many;
            }

            if (reached[^1])
            {
                ends.Add(at);
            }

            if (at == text.Length || !Step(reached, text[at]))
            {
                return ends;
            }
        }
    }

    private bool Step(bool[] reached, Rune rune)
    {
        var any = false;
        for (var state = _elements.Length; state >= 0; state--)
        {
            var stays = state < _elements.Length && reached[state] && _elements[state].Many;
            var comes = state > 0 && reached[state - 1] && !_elements[state - 1].Many && _elements[state - 1].Accepts(rune);
            reached[state] = stays || comes;
            any |= reached[state];
        }

        return any;
    }

    /// <param name="Test">Null: any code point.</param>
    /// <param name="Many">A star.</param>
    private sealed record Element(Func<Rune, bool>? Test, bool Many = false)
    {
        public static readonly Element Star = new(null, Many: true);

        public bool Accepts(Rune rune) => Test is null || Test(rune);
    }
}

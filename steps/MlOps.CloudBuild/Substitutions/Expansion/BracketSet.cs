using System.Globalization;
using System.Text;

namespace MlOps.CloudBuild.Substitutions.Expansion;

/// <summary><c>[abc]</c>, <c>[a-z]</c>, <c>[!…]</c>, <c>[[:alpha:]]</c>: the code points that a bracket of a pattern stands for (glob(7), in the locale C.UTF-8).</summary>
internal sealed class BracketSet
{
    private readonly List<(int From, int To)> _ranges = [];
    private readonly List<Func<Rune, bool>> _classes = [];
    private bool _negated;

    public bool Contains(Rune rune) =>
        _negated != (_ranges.Any(range => range.From <= rune.Value && rune.Value <= range.To) || _classes.Any(test => test(rune)));

    /// <param name="glyphs">From the opening bracket on.</param>
    /// <param name="length">Of the bracket, both ends included.</param>
    /// <returns>False where it is never closed: then the bracket is just a character.</returns>
    public static bool TryParse(ReadOnlySpan<Glyph> glyphs, out BracketSet set, out int length)
    {
        set = new BracketSet();
        var at = 1;
        if (at < glyphs.Length && (glyphs[at].Is('!') || glyphs[at].Is('^')))
        {
            set._negated = true;
            at++;
        }

        for (var first = true; at < glyphs.Length; first = false)
        {
            if (glyphs[at].Is(']') && !first)
            {
                length = at + 1;
                return true;
            }

            if (!set.AddItem(glyphs, ref at))
            {
                break;
            }
        }

        length = 0;
        return false;
    }

    /// <summary>A class, a character or a range.</summary>
    private bool AddItem(ReadOnlySpan<Glyph> glyphs, ref int at)
    {
        if (TryNamed(glyphs, at, ':', out var name, out var past))
        {
            _classes.Add(ClassOf(name));
            at = past;
            return true;
        }

        if (!TryCharacter(glyphs, ref at, out var from))
        {
            return false;
        }

        var to = from;
        if (at + 1 < glyphs.Length && glyphs[at].Is('-') && !glyphs[at + 1].Is(']'))
        {
            at++;
            if (!TryCharacter(glyphs, ref at, out to))
            {
                return false;
            }
        }

        _ranges.Add((from, to));
        return true;
    }

    /// <summary>One character: itself, escaped, <c>[.x.]</c> or <c>[=x=]</c>. One that nothing can be equal to is -1.</summary>
    private static bool TryCharacter(ReadOnlySpan<Glyph> glyphs, ref int at, out int character)
    {
        character = -1;
        if (TryNamed(glyphs, at, '.', out var name, out var past) || TryNamed(glyphs, at, '=', out name, out past))
        {
            var runes = name.EnumerateRunes().ToArray();
            character = runes.Length == 1 ? runes[0].Value : -1;
            at = past;
            return true;
        }

        if (glyphs[at].Is('\\'))
        {
            at++;
        }

        if (at >= glyphs.Length)
        {
            return false;
        }

        character = glyphs[at++].Rune.Value;
        return true;
    }

    /// <summary><c>[:name:]</c> and its like.</summary>
    private static bool TryNamed(ReadOnlySpan<Glyph> glyphs, int at, char mark, out string name, out int past)
    {
        name = "";
        past = at;
        if (at + 1 >= glyphs.Length || !glyphs[at].Is('[') || !glyphs[at + 1].Is(mark))
        {
            return false;
        }

        var text = new StringBuilder();
        for (var end = at + 2; end + 1 < glyphs.Length; end++)
        {
            if (glyphs[end].Is(mark) && glyphs[end + 1].Is(']'))
            {
                name = text.ToString();
                past = end + 2;
                return true;
            }

            text.Append(glyphs[end].Rune.ToString());
        }

        return false;
    }

    private static Func<Rune, bool> ClassOf(string name) => name switch
    {
        "alpha" => IsAlpha,
        "digit" => static rune => rune.Value is >= '0' and <= '9',
        "alnum" => IsAlnum,
        "upper" => Rune.IsUpper,
        "lower" => Rune.IsLower,
        "space" => static rune => Rune.IsWhiteSpace(rune) && rune.Value is not (0x85 or 0xA0 or 0x2007 or 0x202F),
        "blank" => static rune => rune.Value == '\t' || (Rune.GetUnicodeCategory(rune) == UnicodeCategory.SpaceSeparator && rune.Value is not (0xA0 or 0x2007 or 0x202F)),
        "punct" => static rune => IsGraph(rune) && !IsAlnum(rune),
        "graph" => IsGraph,
        "print" => static rune => IsGraph(rune) || Rune.GetUnicodeCategory(rune) == UnicodeCategory.SpaceSeparator,
        "cntrl" => static rune => Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator,
        "xdigit" => static rune => rune.IsAscii && char.IsAsciiHexDigit((char)rune.Value),
        "word" => static rune => IsAlnum(rune) || rune.Value == '_',
        "ascii" => static rune => rune.IsAscii,
        _ => static _ => false,
    };

    /// <summary>Other scripts' digits are letters to the C library.</summary>
    private static bool IsAlpha(Rune rune) => Rune.IsLetter(rune) || (!rune.IsAscii && Rune.GetUnicodeCategory(rune) is UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber);

    private static bool IsAlnum(Rune rune) => IsAlpha(rune) || rune.Value is >= '0' and <= '9';

    private static bool IsGraph(Rune rune) => Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.LineSeparator
        or UnicodeCategory.ParagraphSeparator or UnicodeCategory.SpaceSeparator or UnicodeCategory.OtherNotAssigned or UnicodeCategory.Surrogate);
}

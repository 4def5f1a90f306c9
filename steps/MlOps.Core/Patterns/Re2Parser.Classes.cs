using System.Collections.Frozen;
using System.Collections.Immutable;
using static MlOps.Core.Patterns.Re2Node;

namespace MlOps.Core.Patterns;

/// <summary>Classes and escapes.</summary>
internal sealed partial class Re2Parser
{
    private static readonly FrozenDictionary<string, RuneSet> Posix = new Dictionary<string, RuneSet>(StringComparer.Ordinal)
    {
        ["alnum"] = RuneSet.Of(('0', '9'), ('A', 'Z'), ('a', 'z')),
        ["alpha"] = RuneSet.Of(('A', 'Z'), ('a', 'z')),
        ["ascii"] = RuneSet.Of((0, 0x7F)),
        ["blank"] = RuneSet.Of(('\t', '\t'), (' ', ' ')),
        ["cntrl"] = RuneSet.Of((0, 0x1F), (0x7F, 0x7F)),
        ["digit"] = RuneSet.Of(('0', '9')),
        ["graph"] = RuneSet.Of(('!', '~')),
        ["lower"] = RuneSet.Of(('a', 'z')),
        ["print"] = RuneSet.Of((' ', '~')),
        ["punct"] = RuneSet.Of(('!', '/'), (':', '@'), ('[', '`'), ('{', '~')),
        ["space"] = RuneSet.Of(('\t', '\r'), (' ', ' ')),
        ["upper"] = RuneSet.Of(('A', 'Z')),
        ["word"] = RuneSet.Of(('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')),
        ["xdigit"] = RuneSet.Of(('0', '9'), ('A', 'F'), ('a', 'f')),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly RuneSet PerlSpace = RuneSet.Of(('\t', '\n'), ('\f', '\r'), (' ', ' '));

    private void Backslash(ImmutableArray<Re2Node>.Builder parts)
    {
        switch (_at + 1 < text.Length ? text[_at + 1] : '\0')
        {
            case 'A':
                Add(Re2Place.TextBegin);
                break;
            case 'z':
                Add(Re2Place.TextEnd);
                break;
            case 'b':
                Add(Re2Place.WordEdge);
                break;
            case 'B':
                Add(Re2Place.NoWordEdge);
                break;
            case 'C':
                throw new Re2SyntaxException("invalid escape sequence", "\\C");
            case 'Q':
                Quoted(parts);
                break;
            default:
                parts.Add((Category() ?? Perl()) is { } set ? new Letter(set) : Literal(Escape()));
                break;
        }

        void Add(Re2Place place)
        {
            _at += 2;
            parts.Add(new Place(place));
        }
    }

    /// <summary><c>\Q…\E</c>: what is between stands for itself.</summary>
    private void Quoted(ImmutableArray<Re2Node>.Builder parts)
    {
        var end = text.IndexOf("\\E", _at + 2, StringComparison.Ordinal);
        _at += 2;
        while (_at < (end < 0 ? text.Length : end))
        {
            parts.Add(Literal(Rune()));
        }

        _at += end < 0 ? 0 : 2;
    }

    /// <summary><c>[…]</c></summary>
    private RuneSet Class()
    {
        var start = _at++;
        var negated = Took("^");
        var ranges = new List<(int, int)>();
        for (var first = true; first || _at >= text.Length || text[_at] != ']'; first = false)
        {
            if ((Named() ?? Category() ?? Perl()) is { } set)
            {
                ranges.AddRange(set.Ranges);
                continue;
            }

            var from = _at;
            var low = ClassRune(start);
            var high = low;
            if (_at + 1 < text.Length && text[_at] == '-' && text[_at + 1] != ']')
            {
                _at++;
                high = ClassRune(start);
                if (high < low)
                {
                    throw new Re2SyntaxException("invalid character class range", text[from.._at]);
                }
            }

            var range = RuneSet.Of((low, high));
            ranges.AddRange((Has(Flags.FoldCase) ? range.Folded() : range).Ranges);
        }

        _at++;
        var all = RuneSet.Of(ranges);
        return negated ? all.Negated() : all;
    }

    private int ClassRune(int start) => _at >= text.Length ? throw new Re2SyntaxException("missing closing ]", text[start..])
        : text[_at] == '\\' ? Escape()
        : Rune();

    /// <summary><c>[:alpha:]</c>, within a class.</summary>
    private RuneSet? Named()
    {
        if (!text.AsSpan(_at).StartsWith("[:") || text.IndexOf(":]", _at + 2, StringComparison.Ordinal) is not (>= 0 and var end))
        {
            return null;
        }

        var name = text[(_at + 2)..end];
        var negated = name.StartsWith('^');
        if (!Posix.TryGetValue(name.TrimStart('^'), out var set) || name.StartsWith("^^", StringComparison.Ordinal))
        {
            throw new Re2SyntaxException("invalid character class range", text[_at..(end + 2)]);
        }

        _at = end + 2;
        return Sided(set, negated);
    }

    /// <summary><c>\pL</c>, <c>\p{Greek}</c>, <c>\P…</c>, <c>\p{^…}</c></summary>
    private RuneSet? Category()
    {
        if (!text.AsSpan(_at).StartsWith("\\p") && !text.AsSpan(_at).StartsWith("\\P"))
        {
            return null;
        }

        var start = _at;
        var negated = text[_at + 1] == 'P';
        _at += 2;
        var name = "";
        if (Took("{"))
        {
            var end = text.IndexOf('}', _at);
            name = end < 0 ? "" : text[_at..end];
            _at = end < 0 ? text.Length : end + 1;
        }
        else if (_at < text.Length)
        {
            name = char.ConvertFromUtf32(Rune());
        }

        if (name.StartsWith('^'))
        {
            (negated, name) = (!negated, name[1..]);
        }

        return UnicodeTables.Named(name) is { } set ? Sided(set, negated) : throw new Re2SyntaxException("invalid character class range", text[start.._at]);
    }

    private RuneSet? Perl()
    {
        if (_at + 1 >= text.Length || text[_at] != '\\')
        {
            return null;
        }

        var set = char.ToLowerInvariant(text[_at + 1]) switch
        {
            'd' => Posix["digit"],
            's' => PerlSpace,
            'w' => Posix["word"],
            _ => null,
        };
        if (set is null)
        {
            return null;
        }

        _at += 2;
        return Sided(set, char.IsUpper(text[_at - 1]));
    }

    private RuneSet Sided(RuneSet set, bool negated)
    {
        var cased = Has(Flags.FoldCase) ? set.Folded() : set;
        return negated ? cased.Negated() : cased;
    }

    /// <summary>A backslash and what it makes of the letters behind it.</summary>
    private int Escape()
    {
        var start = _at++;
        if (_at == text.Length)
        {
            throw new Re2SyntaxException("trailing backslash at end of expression", "");
        }

        var letter = Rune();
        return letter switch
        {
            < 0x80 when !char.IsAsciiLetterOrDigit((char)letter) => letter,
            'a' => '\a',
            'f' => '\f',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'v' => '\v',
            '0' => Octal(0),
            >= '1' and <= '7' when _at < text.Length && text[_at] is >= '0' and <= '7' => Octal(letter - '0'),
            'x' => Hex(start),
            _ => throw Invalid(start),
        };
    }

    private int Octal(int value)
    {
        for (var digits = 1; digits < 3 && _at < text.Length && text[_at] is >= '0' and <= '7'; digits++)
        {
            value = value * 8 + (text[_at++] - '0');
        }

        return value;
    }

    private int Hex(int start)
    {
        var braced = Took("{");
        var (value, digits) = (0, 0);
        while (_at < text.Length && (braced || digits < 2) && text[_at] != '}')
        {
            var letter = Rune();
            if (letter > 0x7F || !char.IsAsciiHexDigit((char)letter) || (value = value * 16 + Convert.ToInt32(((char)letter).ToString(), 16)) > RuneSet.Last)
            {
                throw Invalid(start);
            }

            digits++;
        }

        return (braced ? Took("}") && digits > 0 : digits == 2) ? value : throw Invalid(start);
    }

    private Re2SyntaxException Invalid(int start) => new("invalid escape sequence", text[start.._at]);
}

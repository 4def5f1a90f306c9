using System.Collections.Immutable;
using static MlOps.Core.Patterns.Re2Node;

namespace MlOps.Core.Patterns;

/// <summary>
/// Reads a regular expression as Go's <c>regexp/syntax</c> does with its Perl flags: the same texts are refused, for the same
/// reasons. One level of alternatives a <see cref="Group"/>.
/// </summary>
internal sealed partial class Re2Parser(string text)
{
    private const int MostRepeats = 1000;
    private const int DeepestNesting = 1000;
    private int _at;
    private int _depth;
    private Flags _flags;

    [Flags]
    private enum Flags
    {
        None = 0,
        FoldCase = 1,
        MultiLine = 2,
        DotNewline = 4,
    }

    /// <exception cref="Re2SyntaxException">It is not one.</exception>
    public Re2Node Parse()
    {
        var node = Group();
        return _at == text.Length ? node : throw new Re2SyntaxException("unexpected )", text);
    }

    /// <summary>Alternatives, up to the parenthesis that ends them or the end of the text.</summary>
    private Re2Node Group()
    {
        if (++_depth > DeepestNesting)
        {
            throw new Re2SyntaxException("expression nests too deeply", text);
        }

        var branches = ImmutableArray.CreateBuilder<Re2Node>();
        do
        {
            branches.Add(Sequence());
        }
        while (Took("|"));
        _depth--;
        return branches.Count == 1 ? branches[0] : new Choice(branches.ToImmutable());
    }

    private Re2Node Sequence()
    {
        var parts = ImmutableArray.CreateBuilder<Re2Node>();
        var repeatedAt = -1;
        while (_at < text.Length && text[_at] is not ('|' or ')'))
        {
            var start = _at;
            if (Repetition(out var least, out var most, out var counted))
            {
                Repeat(parts, start, repeatedAt, new Repeat(Empty, least, most, counted));
                repeatedAt = repeatedAt < 0 ? start : repeatedAt;
            }
            else
            {
                Single(parts);
                repeatedAt = -1;
            }
        }

        return parts.Count == 1 ? parts[0] : new Sequence(parts.ToImmutable());
    }

    private void Repeat(ImmutableArray<Re2Node>.Builder parts, int start, int repeatedAt, Repeat how)
    {
        _ = Took("?");
        if (repeatedAt >= 0)
        {
            throw new Re2SyntaxException("invalid nested repetition operator", text[repeatedAt.._at]);
        }

        if (parts.Count == 0)
        {
            throw new Re2SyntaxException("missing argument to repetition operator", text[start.._at]);
        }

        var repeat = how with { Of = parts[^1] };
        if (how is { Counted: true, Least: >= 2 } or { Counted: true, Most: >= 2 } && !repeat.CostsAtMost(MostRepeats))
        {
            throw new Re2SyntaxException("invalid repeat count", text[start.._at]);
        }

        parts[^1] = repeat;
    }

    private bool Repetition(out int least, out int most, out bool counted)
    {
        (least, most, counted) = (0, -1, false);
        switch (text[_at])
        {
            case '*':
                break;
            case '+':
                least = 1;
                break;
            case '?':
                most = 1;
                break;
            case '{':
                counted = true;
                return Braces(out least, out most);
            default:
                return false;
        }

        _at++;
        return true;
    }

    /// <summary><c>{n}</c>, <c>{n,}</c>, <c>{n,m}</c>; anything else that begins with a brace stands for itself.</summary>
    private bool Braces(out int least, out int most)
    {
        var start = _at++;
        most = -1;
        if (Number(out least))
        {
            if (Took("}"))
            {
                most = least;
                return Valid(start, least, most);
            }

            if (Took(",") && (Took("}") || (Number(out most) && Took("}"))))
            {
                return Valid(start, least, most);
            }
        }

        _at = start;
        return false;
    }

    private bool Valid(int start, int least, int most) => least <= MostRepeats && most <= MostRepeats && (most < 0 || least <= most)
        ? true
        : throw new Re2SyntaxException("invalid repeat count", text[start.._at]);

    private bool Number(out int number)
    {
        var start = _at;
        number = 0;
        while (_at < text.Length && char.IsAsciiDigit(text[_at]))
        {
            number = Math.Min(number * 10 + (text[_at++] - '0'), 100_000_000);
        }

        return _at > start && (text[start] != '0' || _at == start + 1);
    }

    private void Single(ImmutableArray<Re2Node>.Builder parts)
    {
        switch (text[_at])
        {
            case '(':
                Parenthesis(parts);
                break;
            case '^':
                _at++;
                parts.Add(new Place(Has(Flags.MultiLine) ? Re2Place.LineBegin : Re2Place.TextBegin));
                break;
            case '$':
                _at++;
                parts.Add(new Place(Has(Flags.MultiLine) ? Re2Place.LineEnd : Re2Place.TextEnd));
                break;
            case '.':
                _at++;
                parts.Add(new Letter(Has(Flags.DotNewline) ? RuneSet.Any : RuneSet.AnyButNewline));
                break;
            case '[':
                parts.Add(new Letter(Class()));
                break;
            case '\\':
                Backslash(parts);
                break;
            default:
                parts.Add(Literal(Rune()));
                break;
        }
    }

    private void Parenthesis(ImmutableArray<Re2Node>.Builder parts)
    {
        var outer = _flags;
        if (!NamedGroup())
        {
            if (!text.AsSpan(_at).StartsWith("(?"))
            {
                _at++;
            }
            else if (!FlagGroup())
            {
                return;
            }
        }

        var node = Group();
        if (!Took(")"))
        {
            throw new Re2SyntaxException("missing closing )", text);
        }

        _flags = outer;
        parts.Add(node);
    }

    private bool NamedGroup()
    {
        const string open = "(?P<";
        if (!text.AsSpan(_at).StartsWith(open) || text.Length - _at <= open.Length)
        {
            return false;
        }

        var end = text.IndexOf('>', _at);
        if (end < 0)
        {
            throw new Re2SyntaxException("invalid named capture", text[_at..]);
        }

        var name = text[(_at + open.Length)..end];
        if (name.Length == 0 || !name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '_'))
        {
            throw new Re2SyntaxException("invalid named capture", text[_at..(end + 1)]);
        }

        _at = end + 1;
        return true;
    }

    /// <summary><c>(?i)</c>, <c>(?i-s)</c> change what follows; <c>(?i:…)</c> is a group, and then this is true.</summary>
    private bool FlagGroup()
    {
        var start = _at;
        _at += 2;
        var (flags, on, any) = (_flags, true, true);
        while (_at < text.Length)
        {
            var letter = text[_at++];
            switch (letter)
            {
                case 'i' or 'm' or 's' or 'U':
                    var flag = letter switch { 'i' => Flags.FoldCase, 'm' => Flags.MultiLine, 's' => Flags.DotNewline, _ => Flags.None };
                    flags = on ? flags | flag : flags & ~flag;
                    any = true;
                    continue;
                case '-' when on:
                    (on, any) = (false, false);
                    continue;
                case ':' or ')' when any:
                    _flags = flags;
                    return letter == ':';
            }

            break;
        }

        throw new Re2SyntaxException("invalid or unsupported Perl syntax", text[start.._at]);
    }

    private bool Has(Flags flag) => _flags.HasFlag(flag);

    private Letter Literal(int rune)
    {
        var set = RuneSet.Of((rune, rune));
        return new Letter(Has(Flags.FoldCase) ? set.Folded() : set);
    }

    private bool Took(string symbol)
    {
        var took = string.CompareOrdinal(text, _at, symbol, 0, symbol.Length) == 0;
        _at += took ? symbol.Length : 0;
        return took;
    }

    private int Rune()
    {
        var rune = System.Text.Rune.TryGetRuneAt(text, _at, out var found) ? found : System.Text.Rune.ReplacementChar;
        _at += rune == System.Text.Rune.ReplacementChar ? 1 : rune.Utf16SequenceLength;
        return rune.Value;
    }
}

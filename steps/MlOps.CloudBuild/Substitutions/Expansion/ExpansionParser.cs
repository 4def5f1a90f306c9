using System.Collections.Immutable;

namespace MlOps.CloudBuild.Substitutions.Expansion;

/// <summary>
/// Reads a substitution's value as bash reads the inside of double quotes: text, <c>$KEY</c> and <c>${KEY…}</c> with every
/// operator of bash's manual, section "Shell Parameter Expansion". Names that cannot be substitutions, <c>$(…)</c> and <c>$1</c>
/// are text, and <c>$$</c> is a <c>$</c>, as in the fields of a build.
/// </summary>
internal sealed class ExpansionParser
{
    private readonly TextCursor _cursor;
    private readonly WordReader _words;

    private ExpansionParser(string value)
    {
        _cursor = new TextCursor(value);
        _words = new WordReader(_cursor, ReadDollar);
    }

    /// <exception cref="ExpansionException">An expansion that is not closed, or that bash or Cloud Build does not know.</exception>
    public static ImmutableArray<Part> Parse(string value)
    {
        var parser = new ExpansionParser(value);
        return parser._words.ReadValue();
    }

    /// <summary>At a <c>$</c>.</summary>
    /// <param name="inside">Within another expansion, where text that looks like one cannot be let through: it would end the outer one.</param>
    private Part ReadDollar(bool quoted, bool inside)
    {
        var start = _cursor.At;
        _cursor.Skip();
        switch (_cursor.Peek)
        {
            case '$':
                _cursor.Skip();
                return new TextPart("$", Quoted: true);
            case '{' when StartsReference():
                _cursor.Skip();
                return ReadBraces(start, quoted);
            case '{' when inside:
                throw new ExpansionException("'${' is followed by no name of a substitution; names have capital letters, digits and '_' only. Write '$$' where a '$' is meant", start);
            case '(' when inside:
                throw new ExpansionException("'$(' would run a command, and nothing is run here; write '$$(' for the text", start);
            case var first when SubstitutionKeys.IsFirstLetter(first):
                return new ParameterPart(ReadKey(), new PlainValue(), quoted, start, _cursor.At - start);
            default:
                return new TextPart("$", Quoted: true);
        }
    }

    /// <summary>Whether <c>{</c> is followed by a key, or by <c>#</c> or <c>!</c> and a key; not by a name with small letters.</summary>
    private bool StartsReference()
    {
        var at = 1;
        if (_cursor.Ahead(at) is '#' or '!')
        {
            at++;
        }

        if (!SubstitutionKeys.IsFirstLetter(_cursor.Ahead(at)))
        {
            return false;
        }

        while (SubstitutionKeys.IsLetter(_cursor.Ahead(at)))
        {
            at++;
        }

        return !char.IsAsciiLetterLower(_cursor.Ahead(at));
    }

    private string ReadKey()
    {
        var start = _cursor.At;
        while (SubstitutionKeys.IsLetter(_cursor.Peek))
        {
            _cursor.Skip();
        }

        return _cursor.Text[start.._cursor.At];
    }

    /// <summary>After <c>${</c>, which stood at <paramref name="start"/>.</summary>
    private ParameterPart ReadBraces(int start, bool quoted)
    {
        var mark = _cursor.Peek;
        if (mark is '#' or '!')
        {
            _cursor.Skip();
        }

        var key = ReadKey();
        var operation = mark switch
        {
            '!' => throw new ExpansionException($"'${{!{key}}}' looks up the name that another value holds, which is not supported; name the substitution itself", start),
            '#' when _cursor.Peek == '}' => new ValueLength(),
            '#' => throw new ExpansionException($"expected '}}' after '${{#{key}': a length takes no other operator; take it in a substitution of its own", _cursor.At),
            _ => ReadOperation(key, start, quoted),
        };
        if (_cursor.Ended || _cursor.Peek != '}')
        {
            throw new ExpansionException($"'${{{key}' is not closed; expected '}}'", start);
        }

        _cursor.Skip();
        return new ParameterPart(key, operation, quoted, start, _cursor.At - start);
    }

    private Operation ReadOperation(string key, int start, bool quoted)
    {
        var sign = _cursor.Peek;
        switch (sign)
        {
            case '}':
                return new PlainValue();
            case ':' when _cursor.Ahead(1) is '-' or '+' or '=' or '?':
                _cursor.Skip();
                return ReadWhenMissing(emptyIsMissing: true, quoted);
            case ':':
                return ReadSlice(key);
            case '-' or '+' or '=' or '?':
                return ReadWhenMissing(emptyIsMissing: false, quoted);
            case '#' or '%':
                var longest = SkipTwice(sign);
                return new Trim(sign == '%', longest, _words.ReadPattern(slashEnds: false));
            case '/':
                return ReadReplace();
            case '^' or ',' or '~':
                var all = SkipTwice(sign);
                return new ChangeCase(sign, all, _cursor.Peek == '}' ? null : _words.ReadPattern(slashEnds: false));
            case '@':
                return ReadTransform(key);
            case '[':
                throw new ExpansionException($"'${{{key}[' asks for an element of an array; a substitution is one text", _cursor.At);
            default:
                throw _cursor.Ended
                    ? new ExpansionException($"'${{{key}' is not closed; expected '}}'", start)
                    : new ExpansionException($"'{sign}' is no operator after '${{{key}'; expected '}}' or one of :- - :+ + :? ? # ## % %% / // : ^ ^^ , ,,", _cursor.At);
        }
    }

    private WhenMissing ReadWhenMissing(bool emptyIsMissing, bool quoted)
    {
        var kind = _cursor.Peek;
        _cursor.Skip();
        return new WhenMissing(kind, emptyIsMissing, quoted ? _words.ReadQuotedWord() : _words.ReadPattern(slashEnds: false));
    }

    private Slice ReadSlice(string key)
    {
        _cursor.Skip();
        if (_cursor.Peek == '}')
        {
            throw new ExpansionException($"expected an offset after '${{{key}:'", _cursor.At);
        }

        var offset = _words.ReadArithmetic();
        if (_cursor.Peek != ':')
        {
            return new Slice(offset, null);
        }

        _cursor.Skip();
        return new Slice(offset, _words.ReadArithmetic());
    }

    private Replace ReadReplace()
    {
        var all = SkipTwice('/');
        var pattern = _words.ReadPattern(slashEnds: true);
        if (_cursor.Peek != '/')
        {
            return new Replace(all, pattern, []);
        }

        _cursor.Skip();
        return new Replace(all, pattern, _words.ReadPattern(slashEnds: false));
    }

    private Transform ReadTransform(string key)
    {
        _cursor.Skip();
        var kind = _cursor.Peek;
        if (kind is not ('U' or 'u' or 'L'))
        {
            throw new ExpansionException($"'${{{key}@{(_cursor.Ended ? "" : kind)}' is not supported; expected @U, @u or @L", _cursor.At);
        }

        _cursor.Skip();
        return new Transform(kind);
    }

    private bool SkipTwice(char sign)
    {
        _cursor.Skip();
        if (_cursor.Peek != sign)
        {
            return false;
        }

        _cursor.Skip();
        return true;
    }
}

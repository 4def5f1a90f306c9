using System.Globalization;
using System.Text;

namespace MlOps.Core.Cel;

internal enum CelTokenKind
{
    End,
    Name,
    Literal,
    Symbol,
}

/// <param name="Text">A name or a symbol; empty for literals.</param>
/// <param name="Value">A literal's value: long, double or string.</param>
internal readonly record struct CelToken(CelTokenKind Kind, string Text, object? Value, int Position);

/// <summary>Takes an expression apart (github.com/google/cel-spec, "Lexis"): literals with their escapes, names and symbols.</summary>
internal sealed class CelLexer(string text)
{
    private static readonly string[] Symbols = ["==", "!=", "<=", ">=", "&&", "||", "<", ">", "!", "+", "-", "*", "/", "%", "?", ":", ".", ",", "(", ")", "[", "]", "{", "}"];
    private const int LongestText = 20_000;
    private int _at;

    public List<CelToken> Tokens()
    {
        if (text.Length > LongestText)
        {
            throw new CelException($"it is longer than {LongestText} letters");
        }

        var tokens = new List<CelToken>();
        while (true)
        {
            while (_at < text.Length && char.IsWhiteSpace(text[_at]))
            {
                _at++;
            }

            var token = Next();
            tokens.Add(token);
            if (token.Kind == CelTokenKind.End)
            {
                return tokens;
            }
        }
    }

    private CelToken Next()
    {
        var start = _at;
        if (_at == text.Length)
        {
            return new CelToken(CelTokenKind.End, "", null, start);
        }

        var first = text[_at];
        if (first is '\'' or '"')
        {
            return new CelToken(CelTokenKind.Literal, "", Quoted(raw: false), start);
        }

        if (first is 'r' or 'R' && _at + 1 < text.Length && text[_at + 1] is '\'' or '"')
        {
            _at++;
            return new CelToken(CelTokenKind.Literal, "", Quoted(raw: true), start);
        }

        if (char.IsAsciiLetter(first) || first == '_')
        {
            while (_at < text.Length && (char.IsAsciiLetterOrDigit(text[_at]) || text[_at] == '_'))
            {
                _at++;
            }

            return new CelToken(CelTokenKind.Name, text[start.._at], null, start);
        }

        return char.IsAsciiDigit(first) || (first == '.' && _at + 1 < text.Length && char.IsAsciiDigit(text[_at + 1])) ? Number(start) : Symbol(start);
    }

    private CelToken Symbol(int start)
    {
        var symbol = Symbols.FirstOrDefault(symbol => string.CompareOrdinal(text, start, symbol, 0, symbol.Length) == 0)
            ?? throw new CelException($"'{text[start]}' at position {start + 1} means nothing here");
        _at += symbol.Length;
        return new CelToken(CelTokenKind.Symbol, symbol, null, start);
    }

    private CelToken Number(int start)
    {
        if (text[start] == '0' && start + 1 < text.Length && text[start + 1] is 'x' or 'X')
        {
            _at += 2;
            Skip(char.IsAsciiHexDigit);
            return Whole(long.TryParse(text.AsSpan(start + 2, _at - start - 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var hex), hex, start);
        }

        Skip(char.IsAsciiDigit);
        var isWhole = true;
        if (_at + 1 < text.Length && text[_at] == '.' && char.IsAsciiDigit(text[_at + 1]))
        {
            (isWhole, _at) = (false, _at + 1);
            Skip(char.IsAsciiDigit);
        }

        if (_at < text.Length && text[_at] is 'e' or 'E')
        {
            (isWhole, _at) = (false, _at + 1);
            _at += _at < text.Length && text[_at] is '+' or '-' ? 1 : 0;
            Skip(char.IsAsciiDigit);
        }

        var digits = text.AsSpan(start, _at - start);
        if (isWhole)
        {
            return Whole(long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var whole), whole, start);
        }

        return double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? new CelToken(CelTokenKind.Literal, "", number, start)
            : throw new CelException($"'{digits}' is not a number");
    }

    private CelToken Whole(bool parsed, long number, int start)
    {
        if (!parsed)
        {
            throw new CelException($"'{text[start.._at]}' is not a 64-bit integer");
        }

        // An unsigned literal: the values here know one kind of integer.
        _at += _at < text.Length && text[_at] is 'u' or 'U' ? 1 : 0;
        return new CelToken(CelTokenKind.Literal, "", number, start);
    }

    private void Skip(Func<char, bool> belongs)
    {
        while (_at < text.Length && belongs(text[_at]))
        {
            _at++;
        }
    }

    private string Quoted(bool raw)
    {
        var start = _at;
        var quote = text[_at];
        var end = _at + 2 < text.Length && text[_at + 1] == quote && text[_at + 2] == quote ? new string(quote, 3) : quote.ToString();
        _at += end.Length;
        var result = new StringBuilder();
        while (string.CompareOrdinal(text, _at, end, 0, end.Length) != 0)
        {
            if (_at >= text.Length)
            {
                throw new CelException($"the string at position {start + 1} has no end");
            }

            if (text[_at] == '\\' && !raw)
            {
                _at++;
                result.Append(Escaped());
            }
            else
            {
                result.Append(text[_at++]);
            }
        }

        _at += end.Length;
        return result.ToString();
    }

    private string Escaped()
    {
        var letter = _at < text.Length ? text[_at++] : throw new CelException("the string ends in the middle of an escape");
        return letter switch
        {
            'n' => "\n",
            'r' => "\r",
            't' => "\t",
            'a' => "\a",
            'b' => "\b",
            'f' => "\f",
            'v' => "\v",
            '\\' or '\'' or '"' or '`' or '?' => letter.ToString(),
            'x' or 'X' => Rune(2, 16, 0),
            'u' => Rune(4, 16, 0),
            'U' => Rune(8, 16, 0),
            >= '0' and <= '3' => Rune(3, 8, 1),
            _ => throw new CelException($"'\\{letter}' is not an escape"),
        };
    }

    private string Rune(int digits, int radix, int back)
    {
        _at -= back;
        if (_at + digits > text.Length)
        {
            throw new CelException("the string ends in the middle of an escape");
        }

        var code = text.Substring(_at, digits);
        _at += digits;
        try
        {
            var value = Convert.ToInt32(code, radix);
            return System.Text.Rune.IsValid(value) ? new Rune(value).ToString() : throw new CelException($"'{code}' is not a character");
        }
        catch (Exception error) when (error is FormatException or OverflowException or ArgumentException)
        {
            throw new CelException($"'{code}' is not a character");
        }
    }
}

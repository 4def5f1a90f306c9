using System.Globalization;
using System.Text;
using MlOps.Core.Problems;

namespace MlOps.CloudBuild.Config.Yaml;

/// <summary>Plain and quoted scalars.</summary>
internal sealed partial class Scanner
{
    private Token PlainScalar()
    {
        var spot = _at.Spot;
        var value = new StringBuilder();
        var spaces = "";
        var indent = _indent + 1;
        while (_at.Peek() != '#')
        {
            var length = PlainLength();
            if (length == 0)
            {
                break;
            }

            _keyAllowed = false;
            value.Append(spaces).Append(_at.Prefix(length));
            _at.Forward(length);
            spaces = PlainSpaces();
            if (spaces.Length == 0 || (!InFlow && _at.Column < indent))
            {
                break;
            }
        }

        return new Token(TokenKind.Scalar, spot, value.ToString(), Plain: true);
    }

    private int PlainLength()
    {
        for (var length = 0; ; length++)
        {
            var character = _at.Peek(length);
            if (character == ':' ? Characters.EndsToken(_at.Peek(length + 1)) : EndsPlain(character))
            {
                return length;
            }
        }
    }

    private bool EndsPlain(char character) =>
        Characters.EndsToken(character) || (InFlow && (character is ',' or '[' or ']' or '{' or '}' || (character == '?' && !Version12)));

    /// <summary>What lies between two parts of a plain scalar: blanks of one line, or folded line ends; empty where the scalar ends.</summary>
    private string PlainSpaces()
    {
        var blanks = 0;
        while (_at.Peek(blanks) == ' ')
        {
            blanks++;
        }

        var spaces = _at.Prefix(blanks);
        _at.Forward(blanks);
        if (!Characters.IsBreak(_at.Peek()))
        {
            return spaces;
        }

        var first = _at.LineBreak();
        _keyAllowed = true;
        if (AtDocumentMark())
        {
            return "";
        }

        var breaks = new StringBuilder();
        while (_at.Peek() == ' ' || Characters.IsBreak(_at.Peek()))
        {
            if (_at.Peek() == ' ')
            {
                _at.Forward();
                continue;
            }

            breaks.Append(_at.LineBreak());
            if (AtDocumentMark())
            {
                return "";
            }
        }

        return Folded(first, breaks);
    }

    /// <summary>One line end is a blank, more of them are one fewer.</summary>
    private static string Folded(string first, StringBuilder others) =>
        (first != "\n" ? first : others.Length == 0 ? " " : "") + others;

    private Token QuotedScalar()
    {
        var spot = _at.Spot;
        var quote = _at.Peek();
        var value = new StringBuilder();
        _at.Forward();
        QuotedWord(value, quote, spot);
        while (_at.Peek() != quote)
        {
            QuotedSpaces(value, spot);
            QuotedWord(value, quote, spot);
        }

        _at.Forward();
        return new Token(TokenKind.Scalar, spot, value.ToString());
    }

    private void QuotedWord(StringBuilder value, char quote, SourceSpot start)
    {
        while (true)
        {
            var length = 0;
            while (!Characters.EndsToken(_at.Peek(length)) && _at.Peek(length) is not ('\'' or '"' or '\\'))
            {
                length++;
            }

            value.Append(_at.Prefix(length));
            _at.Forward(length);
            var character = _at.Peek();
            if (quote == '\'' && character == '\'' && _at.Peek(1) == '\'')
            {
                value.Append('\'');
                _at.Forward(2);
            }
            else if (quote == '"' ? character == '\'' : character is '"' or '\\')
            {
                value.Append(character);
                _at.Forward();
            }
            else if (quote == '"' && character == '\\')
            {
                _at.Forward();
                Escape(value, start);
            }
            else
            {
                return;
            }
        }
    }

    private void Escape(StringBuilder value, SourceSpot start)
    {
        var character = _at.Peek();
        if (Escaped(character) is { } plain)
        {
            value.Append(plain);
            _at.Forward();
        }
        else if (character is 'x' or 'u' or 'U')
        {
            _at.Forward();
            value.Append(CodePoint(character == 'x' ? 2 : character == 'u' ? 4 : 8, start));
        }
        else if (Characters.IsBreak(character))
        {
            _at.LineBreak();
            QuotedBreaks(value, start);
        }
        else
        {
            throw Fault($"while scanning a double-quoted scalar: found unknown escape character {Shown(character)}");
        }
    }

    private static char? Escaped(char character) => character switch
    {
        '0' => '\0',
        'a' => '\a',
        'b' => '\b',
        't' or '\t' => '\t',
        'n' => '\n',
        'v' => '\v',
        'f' => '\f',
        'r' => '\r',
        'e' => '\e',
        ' ' or '"' or '/' or '\\' => character,
        'N' => '\x85',
        '_' => '\xA0',
        'L' => '\u2028',
        'P' => '\u2029',
        _ => null,
    };

    private string CodePoint(int digits, SourceSpot start)
    {
        for (var index = 0; index < digits; index++)
        {
            if (!char.IsAsciiHexDigit(_at.Peek(index)))
            {
                throw Fault($"while scanning a double-quoted scalar: expected escape sequence of {digits} hexdecimal numbers, but found {Shown(_at.Peek(index))}");
            }
        }

        var code = uint.Parse(_at.Prefix(digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        _at.Forward(digits);
        return code switch
        {
            <= 0xFFFF => ((char)code).ToString(),
            <= 0x10FFFF => char.ConvertFromUtf32((int)code),
            _ => throw new YamlFault(code > int.MaxValue ? "OverflowError" : "ValueError", "chr() arg not in range(0x110000)", start),
        };
    }

    private void QuotedSpaces(StringBuilder value, SourceSpot start)
    {
        var length = 0;
        while (_at.Peek(length) is ' ' or '\t')
        {
            length++;
        }

        var blanks = _at.Prefix(length);
        _at.Forward(length);
        if (_at.Peek() == TextCursor.End)
        {
            throw new YamlFault(YamlFault.Parsing, "while scanning a quoted scalar: found unexpected end of stream", start);
        }

        if (!Characters.IsBreak(_at.Peek()))
        {
            value.Append(blanks);
            return;
        }

        var first = _at.LineBreak();
        var breaks = new StringBuilder();
        QuotedBreaks(breaks, start);
        value.Append(Folded(first, breaks));
    }

    private void QuotedBreaks(StringBuilder breaks, SourceSpot start)
    {
        while (true)
        {
            if (AtDocumentMark())
            {
                throw new YamlFault(YamlFault.Parsing, "while scanning a quoted scalar: found unexpected document separator", start);
            }

            while (_at.Peek() is ' ' or '\t')
            {
                _at.Forward();
            }

            if (!Characters.IsBreak(_at.Peek()))
            {
                return;
            }

            breaks.Append(_at.LineBreak());
        }
    }
}

using System.Text;

namespace MlOps.CloudBuild.Config.Yaml;

/// <summary>Anchors, aliases, tags and directives.</summary>
internal sealed partial class Scanner
{
    private Token Anchor()
    {
        var spot = _at.Spot;
        var alias = _at.Peek() == '*';
        _at.Forward();
        var length = 0;
        while (Characters.InAnchor(_at.Peek(length)))
        {
            length++;
        }

        var name = _at.Prefix(length);
        _at.Forward(length);
        var end = _at.Peek();
        return length > 0 && (Characters.EndsToken(end) || "?:,[]{}%@`".Contains(end, StringComparison.Ordinal))
            ? new Token(alias ? TokenKind.Alias : TokenKind.Anchor, spot, name)
            : throw Fault($"while scanning an {(alias ? "alias" : "anchor")}: expected alphabetic or numeric character, but found {Shown(end)}");
    }

    private Token Tag()
    {
        var spot = _at.Spot;
        var next = _at.Peek(1);
        string? handle = null;
        var suffix = "!";
        if (next == '<')
        {
            _at.Forward(2);
            suffix = Uri("tag");
            if (_at.Peek() != '>')
            {
                throw Fault($"while parsing a tag: expected '>', but found {Shown(_at.Peek())}");
            }

            _at.Forward();
        }
        else if (Characters.EndsToken(next))
        {
            _at.Forward();
        }
        else
        {
            handle = HasHandle() ? TagHandle("tag") : LocalHandle();
            suffix = Uri("tag");
        }

        return _at.Peek() == ' ' || Characters.EndsLine(_at.Peek())
            ? new Token(TokenKind.Tag, spot, suffix, handle)
            : throw Fault($"while scanning a tag: expected ' ', but found {Shown(_at.Peek())}");
    }

    private bool HasHandle()
    {
        for (var length = 1; _at.Peek(length) != ' ' && !Characters.EndsLine(_at.Peek(length)); length++)
        {
            if (_at.Peek(length) == '!')
            {
                return true;
            }
        }

        return false;
    }

    private string LocalHandle()
    {
        _at.Forward();
        return "!";
    }

    private string TagHandle(string during)
    {
        if (_at.Peek() != '!')
        {
            throw Fault($"while scanning a {during}: expected '!', but found {Shown(_at.Peek())}");
        }

        var length = 1;
        if (_at.Peek(1) != ' ')
        {
            while (char.IsAsciiLetterOrDigit(_at.Peek(length)) || _at.Peek(length) is '-' or '_')
            {
                length++;
            }

            if (_at.Peek(length) != '!')
            {
                throw Fault($"while scanning a {during}: expected '!', but found {Shown(_at.Peek(length))}");
            }

            length++;
        }

        var handle = _at.Prefix(length);
        _at.Forward(length);
        return handle;
    }

    private string Uri(string during)
    {
        var uri = new StringBuilder();
        while (Characters.InUri(_at.Peek()))
        {
            if (_at.Peek() == '%')
            {
                uri.Append(UriEscapes(during));
                continue;
            }

            uri.Append(_at.Peek());
            _at.Forward();
        }

        return uri.Length > 0 ? uri.ToString() : throw Fault($"while parsing a {during}: expected URI, but found {Shown(_at.Peek())}");
    }

    private string UriEscapes(string during)
    {
        var bytes = new List<byte>();
        while (_at.Peek() == '%')
        {
            _at.Forward();
            if (!char.IsAsciiHexDigit(_at.Peek()) || !char.IsAsciiHexDigit(_at.Peek(1)))
            {
                throw Fault($"while scanning a {during}: expected URI escape sequence of 2 hexdecimal numbers");
            }

            bytes.AddRange(Convert.FromHexString(_at.Prefix(2)));
            _at.Forward(2);
        }

        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString([.. bytes]);
        }
        catch (DecoderFallbackException)
        {
            throw Fault($"while scanning a {during}: the escaped bytes are not UTF-8");
        }
    }

    private Token Directive()
    {
        var spot = _at.Spot;
        _at.Forward();
        var length = 0;
        while (char.IsAsciiLetterOrDigit(_at.Peek(length)) || _at.Peek(length) is '-' or '_' or ':' or '.')
        {
            length++;
        }

        var name = _at.Prefix(length);
        _at.Forward(length);
        if (length == 0 || (_at.Peek() != ' ' && !Characters.EndsLine(_at.Peek())))
        {
            throw Fault($"while scanning a directive: expected alphabetic or numeric character, but found {Shown(_at.Peek())}");
        }

        var value = name switch
        {
            "YAML" => VersionNumber(),
            "TAG" => TagDirective(),
            _ => SkipLine(),
        };
        EndLine("while scanning a directive");
        return new Token(TokenKind.Directive, spot, name, value);
    }

    private string VersionNumber()
    {
        SkipSpaces();
        var length = 0;
        var point = -1;
        for (; char.IsAsciiDigit(_at.Peek(length)) || (_at.Peek(length) == '.' && point < 0 && length > 0); length++)
        {
            point = _at.Peek(length) == '.' ? length : point;
        }

        var version = _at.Prefix(length);
        _at.Forward(length);
        return point > 0 && point < length - 1 && (_at.Peek() == ' ' || Characters.EndsLine(_at.Peek()))
            ? version
            : throw Fault($"while scanning a directive: expected a digit or '.', but found {Shown(_at.Peek())}");
    }

    /// <summary>Handle and prefix with a blank between them.</summary>
    private string TagDirective()
    {
        SkipSpaces();
        var handle = TagHandle("directive");
        if (_at.Peek() != ' ')
        {
            throw Fault($"while scanning a directive: expected ' ', but found {Shown(_at.Peek())}");
        }

        SkipSpaces();
        var prefix = Uri("directive");
        return _at.Peek() == ' ' || Characters.EndsLine(_at.Peek())
            ? $"{handle} {prefix}"
            : throw Fault($"while scanning a directive: expected ' ', but found {Shown(_at.Peek())}");
    }

    private string SkipLine()
    {
        while (!Characters.EndsLine(_at.Peek()))
        {
            _at.Forward();
        }

        return "";
    }
}

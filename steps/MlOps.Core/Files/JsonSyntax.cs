namespace MlOps.Core.Files;

/// <summary>Reads JSON for its faults alone, without recursion; names twice in one map are a fault, too.</summary>
internal sealed class JsonSyntax(string text)
{
    private readonly Stack<Level> _open = new();
    private int _at;

    /// <summary>The first fault: where, and what was expected.</summary>
    public (int At, string Message)? Fault()
    {
        try
        {
            Value("a value");
            while (_open.TryPeek(out var level))
            {
                Next(level);
            }

            Skip();
            return _at == text.Length ? null : Expected("the end");
        }
        catch (FaultException fault)
        {
            return (fault.At, fault.Message);
        }
    }

    // After a value within a list or map, or after the opening bracket.
    private void Next(Level level)
    {
        Skip();
        var (close, what) = level.IsMap ? ('}', "a map") : (']', "a list");
        if (Peek() == close)
        {
            _at++;
            _open.Pop();
            return;
        }

        var comma = _at;
        if (level.Count++ > 0)
        {
            if (Peek() != ',')
            {
                throw _at == text.Length ? Unclosed(level, what) : Wrong($"',' or '{close}' in {what}");
            }

            _at++;
            Skip();
            if (Peek() == close)
            {
                throw new FaultException(comma, "a comma has nothing after it: take it out");
            }
        }

        if (_at == text.Length)
        {
            throw Unclosed(level, what);
        }

        if (level.IsMap)
        {
            Key(level);
        }

        Value("a value");
    }

    private void Key(Level level)
    {
        var start = _at;
        if (Peek() != '"')
        {
            throw Wrong("a key in double quotes");
        }

        Text();
        var key = text[start.._at];
        if (!level.Keys.Add(key))
        {
            throw new FaultException(start, $"the key {key} is there twice");
        }

        Skip();
        if (Peek() != ':')
        {
            throw Wrong($"':' after the key {key}");
        }

        _at++;
    }

    private void Value(string what)
    {
        Skip();
        switch (Peek())
        {
            case '{' or '[':
                _open.Push(new Level(_at, Peek() == '{'));
                _at++;
                break;
            case '"':
                Text();
                break;
            case '-' or (>= '0' and <= '9'):
                Number();
                break;
            default:
                Word(what);
                break;
        }
    }

    private void Word(string what)
    {
        var start = _at;
        while (_at < text.Length && char.IsLetter(text[_at]))
        {
            _at++;
        }

        if (text[start.._at] is not ("true" or "false" or "null"))
        {
            var word = text[start.._at];
            _at = start;
            throw word.ToLowerInvariant() is "true" or "false" ? Wrong($"{what}, such as {word.ToLowerInvariant()}")
                : word is "None" ? Wrong($"{what}, such as null")
                : word.Length > 0 || Peek() == '\'' ? Wrong($"{what}; text goes in double quotes")
                : Wrong(what);
        }
    }

    private void Text()
    {
        var start = _at++;
        while (Peek() != '"')
        {
            if (_at == text.Length || text[_at] is '\n' or '\r')
            {
                throw new FaultException(start, "a text has no closing double quote in its line");
            }

            if (text[_at] < ' ')
            {
                throw new FaultException(_at, $"a control character stands in a text: write \\u{(int)text[_at]:x4}");
            }

            _at += text[_at] == '\\' ? Escape() : 1;
        }

        _at++;
    }

    private int Escape()
    {
        var letter = _at + 1 < text.Length ? text[_at + 1] : '\0';
        if (letter == 'u' && _at + 6 <= text.Length && text.AsSpan(_at + 2, 4).IndexOfAnyExcept("0123456789abcdefABCDEF") < 0)
        {
            return 6;
        }

        return letter is '"' or '\\' or '/' or 'b' or 'f' or 'n' or 'r' or 't' ? 2 : throw new FaultException(_at, "a backslash in a text is written twice: \\\\");
    }

    private void Number()
    {
        var start = _at;
        while (_at < text.Length && (char.IsAsciiLetterOrDigit(text[_at]) || text[_at] is '+' or '-' or '.'))
        {
            _at++;
        }

        if (!IsNumber(text.AsSpan(start, _at - start)))
        {
            throw new FaultException(start, $"'{text[start.._at]}' is no number of JSON; anything else goes in double quotes");
        }
    }

    private static bool IsNumber(ReadOnlySpan<char> number)
    {
        var rest = number.StartsWith('-') ? number[1..] : number;
        var whole = Digits(rest);
        if (whole == 0 || (whole > 1 && rest[0] == '0'))
        {
            return false;
        }

        rest = rest[whole..];
        if (rest.StartsWith('.'))
        {
            var fraction = Digits(rest[1..]);
            if (fraction == 0)
            {
                return false;
            }

            rest = rest[(1 + fraction)..];
        }

        if (rest is ['e' or 'E', ..])
        {
            rest = rest is [_, '+' or '-', ..] ? rest[2..] : rest[1..];
            return rest.Length > 0 && Digits(rest) == rest.Length;
        }

        return rest.IsEmpty;
    }

    private static int Digits(ReadOnlySpan<char> of) => of.IndexOfAnyExceptInRange('0', '9') is var end and >= 0 ? end : of.Length;

    private char Peek() => _at < text.Length ? text[_at] : '\0';

    private void Skip()
    {
        while (_at < text.Length && text[_at] is ' ' or '\t' or '\n' or '\r')
        {
            _at++;
        }
    }

    private FaultException Unclosed(Level level, string what) =>
        new(text.Length, $"the text ends within {what} that is opened at line {text.AsSpan(0, level.Start).Count('\n') + 1}");

    private FaultException Wrong(string expected)
    {
        var (at, message) = Expected(expected);
        return new FaultException(at, message);
    }

    private (int At, string Message) Expected(string expected) =>
        (_at, $"expected {expected}, found {(_at == text.Length ? "the end" : char.IsControl(text[_at]) ? $"the character U+{(int)text[_at]:X4}" : $"'{text[_at]}'")}");

    private sealed record Level(int Start, bool IsMap)
    {
        public int Count { get; set; }

        public HashSet<string> Keys { get; } = new(StringComparer.Ordinal);
    }

    private sealed class FaultException(int at, string message) : Exception(message)
    {
        public int At { get; } = at;
    }
}

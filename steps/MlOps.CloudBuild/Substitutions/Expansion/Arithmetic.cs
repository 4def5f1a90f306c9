using System.Globalization;

namespace MlOps.CloudBuild.Substitutions.Expansion;

/// <summary>
/// bash's arithmetic (manual, "Shell Arithmetic") on 64-bit integers, but for assignments: a value is computed, nothing is changed.
/// A name is its value, read as an expression again; 0 where it has none.
/// </summary>
internal sealed class Arithmetic
{
    private const int DeepestNames = 64;

    /// <summary>Binary operators by precedence, the loosest first (C's).</summary>
    private static readonly string[][] Levels =
    [
        ["||"], ["&&"], ["|"], ["^"], ["&"], ["==", "!="], ["<=", ">=", "<", ">"], ["<<", ">>"], ["+", "-"], ["*", "/", "%"],
    ];

    private readonly string _text;
    private readonly Func<string, string?> _lookup;
    private readonly int _depth;
    private int _at;

    private Arithmetic(string text, Func<string, string?> lookup, int depth) => (_text, _lookup, _depth) = (text, lookup, depth);

    /// <exception cref="FormatException">Says what is wrong with the expression.</exception>
    public static long Evaluate(string text, Func<string, string?> lookup) => Evaluate(text, lookup, 0);

    private static long Evaluate(string text, Func<string, string?> lookup, int depth)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return 0;
        }

        var expression = new Arithmetic(text, lookup, depth);
        var value = expression.Comma();
        expression.SkipSpace();
        return expression._at == text.Length ? value : throw expression.Unexpected();
    }

    private long Comma()
    {
        var value = Conditional();
        while (TryTake(","))
        {
            value = Conditional();
        }

        return value;
    }

    private long Conditional()
    {
        var condition = Binary(0);
        if (!TryTake("?"))
        {
            return condition;
        }

        var yes = Comma();
        if (!TryTake(":"))
        {
            throw Unexpected("':'");
        }

        var no = Conditional();
        return condition != 0 ? yes : no;
    }

    private long Binary(int level)
    {
        if (level == Levels.Length)
        {
            return Power();
        }

        var left = Binary(level + 1);
        while (TryTakeOperator(Levels[level]) is { } sign)
        {
            left = Apply(sign, left, Binary(level + 1));
        }

        return left;
    }

    private long Power()
    {
        var value = Unary();
        if (!TryTake("**"))
        {
            return value;
        }

        var exponent = Power();
        if (exponent < 0)
        {
            throw new FormatException("an exponent is less than 0");
        }

        var result = 1L;
        for (; exponent > 0; exponent >>= 1, value *= value)
        {
            result *= (exponent & 1) == 1 ? value : 1;
        }

        return result;
    }

    private long Unary()
    {
        SkipSpace();
        if (At("++") || At("--"))
        {
            throw new FormatException($"'{_text.Substring(_at, 2)}' would change a substitution; only values are computed");
        }

        return TryTake("-") ? -Unary()
            : TryTake("+") ? Unary()
            : TryTake("!") ? (Unary() == 0 ? 1 : 0)
            : TryTake("~") ? ~Unary()
            : Primary();
    }

    private long Primary()
    {
        if (TryTake("("))
        {
            var value = Comma();
            return TryTake(")") ? value : throw Unexpected("')'");
        }

        SkipSpace();
        if (_at < _text.Length && char.IsAsciiDigit(_text[_at]))
        {
            return Number();
        }

        var start = _at;
        while (_at < _text.Length && (char.IsAsciiLetterOrDigit(_text[_at]) || _text[_at] == '_'))
        {
            _at++;
        }

        return _at > start ? Name(_text[start.._at]) : throw Unexpected("a number or a name");
    }

    private long Name(string name) => _depth < DeepestNames
        ? Evaluate(_lookup(name) ?? "", _lookup, _depth + 1)
        : throw new FormatException($"'{name}' needs itself");

    /// <summary><c>10</c>, <c>0x1F</c>, <c>017</c>, <c>BASE#DIGITS</c>.</summary>
    private long Number()
    {
        var start = _at;
        while (_at < _text.Length && (char.IsAsciiLetterOrDigit(_text[_at]) || _text[_at] is '#' or '_' or '@'))
        {
            _at++;
        }

        var written = _text[start.._at];
        var hash = written.IndexOf('#', StringComparison.Ordinal);
        if (hash >= 0)
        {
            var radix = hash <= 2 ? int.Parse(written.AsSpan(0, hash), NumberStyles.None, CultureInfo.InvariantCulture) : 0;
            return radix is >= 2 and <= 64 ? Digits(written, written[(hash + 1)..], radix) : throw new FormatException($"'{written}' has a base that is not between 2 and 64");
        }

        return written.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? Digits(written, written[2..], 16)
            : written[0] == '0' ? Digits(written, written[1..], 8)
            : Digits(written, written, 10);
    }

    private static long Digits(string written, string digits, int radix)
    {
        var value = 0L;
        foreach (var digit in digits)
        {
            var worth = Worth(digit, radix);
            value = worth < radix ? unchecked((value * radix) + worth) : throw new FormatException($"'{written}' is no number to the base {radix}");
        }

        return value;
    }

    private static int Worth(char digit, int radix) => digit switch
    {
        >= '0' and <= '9' => digit - '0',
        >= 'a' and <= 'z' => digit - 'a' + 10,
        >= 'A' and <= 'Z' => digit - 'A' + (radix <= 36 ? 10 : 36),
        '@' => 62,
        '_' => 63,
        _ => int.MaxValue,
    };

    private static long Apply(string sign, long left, long right) => sign switch
    {
        "||" => left != 0 || right != 0 ? 1 : 0,
        "&&" => left != 0 && right != 0 ? 1 : 0,
        "|" => left | right,
        "^" => left ^ right,
        "&" => left & right,
        "==" => left == right ? 1 : 0,
        "!=" => left != right ? 1 : 0,
        "<=" => left <= right ? 1 : 0,
        ">=" => left >= right ? 1 : 0,
        "<" => left < right ? 1 : 0,
        ">" => left > right ? 1 : 0,
        "<<" => left << (int)right,
        ">>" => left >> (int)right,
        "+" => unchecked(left + right),
        "-" => unchecked(left - right),
        "*" => unchecked(left * right),
        _ when right == 0 => throw new FormatException("division by 0"),
        // The one quotient that 64 bits do not hold.
        "/" => right == -1 ? unchecked(-left) : left / right,
        _ => right == -1 ? 0 : left % right,
    };

    private string? TryTakeOperator(string[] signs)
    {
        SkipSpace();
        var sign = Array.Find(signs, candidate => At(candidate) && !IsLonger(candidate));
        _at += sign?.Length ?? 0;
        return sign;
    }

    /// <summary>Whether what stands here is a longer operator that begins like this one.</summary>
    private bool IsLonger(string sign)
    {
        var next = _at + sign.Length < _text.Length ? _text[_at + sign.Length] : '\0';
        var assigns = next == '=' && sign is not ("==" or "!=" or "<=" or ">=" or "<" or ">");
        return assigns || sign switch
        {
            "|" => next == '|',
            "&" => next == '&',
            "*" => next == '*',
            "<" => next is '<' or '=',
            ">" => next is '>' or '=',
            _ => false,
        };
    }

    private bool TryTake(string sign)
    {
        SkipSpace();
        if (!At(sign))
        {
            return false;
        }

        _at += sign.Length;
        return true;
    }

    private bool At(string sign) => _text.AsSpan(_at).StartsWith(sign, StringComparison.Ordinal);

    private void SkipSpace()
    {
        while (_at < _text.Length && char.IsWhiteSpace(_text[_at]))
        {
            _at++;
        }
    }

    private FormatException Unexpected(string expected = "an operator") => new(_at >= _text.Length
        ? $"expected {expected} at the end of '{_text}'"
        : _text.AsSpan(_at) is ['=', not '=', ..] or [_, '=', ..]
            ? $"'{_text}' assigns; only values are computed"
            : $"expected {expected} before '{_text[_at..]}'");
}

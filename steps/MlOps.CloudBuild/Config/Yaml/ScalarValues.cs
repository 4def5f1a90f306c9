using System.Globalization;
using System.Numerics;
using MlOps.Core.Problems;

namespace MlOps.CloudBuild.Config.Yaml;

/// <summary>From a scalar's text and tag to its value, as Python's constructors of ruamel.yaml 0.15 make it; what they raise is thrown as <see cref="YamlFault"/>.</summary>
internal static class ScalarValues
{
    public static object? Of(string tag, string text, bool version12, SourceSpot spot) => tag switch
    {
        Tags.Text => text,
        Tags.Null => null,
        Tags.Bool => Bool(text, spot),
        Tags.Int => Integer(text, version12, spot),
        Tags.Float => Float(text, version12, spot),
        Tags.Timestamp => Timestamps.Of(text, spot),
        Tags.Binary => Binary(text, spot),
        Tags.List or Tags.Map or Tags.Set or Tags.OrderedMap or Tags.Pairs => throw new YamlFault(YamlFault.Parsing, $"expected a {(tag is Tags.Map or Tags.Set ? "mapping" : "sequence")} node, but found scalar", spot),
        _ => throw Unknown(tag, spot),
    };

    public static YamlFault Unknown(string tag, SourceSpot spot) => new(YamlFault.Parsing, $"could not determine a constructor for the tag '{tag}'", spot);

    private static bool Bool(string text, SourceSpot spot) => text.ToLowerInvariant() switch
    {
        "yes" or "y" or "true" or "on" => true,
        "no" or "n" or "false" or "off" => false,
        _ => throw new YamlFault("KeyError", $"'{text.ToLowerInvariant()}'", spot),
    };

    private static object Integer(string text, bool version12, SourceSpot spot)
    {
        var digits = text.Replace("_", "", StringComparison.Ordinal);
        var negative = digits.StartsWith('-');
        digits = negative || digits.StartsWith('+') ? digits[1..] : digits;
        if (digits.Length == 0)
        {
            throw new YamlFault("IndexError", "string index out of range", spot);
        }

        var value = digits switch
        {
            "0" => BigInteger.Zero,
            ['0', 'b', ..] => Digits(digits[2..], 2, spot),
            ['0', 'x', ..] => Digits(digits[2..], 16, spot),
            ['0', 'o', ..] => Digits(digits[2..], 8, spot),
            ['0', ..] when !version12 => Digits(digits, 8, spot),
            _ when !version12 && digits.Contains(':', StringComparison.Ordinal) => digits.Split(':').Aggregate(BigInteger.Zero, (sum, part) => (sum * 60) + Digits(part, 10, spot)),
            _ => Digits(digits, 10, spot),
        };
        return Narrow(negative ? -value : value);
    }

    /// <summary>A long where it fits, so that values compare by <see cref="object.Equals(object)"/>.</summary>
    public static object Narrow(BigInteger value) => value >= long.MinValue && value <= long.MaxValue ? (object)(long)value : value;

    private static BigInteger Digits(string digits, int radix, SourceSpot spot)
    {
        var value = BigInteger.Zero;
        foreach (var character in digits)
        {
            var digit = char.IsAsciiHexDigit(character) ? Convert.ToInt32(character.ToString(), 16) : radix;
            value = digit < radix ? (value * radix) + digit : throw NotAnInteger(digits, radix, spot);
        }

        return digits.Length > 0 ? value : throw NotAnInteger(digits, radix, spot);
    }

    private static YamlFault NotAnInteger(string digits, int radix, SourceSpot spot) =>
        new("ValueError", $"invalid literal for int() with base {radix}: '{digits}'", spot);

    private static double Float(string text, bool version12, SourceSpot spot)
    {
        var digits = text.Replace("_", "", StringComparison.Ordinal).ToLowerInvariant();
        var sign = digits.StartsWith('-') ? -1.0 : 1.0;
        digits = digits.StartsWith('-') || digits.StartsWith('+') ? digits[1..] : digits;
        return digits switch
        {
            ".inf" => sign * double.PositiveInfinity,
            ".nan" => double.NaN,
            _ when !version12 && digits.Contains(':', StringComparison.Ordinal) => sign * digits.Split(':').Aggregate(0.0, (sum, part) => (sum * 60) + Number(part, spot)),
            _ => sign * Number(digits, spot),
        };
    }

    private static double Number(string digits, SourceSpot spot) =>
        double.TryParse(digits, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw new YamlFault("ValueError", $"could not convert string to float: '{digits}'", spot);

    private static PythonOnly Binary(string text, SourceSpot spot)
    {
        if (!text.All(char.IsAscii))
        {
            throw new YamlFault(YamlFault.Parsing, "failed to convert base64 data into ascii", spot);
        }

        PythonBase64.Decode(text, urlSafe: false, out var fault);
        return fault is null ? new PythonOnly("bytes") : throw new YamlFault(YamlFault.Parsing, $"failed to decode base64 data: {fault}", spot);
    }
}

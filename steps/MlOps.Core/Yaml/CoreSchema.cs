using System.Globalization;
using System.Text.RegularExpressions;

namespace MlOps.Core.Yaml;

/// <summary>How plain scalars are typed: the core schema of YAML 1.2 (section 10.3.2); <c>yes</c>, <c>on</c> and <c>010</c> mean what they mean there.</summary>
public static partial class CoreSchema
{
    /// <returns>null, bool, long, double or string; integers beyond 64 bits become doubles.</returns>
    public static object? Resolve(string text) => text switch
    {
        "" or "~" or "null" or "Null" or "NULL" => null,
        "true" or "True" or "TRUE" => true,
        "false" or "False" or "FALSE" => false,
        ".nan" or ".NaN" or ".NAN" => double.NaN,
        _ => Number(text) ?? (object)text,
    };

    private static object? Number(string text)
    {
        if (Decimal().IsMatch(text))
        {
            return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole)
                ? whole
                : (object)double.Parse(text, CultureInfo.InvariantCulture);
        }

        if (text.StartsWith("0x", StringComparison.Ordinal) && long.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var hex))
        {
            return hex;
        }

        if (Octal().IsMatch(text))
        {
            return Convert.ToInt64(text[2..], 8);
        }

        if (Infinity().IsMatch(text))
        {
            return text[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity;
        }

        return Float().IsMatch(text) ? double.Parse(text, CultureInfo.InvariantCulture) : (object?)null;
    }

    [GeneratedRegex("^[-+]?[0-9]+$")]
    private static partial Regex Decimal();

    [GeneratedRegex("^0o[0-7]{1,21}$")]
    private static partial Regex Octal();

    [GeneratedRegex(@"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$")]
    private static partial Regex Float();

    [GeneratedRegex(@"^[-+]?\.(inf|Inf|INF)$")]
    private static partial Regex Infinity();
}

using System.Globalization;
using MlOps.Core.Yaml;

namespace MlOps.Pipelines.Components;

/// <summary>
/// Scalars of component files as PyYAML reads them (YAML 1.1), because those files are KFP's and mean what KFP makes of
/// them; and as Python prints them. Dates stay text, binary and sexagesimal numbers too.
/// </summary>
internal static class PythonScalar
{
    /// <returns>null, bool, long, double or string.</returns>
    public static object? Of(YamlScalar scalar)
    {
        if (!scalar.Plain)
        {
            return scalar.Text;
        }

        return scalar.Text switch
        {
            "yes" or "Yes" or "YES" or "on" or "On" or "ON" => true,
            "no" or "No" or "NO" or "off" or "Off" or "OFF" => false,
            var text => Number(scalar.Value, text),
        };
    }

    /// <summary><c>str(value)</c> of Python: True, 1e-07, 10.0.</summary>
    public static string Text(object? value) => value switch
    {
        null => "None",
        bool flag => flag ? "True" : "False",
        long whole => whole.ToString(CultureInfo.InvariantCulture),
        double number => Number(number),
        _ => (string)value,
    };

    /// <summary><c>repr</c> of a Python float: shortest digits; exponent below 1e-4 and from 1e16.</summary>
    public static string Number(double number)
    {
        if (number == 0)
        {
            return double.IsNegative(number) ? "-0.0" : "0.0";
        }

        // The exponent is that of the shortest form: in full, 1e-7 is 9.9999999999999995e-08.
        var shortest = number.ToString("R", CultureInfo.InvariantCulture);
        var (digits, exponent) = (Digits(shortest), Exponent(shortest.TrimStart('-')));
        var sign = number < 0 ? "-" : "";
        if (exponent is < -4 or >= 16)
        {
            var fraction = digits.Length > 1 ? "." + digits[1..] : "";
            return $"{sign}{digits[0]}{fraction}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}";
        }

        if (exponent < 0)
        {
            return $"{sign}0.{new string('0', -exponent - 1)}{digits}";
        }

        return digits.Length <= exponent + 1
            ? $"{sign}{digits.PadRight(exponent + 1, '0')}.0"
            : $"{sign}{digits[..(exponent + 1)]}.{digits[(exponent + 1)..]}";
    }

    // Of the first significant digit: 0 for 5.2, -2 for 0.05.
    private static int Exponent(string shortest)
    {
        if (shortest.IndexOf('E', StringComparison.Ordinal) is var at and >= 0)
        {
            return int.Parse(shortest.AsSpan(at + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        }

        var point = shortest.IndexOf('.', StringComparison.Ordinal) is var found and >= 0 ? found : shortest.Length;
        var first = shortest.AsSpan().IndexOfAnyExcept('0', '.');
        return first < point ? point - first - 1 : point - first;
    }

    // The significant digits of a number in its shortest form, without sign, point and exponent.
    private static string Digits(string shortest)
    {
        var mantissa = shortest.Split('E')[0];
        return mantissa.Replace("-", "", StringComparison.Ordinal).Replace(".", "", StringComparison.Ordinal).Trim('0') is { Length: > 0 } digits ? digits : "0";
    }

    // In YAML 1.1 a float has a point and a signed exponent, an integer with a leading 0 is octal, and _ separates digits.
    private static object? Number(object? value, string text)
    {
        switch (value)
        {
            case double when !text.Contains('.', StringComparison.Ordinal):
                return text;
            case double when text.AsSpan().IndexOfAny('e', 'E') is var at and >= 0 && at + 1 < text.Length && text[at + 1] is not ('+' or '-'):
                return text;
            case long when text.TrimStart('+', '-') is ['0', >= '0' and <= '9', ..] digits && digits.AsSpan().IndexOfAnyExceptInRange('0', '7') < 0:
                return Convert.ToInt64(digits, 8) * (text[0] == '-' ? -1 : 1);
            case long when text.TrimStart('+', '-') is ['0', >= '0' and <= '9', ..]:
                return text;
            case string when text.Length > 1 && text.AsSpan().IndexOf('_') > 0 && text.AsSpan(text[0] is '+' or '-' ? 1 : 0) is [>= '1' and <= '9', ..] rest && rest.IndexOfAnyExcept("0123456789_") < 0:
                return long.TryParse(text.Replace("_", "", StringComparison.Ordinal), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) ? whole : text;
            default:
                return value;
        }
    }
}

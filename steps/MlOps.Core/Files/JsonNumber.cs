using System.Globalization;

namespace MlOps.Core.Files;

/// <summary>Numbers as JSON texts.</summary>
public static class JsonNumber
{
    // From here on a double's neighbours are more than 1 apart: such digits would be invented.
    private const double ExactlyWhole = 9_007_199_254_740_992;

    /// <summary>Shortest form, without an exponent: <c>5</c>, <c>0.25</c>, <c>100000000000000000000</c>.</summary>
    public static string Text(double number)
    {
        if (number == Math.Truncate(number) && Math.Abs(number) < ExactlyWhole)
        {
            return ((long)number).ToString(CultureInfo.InvariantCulture);
        }

        var shortest = number.ToString("R", CultureInfo.InvariantCulture);
        return shortest.Contains('E', StringComparison.Ordinal) && double.IsFinite(number) ? Unrolled(shortest) : shortest;
    }

    // 1.5E-07 → 0.00000015: moves the point by the exponent.
    private static string Unrolled(string number)
    {
        var (sign, body) = number[0] == '-' ? ("-", number[1..]) : ("", number);
        var parts = body.Split('E');
        var exponent = int.Parse(parts[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var digits = parts[0].Replace(".", "", StringComparison.Ordinal);
        var point = parts[0].IndexOf('.', StringComparison.Ordinal) is var at and >= 0 ? at + exponent : digits.Length + exponent;
        return point switch
        {
            <= 0 => $"{sign}0.{new string('0', -point)}{digits}",
            _ when point >= digits.Length => sign + digits.PadRight(point, '0'),
            _ => $"{sign}{digits[..point]}.{digits[point..]}",
        };
    }
}

using System.Globalization;

namespace Validate;

/// <summary>What can be told from a column's values alone.</summary>
internal static class Values
{
    public static bool Fits(FeatureType type, string value) => type switch
    {
        FeatureType.Number => Number(value) is not null,
        FeatureType.Day => DateOnly.TryParseExact(value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
        _ => true,
    };

    public static double? Number(string value) =>
        double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;

    /// <summary>Each value's share of all values, 0 to 1.</summary>
    public static Dictionary<string, double> Shares(IReadOnlyList<string> values) =>
        values.CountBy(value => value).ToDictionary(count => count.Key, count => (double)count.Value / values.Count);
}

using System.Globalization;

namespace MlOps.Pipelines.Definitions;

/// <summary>Durations as KFP writes them: <c>30s</c>, <c>1 hour</c>, <c>2d</c>; the unit's first letter counts.</summary>
internal static class DurationText
{
    /// <returns>Seconds; null where the text is no duration.</returns>
    public static long? Seconds(string text)
    {
        var dense = text.Replace(" ", "", StringComparison.Ordinal);
        var digits = dense.AsSpan().IndexOfAnyExceptInRange('0', '9');
        if (digits <= 0 || dense.AsSpan(digits).ContainsAnyInRange('0', '9') || !long.TryParse(dense.AsSpan(0, digits), NumberStyles.None, CultureInfo.InvariantCulture, out var count))
        {
            return null;
        }

        long? unit = dense[digits] switch
        {
            's' => 1,
            'm' => 60,
            'h' => 3600,
            'd' => 86_400,
            'w' => 604_800,
            _ => null,
        };
        return count <= int.MaxValue ? count * unit : null;
    }
}

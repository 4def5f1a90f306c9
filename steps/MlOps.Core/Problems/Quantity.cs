using System.Globalization;

namespace MlOps.Core.Problems;

/// <summary>How many of something, in words for people.</summary>
public static class Quantity
{
    private static readonly string[] Units = ["B", "KiB", "MiB", "GiB", "TiB"];

    /// <summary><c>1 image</c>, <c>7 images</c>; the noun's plural must be regular.</summary>
    public static string Of(int count, string noun) => string.Create(CultureInfo.InvariantCulture, $"{count} {noun}{(count == 1 ? "" : "s")}");

    /// <summary>A size: <c>986 B</c>, <c>7.7 KiB</c>, <c>22.9 MiB</c>.</summary>
    public static string OfBytes(long bytes)
    {
        double size = bytes;
        var unit = 0;
        for (; size >= 1024 && unit < Units.Length - 1; unit++)
        {
            size /= 1024;
        }

        return unit == 0 ? $"{bytes} B" : string.Create(CultureInfo.InvariantCulture, $"{size:0.0} {Units[unit]}");
    }
}

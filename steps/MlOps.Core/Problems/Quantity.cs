using System.Globalization;

namespace MlOps.Core.Problems;

/// <summary>How many of something, in words for people.</summary>
public static class Quantity
{
    /// <summary><c>1 image</c>, <c>7 images</c>; the noun's plural must be regular.</summary>
    public static string Of(int count, string noun) => string.Create(CultureInfo.InvariantCulture, $"{count} {noun}{(count == 1 ? "" : "s")}");
}

using System.Globalization;

namespace MlOps.LocalCloud.Vertex.Running;

/// <summary>Amounts as Kubernetes writes them: <c>500m</c>, <c>4</c>, <c>16G</c>, <c>512Mi</c>.</summary>
internal static class ResourceAmount
{
    private static readonly (string Unit, double Factor)[] Units =
    [
        ("Ki", 1L << 10), ("Mi", 1L << 20), ("Gi", 1L << 30), ("Ti", 1L << 40), ("Pi", 1L << 50), ("Ei", 1L << 60),
        ("m", 1e-3), ("k", 1e3), ("K", 1e3), ("M", 1e6), ("G", 1e9), ("T", 1e12), ("P", 1e15), ("E", 1e18), ("", 1),
    ];

    /// <exception cref="TaskFaultException">The text is not an amount.</exception>
    public static double Parse(string what, string text)
    {
        var (unit, factor) = Units.First(pair => text.EndsWith(pair.Unit, StringComparison.Ordinal));
        return double.TryParse(text.AsSpan(0, text.Length - unit.Length), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number > 0
            ? number * factor
            : throw new TaskFaultException($"The {what} limit '{text}' is not an amount; expected such as 2, 500m, 16G or 512Mi.");
    }
}

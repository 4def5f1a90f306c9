namespace Validate.Tests;

internal static class Strikes
{
    /// <summary>A span of strikes whose column has these values, in order; null is a strike without one.</summary>
    public static Span Of(string span, string column, params string?[] values) =>
        Span.Of(span, [.. values.Select(value => value is null ? new Dictionary<string, string>() : new() { [column] = value })]);

    public static IReadOnlyList<string> Codes(IEnumerable<Anomaly> anomalies) => [.. anomalies.Select(a => $"{a.Severity} {a.Code}")];
}

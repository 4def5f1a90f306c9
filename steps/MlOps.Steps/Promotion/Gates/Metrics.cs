using System.Collections.Immutable;
using System.Globalization;
using System.IO.Enumeration;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MlOps.Steps.Promotion.Gates;

/// <summary>The metrics of runs as numbers by name, <c>TASK.NAME</c>; nested ones by their path, <c>TASK.NAME.KEY</c>.</summary>
internal static class Metrics
{
    public static ImmutableSortedDictionary<string, double> Of(IEnumerable<ImmutableSortedDictionary<string, JsonNode?>> runs)
    {
        var metrics = ImmutableSortedDictionary.CreateBuilder<string, double>(StringComparer.Ordinal);
        foreach (var (name, value) in runs.SelectMany(run => run))
        {
            Add(metrics, name, value);
        }

        return metrics.ToImmutable();
    }

    public static IEnumerable<string> Matching(this ImmutableSortedDictionary<string, double> metrics, string pattern) =>
        metrics.Keys.Where(name => FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false));

    public static string Text(double value) => value.ToString("0.######", CultureInfo.InvariantCulture);

    private static void Add(ImmutableSortedDictionary<string, double>.Builder metrics, string name, JsonNode? value)
    {
        switch (value)
        {
            case JsonObject map:
                foreach (var (key, inner) in map)
                {
                    Add(metrics, $"{name}.{key}", inner);
                }

                break;
            case JsonValue number when number.GetValueKind() == JsonValueKind.Number && double.TryParse(number.ToJsonString(), CultureInfo.InvariantCulture, out var parsed) && double.IsFinite(parsed):
                metrics[name] = parsed;
                break;
        }
    }
}

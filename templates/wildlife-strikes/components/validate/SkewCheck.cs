using System.Globalization;
using System.Text.Json.Serialization;

namespace Validate;

/// <summary>How far a category's shares moved between the spans, and by which value.</summary>
/// <param name="Distance">L-infinity: the largest change of any one value's share, 0 to 1.</param>
internal sealed record Skew(string Feature, double Distance, string Value, double? Threshold)
{
    [JsonIgnore]
    public bool Serious => Distance > Threshold;
}

/// <summary>The two spans against each other.</summary>
internal static class SkewCheck
{
    public static IReadOnlyList<Skew> Measure(Schema schema, Span training, Span evaluation) =>
    [
        .. from feature in schema.Features
           where feature.Type == FeatureType.Category && training[feature.Name].Count > 0 && evaluation[feature.Name].Count > 0
           select Measure(feature, training[feature.Name], evaluation[feature.Name]),
    ];

    public static IEnumerable<Anomaly> Check(IEnumerable<Skew> skews) =>
        from skew in skews
        where skew.Serious
        let message = string.Create(CultureInfo.InvariantCulture, $"the share of '{skew.Value}' differs by {skew.Distance:0.###} from the training span's, {skew.Threshold:0.###} is allowed.")
        select new Anomaly(Severity.Error, "SKEW", "evaluation", skew.Feature, message);

    private static Skew Measure(Feature feature, IReadOnlyList<string> training, IReadOnlyList<string> evaluation)
    {
        var (before, after) = (Values.Shares(training), Values.Shares(evaluation));
        var (value, distance) = before.Keys.Union(after.Keys)
            .Select(v => (Value: v, Distance: Math.Abs(before.GetValueOrDefault(v) - after.GetValueOrDefault(v))))
            .MaxBy(change => change.Distance);
        return new Skew(feature.Name, Math.Round(distance, 6), value, feature.MaxSkew);
    }
}

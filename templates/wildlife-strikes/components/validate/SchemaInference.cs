namespace Validate;

/// <summary>Guesses a schema from a sample, for people to correct: types and domains as seen, limits with some slack.</summary>
internal static class SchemaInference
{
    private const int LargestDomain = 60;
    private const double PresenceSlack = 0.15;
    private const double MinDomainMass = 0.98;
    private const double MaxSkew = 0.15;

    public static Schema From(Span sample) =>
        new([.. sample.Columns.Keys.Select(column => Infer(column, sample[column], sample.Rows))]);

    private static Feature Infer(string name, IReadOnlyList<string> values, int rows)
    {
        var presence = (double)values.Count / rows;
        var minPresence = presence == 1 ? 1 : Math.Max(0, Math.Round(presence - PresenceSlack, 2));
        return TypeOf(values) switch
        {
            FeatureType.Number => new(name, FeatureType.Number, minPresence, Min: values.Min(Values.Number), Max: values.Max(Values.Number)),
            FeatureType.Category => new(name, FeatureType.Category, minPresence, [.. values.Distinct().Order(StringComparer.Ordinal)], MinDomainMass, MaxSkew),
            var type => new(name, type, minPresence),
        };
    }

    private static FeatureType TypeOf(IReadOnlyList<string> values) =>
        values.All(v => Values.Fits(FeatureType.Number, v)) ? FeatureType.Number
        : values.All(v => Values.Fits(FeatureType.Day, v)) ? FeatureType.Day
        : values.Distinct().Count() <= LargestDomain ? FeatureType.Category
        : FeatureType.Text;
}

namespace Transform;

/// <summary>What is learnt from the training span, so that both spans, and requests at serving, are treated alike.</summary>
/// <param name="Frequent">By column, the values common enough to be a category of their own.</param>
/// <param name="MeanSpeedKnots">By phase of flight, stands in where a report has no speed.</param>
/// <param name="OverallMeanSpeedKnots">The same for a phase that was never seen with a speed.</param>
internal sealed record Statistics(
    IReadOnlyDictionary<string, IReadOnlyList<string>> Frequent,
    IReadOnlyDictionary<string, double> MeanSpeedKnots,
    double OverallMeanSpeedKnots)
{
    public const string Other = "other";

    public static Statistics Of(IReadOnlyList<Strike> training, int minCount)
    {
        var withSpeed = training.Where(strike => strike.SpeedKnots is not null).ToList();
        return new Statistics(
            new SortedDictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal)
            {
                ["aircraft"] = Common(training.Select(s => s.Aircraft), minCount),
                ["airport"] = Common(training.Select(s => s.Airport), minCount),
                ["operator"] = Common(training.Select(s => s.Operator), minCount),
                ["species"] = Common(training.Select(s => s.Species), minCount),
                ["state"] = Common(training.Select(s => s.State), minCount),
            },
            new SortedDictionary<string, double>(withSpeed.GroupBy(s => s.Phase).ToDictionary(phase => phase.Key, Mean), StringComparer.Ordinal),
            withSpeed.Count == 0 ? 0 : Mean(withSpeed));
    }

    public string Category(string column, string value) => Frequent[column].Contains(value) ? value : Other;

    public double SpeedKnots(Strike strike) =>
        strike.SpeedKnots ?? (MeanSpeedKnots.TryGetValue(strike.Phase, out var mean) ? mean : OverallMeanSpeedKnots);

    private static List<string> Common(IEnumerable<string> values, int minCount) =>
        [.. values.CountBy(value => value).Where(count => count.Value >= minCount).Select(count => count.Key).Order(StringComparer.Ordinal)];

    private static double Mean(IEnumerable<Strike> strikes) => Math.Round(strikes.Average(strike => strike.SpeedKnots!.Value), 6);
}

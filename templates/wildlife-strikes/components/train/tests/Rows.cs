namespace Train.Tests;

internal static class Rows
{
    /// <summary>Rows in which large animals at speed do damage, mostly, and nothing else matters.</summary>
    public static IReadOnlyList<FeatureRow> Synthetic(int count)
    {
        var random = new Random(7);
        return [.. Enumerable.Range(0, count).Select(_ => One(random))];
    }

    private static FeatureRow One(Random random)
    {
        var large = random.NextDouble() < 0.3;
        var speed = random.Next(50, 250);
        return new FeatureRow
        {
            Size = large ? "Large" : "Small",
            Phase = random.NextDouble() < 0.5 ? "Climb" : "Approach",
            SpeedKnots = speed,
            SpeedKnown = 1,
            Damaged = random.NextDouble() < (large && speed > 120 ? 0.8 : 0.05),
        };
    }
}

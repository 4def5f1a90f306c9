namespace Validate.Tests;

public sealed class SkewCheckTests
{
    [Fact]
    public void The_distance_is_the_largest_change_of_one_share_and_names_the_value()
    {
        // Shares: Day 0.5 to 0.25, Night 0.5 to 0.25, Dusk 0 to 0.5.
        var skew = Assert.Single(Measure(maxSkew: 0.4, before: ["Day", "Night"], after: ["Day", "Night", "Dusk", "Dusk"]));

        Assert.Equal(("Dusk", 0.5), (skew.Value, skew.Distance));
        Assert.Equal(["Error SKEW"], Strikes.Codes(SkewCheck.Check([skew])));
    }

    [Fact]
    public void A_distance_at_the_threshold_passes() =>
        Assert.Empty(SkewCheck.Check(Measure(maxSkew: 0.5, before: ["Day", "Night"], after: ["Day"])));

    [Fact]
    public void A_category_without_a_threshold_is_measured_but_never_stops() =>
        Assert.Empty(SkewCheck.Check(Measure(maxSkew: null, before: ["Day"], after: ["Night"])));

    private static IReadOnlyList<Skew> Measure(double? maxSkew, string[] before, string[] after) =>
        SkewCheck.Measure(
            new Schema([new Feature("time", FeatureType.Category, 0, MaxSkew: maxSkew)]),
            Strikes.Of("training", "time", before),
            Strikes.Of("evaluation", "time", after));
}

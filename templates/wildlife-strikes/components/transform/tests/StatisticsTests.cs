namespace Transform.Tests;

public sealed class StatisticsTests
{
    private static readonly Strike Strike = new(new DateOnly(2000, 1, 1), false, "Climb", "Small", "Day", "Rock pigeon", "MD-80", "DELTA", "LOGAN INTL", "DC", 140);

    [Fact]
    public void A_rare_value_and_one_that_training_never_saw_become_other()
    {
        var statistics = Statistics.Of([Strike, Strike, Strike with { Species = "Osprey" }], minCount: 2);

        Assert.Equal("Rock pigeon", statistics.Category("species", "Rock pigeon"));
        Assert.Equal("other", statistics.Category("species", "Osprey"));
        Assert.Equal("other", statistics.Category("species", "Dodo"));
    }

    [Fact]
    public void A_phase_that_training_never_saw_gets_the_overall_mean_speed()
    {
        var statistics = Statistics.Of([Strike, Strike with { Phase = "Taxi", SpeedKnots = 20 }], minCount: 1);
        Assert.Equal(80, statistics.SpeedKnots(Strike with { Phase = "Parked", SpeedKnots = null }));
    }
}

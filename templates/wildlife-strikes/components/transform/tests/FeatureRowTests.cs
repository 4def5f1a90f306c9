using System.Text.Json;

namespace Transform.Tests;

public sealed class FeatureRowTests
{
    private static readonly Dictionary<string, string> Columns = new()
    {
        ["Airport Name"] = "LIHUE ARPT",
        ["Aircraft Make Model"] = "B-737-300",
        ["Effect Amount of damage"] = "Minor",
        ["Flight Date"] = "1999-04-30",
        ["Aircraft Airline Operator"] = "ALOHA AIRLINES",
        ["Origin State"] = "Hawaii",
        ["Phase of flight"] = "Climb",
        ["Wildlife Size"] = "Medium",
        ["Wildlife Species"] = "Cattle egret",
        ["Time of day"] = "Day",
        ["Cost Repair"] = "0",
        ["Cost Total $"] = "0",
        ["Speed IAS in knots"] = "100",
    };

    [Fact]
    public void Season_speed_and_energy_are_worked_out()
    {
        var row = Row(Columns);

        Assert.Equal((1f, 0f), (row.MonthSine, MathF.Round(row.MonthCosine, 6)));
        Assert.Equal((100f, 1f), (row.SpeedKnots, row.SpeedKnown));
        Assert.Equal(1.323f, row.ImpactEnergy, 3); // half of 1 kg times (51.4 m/s) squared
        Assert.Equal("B-737", row.AircraftFamily);
        Assert.True(row.Damaged);
    }

    [Fact]
    public void What_is_known_only_after_the_repair_changes_no_feature()
    {
        var repaired = new Dictionary<string, string>(Columns) { ["Cost Repair"] = "144634", ["Cost Other"] = "7", ["Cost Total $"] = "144641" };
        Assert.Equal(Row(Columns), Row(repaired));
    }

    [Fact]
    public void The_effect_is_the_label_and_nothing_else()
    {
        var unharmed = new Dictionary<string, string>(Columns) { ["Effect Amount of damage"] = "None" };
        Assert.Equal(Row(Columns) with { Damaged = false }, Row(unharmed));
    }

    [Fact]
    public void A_missing_speed_becomes_the_mean_of_its_phase_and_is_marked()
    {
        var silent = Columns.Where(column => column.Key != "Speed IAS in knots").ToDictionary();
        var row = Row(silent, [Parse(Columns), Parse(Columns) with { SpeedKnots = 200 }, Parse(Columns) with { Phase = "Taxi", SpeedKnots = 10 }]);

        Assert.Equal((150f, 0f), (row.SpeedKnots, row.SpeedKnown));
    }

    [Fact]
    public void A_strike_that_lacks_a_column_is_refused_by_line()
    {
        var refused = Assert.Throws<InvalidDataException>(() => Strike.Parse("strikes, line 3", "{}"));
        Assert.StartsWith("strikes, line 3: ", refused.Message, StringComparison.Ordinal);
        Assert.Contains("Flight Date", refused.Message, StringComparison.Ordinal);
    }

    private static FeatureRow Row(Dictionary<string, string> columns, IReadOnlyList<Strike>? training = null) =>
        FeatureRow.From(Parse(columns), Statistics.Of(training ?? [Parse(Columns)], minCount: 1));

    private static Strike Parse(Dictionary<string, string> columns) => Strike.Parse("strike", JsonSerializer.Serialize(columns));
}

namespace Validate.Tests;

public sealed class SchemaCheckTests
{
    private static readonly Feature Phase = new("phase", FeatureType.Category, MinPresence: 0.5, Domain: ["Climb", "Descent"], MinDomainMass: 0.75);
    private static readonly Feature Speed = new("speed", FeatureType.Number, MinPresence: 0, Min: 0, Max: 400);

    [Fact]
    public void Strikes_that_fit_have_no_anomaly() =>
        Assert.Empty(Check(Phase, "Climb", "Descent", null));

    [Fact]
    public void Few_unexpected_values_are_a_warning_that_names_them()
    {
        var anomaly = Assert.Single(Check(Phase, "Climb", "Climb", "Climb", "Taxi"));

        Assert.Equal(Severity.Warning, anomaly.Severity);
        Assert.Contains("75 % of the values are in the domain, 75 % must be; not: 'Taxi'", anomaly.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Many_unexpected_values_stop_the_pipeline() =>
        Assert.Equal(["Error UNEXPECTED_VALUES"], Strikes.Codes(Check(Phase, "Climb", "Taxi")));

    [Fact]
    public void Too_many_missing_values_stop_the_pipeline() =>
        Assert.Equal(["Error VALUES_MISSING"], Strikes.Codes(Check(Phase, "Climb", null, null)));

    [Fact]
    public void A_column_that_no_strike_has_stops_the_pipeline() =>
        Assert.Equal(["Error COLUMN_MISSING"], Strikes.Codes(Check(Phase, null, null)));

    [Fact]
    public void A_value_of_another_type_stops_the_pipeline() =>
        Assert.Equal(["Error WRONG_TYPE"], Strikes.Codes(Check(Speed, "140", "fast", "NaN")));

    [Fact]
    public void A_number_out_of_range_is_a_warning() =>
        Assert.Equal(["Warning OUT_OF_RANGE"], Strikes.Codes(Check(Speed, "140", "4000")));

    [Fact]
    public void A_column_that_the_schema_does_not_know_is_a_warning() =>
        Assert.Equal(["Warning NEW_COLUMN"], Strikes.Codes(SchemaCheck.Check(new Schema([]), Strikes.Of("training", "weather", "rain"))));

    [Fact]
    public void A_span_without_strikes_stops_the_pipeline() =>
        Assert.Equal(["Error NO_STRIKES"], Strikes.Codes(Check(Phase)));

    private static IEnumerable<Anomaly> Check(Feature feature, params string?[] values) =>
        SchemaCheck.Check(new Schema([feature]), Strikes.Of("training", feature.Name, values));
}

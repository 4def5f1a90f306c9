namespace Validate.Tests;

public sealed class SchemaInferenceTests
{
    [Fact]
    public void Types_domains_and_ranges_are_those_of_the_sample()
    {
        var schema = SchemaInference.From(Span.Of("sample",
        [
            new() { ["phase"] = "Taxi", ["speed"] = "10", ["day"] = "2000-01-01" },
            new() { ["phase"] = "Climb", ["speed"] = "-2.5", ["day"] = "2000-01-02" },
            new() { ["phase"] = "Climb", ["day"] = "2000-01-02" },
        ]));

        var features = schema.Features.ToDictionary(feature => feature.Name);
        Assert.Equal(FeatureType.Day, features["day"].Type);
        Assert.Equal(["Climb", "Taxi"], features["phase"].Domain);
        Assert.Equal((-2.5, 10), (features["speed"].Min, features["speed"].Max));
        Assert.InRange(features["speed"].MinPresence, 0.5, 0.55);
    }

    [Fact]
    public void A_column_of_many_values_is_text() =>
        Assert.Equal(FeatureType.Text, SchemaInference.From(Strikes.Of("sample", "id", [.. Enumerable.Range(0, 100).Select(i => $"id {i}")])).Features[0].Type);

    [Fact]
    public void The_sample_fits_the_schema_inferred_from_it()
    {
        var sample = Strikes.Of("sample", "phase", "Taxi", "Climb", null);
        Assert.Empty(SchemaCheck.Check(SchemaInference.From(sample), sample));
    }
}

namespace Validate.Tests;

public sealed class ReportTests
{
    [Fact]
    public void The_committed_schema_reads_and_knows_the_label_exactly()
    {
        var schema = Json.Read<Schema>(Path.Combine(AppContext.BaseDirectory, "schema.json"));

        Assert.Equal(14, schema.Features.Count);
        Assert.Equal(1, schema.Features.Single(feature => feature.Name == "Effect Amount of damage").MinDomainMass);
    }

    [Fact]
    public void Anomalies_of_both_spans_and_between_them_are_reported_together()
    {
        var schema = new Schema([new Feature("time", FeatureType.Category, 1, Domain: ["Day", "Night"], MinDomainMass: 0, MaxSkew: 0.1)]);
        var report = Report.On(schema, Strikes.Of("training", "time", "Day", "Noon"), Strikes.Of("evaluation", "time", "Night"));

        Assert.Equal(["Warning UNEXPECTED_VALUES", "Error SKEW"], Strikes.Codes(report.Anomalies));
        Assert.Contains("\"evaluation\": 1", Json.Write(report), StringComparison.Ordinal);
    }
}

using System.Text.Json.Serialization;

namespace Validate;

/// <summary>All that was found, as the component's artifact.</summary>
internal sealed record Report(IReadOnlyDictionary<string, int> Rows, IReadOnlyList<Anomaly> Anomalies, IReadOnlyList<Skew> Skew)
{
    [JsonIgnore]
    public IEnumerable<Anomaly> Errors => Anomalies.Where(anomaly => anomaly.Severity == Severity.Error);

    [JsonIgnore]
    public IEnumerable<Anomaly> Warnings => Anomalies.Where(anomaly => anomaly.Severity == Severity.Warning);

    public static Report On(Schema schema, Span training, Span evaluation)
    {
        var skew = SkewCheck.Measure(schema, training, evaluation);
        Anomaly[] anomalies = [.. SchemaCheck.Check(schema, training), .. SchemaCheck.Check(schema, evaluation), .. SkewCheck.Check(skew)];
        var rows = new Dictionary<string, int> { [training.Name] = training.Rows, [evaluation.Name] = evaluation.Rows };
        return new Report(rows, anomalies, skew);
    }
}

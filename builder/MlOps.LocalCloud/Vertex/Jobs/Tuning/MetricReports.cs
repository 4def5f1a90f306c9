using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Google.Cloud.AIPlatform.V1;
using Google.Protobuf.WellKnownTypes;
using MlOps.LocalCloud.Vertex.Pipelines.Values;
using Goal = Google.Cloud.AIPlatform.V1.StudySpec.Types.MetricSpec.Types.GoalType;
using Selection = Google.Cloud.AIPlatform.V1.StudySpec.Types.MeasurementSelectionType;

namespace MlOps.LocalCloud.Vertex.Jobs.Tuning;

/// <summary>
/// What a trial reports by cloudml-hypertune: JSON lines <c>{"METRIC": "0.9", "global_step": "1", "timestamp": 1.5, "trial": "1", "checkpoint_path": ""}</c>,
/// in the file that <c>CLOUD_ML_HP_METRIC_FILE</c> names.
/// </summary>
internal static class MetricReports
{
    /// <summary>The measurements of the study's metrics, in the order of their steps; lines that are none are left out.</summary>
    /// <param name="started">When the trial began, for the time that has elapsed; the lines tell seconds since 1970.</param>
    public static ImmutableArray<Measurement> Read(string text, StudySpec study, DateTimeOffset started)
    {
        var measurements = new SortedDictionary<(long Step, int Line), Measurement>();
        foreach (var (number, line) in text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Index())
        {
            if (Parsed(line) is { } report && Metrics(report, study) is { Count: > 0 } metrics)
            {
                var step = (long)(Number(report, "global_step") ?? 0);

                // Metrics that are reported one after another for the same step are one measurement.
                var same = measurements.LastOrDefault(pair => pair.Key.Step == step && !pair.Value.Metrics.Any(metric => metrics.Exists(other => other.MetricId == metric.MetricId)));
                if (same.Value is { } earlier)
                {
                    earlier.Metrics.AddRange(metrics);
                    continue;
                }

                var elapsed = Number(report, "timestamp") is { } time ? TimeSpan.FromSeconds(Math.Clamp(time - (started.ToUnixTimeMilliseconds() / 1000.0), 0, 1e9)) : TimeSpan.Zero;
                measurements[(step, number)] = new Measurement { StepCount = step, ElapsedDuration = elapsed.ToDuration(), Metrics = { metrics } };
            }
        }

        return [.. measurements.Values];
    }

    /// <summary>The names under which something was reported, whether the study knows them or not.</summary>
    public static ImmutableSortedSet<string> Names(string text) =>
        text.Split('\n').Select(Parsed).OfType<JsonElement>().SelectMany(report => report.EnumerateObject()).Select(pair => pair.Name)
            .Where(name => name is not ("timestamp" or "trial" or "global_step" or "checkpoint_path")).ToImmutableSortedSet(StringComparer.Ordinal);

    /// <summary>The measurement that counts: the last complete one, or the best where the study asks for it; null where a metric was never reported.</summary>
    public static Measurement? Final(ImmutableArray<Measurement> measurements, StudySpec study)
    {
        var complete = measurements.Where(measurement => study.Metrics.All(metric => Value(measurement, metric.MetricId) is not null)).ToList();
        return study.MeasurementSelectionType == Selection.BestMeasurement ? complete.MaxBy(measurement => Merit(measurement, study)) : complete.LastOrDefault();
    }

    /// <summary>Greater is better, by the study's first metric.</summary>
    public static double Merit(Measurement measurement, StudySpec study)
    {
        var metric = study.Metrics[0];
        var value = Value(measurement, metric.MetricId) ?? double.NaN;
        return double.IsNaN(value) ? double.NegativeInfinity : metric.Goal == Goal.Minimize ? -value : value;
    }

    private static double? Value(Measurement measurement, string metric) => measurement.Metrics.FirstOrDefault(found => found.MetricId == metric)?.Value;

    private static List<Measurement.Types.Metric> Metrics(JsonElement report, StudySpec study) =>
    [
        .. study.Metrics.Select(metric => (metric.MetricId, Value: Number(report, metric.MetricId))).Where(pair => pair.Value is not null)
            .Select(pair => new Measurement.Types.Metric { MetricId = pair.MetricId, Value = pair.Value!.Value }),
    ];

    private static JsonElement? Parsed(string line)
    {
        try
        {
            return Json.Parse(line) is { ValueKind: JsonValueKind.Object } report ? report : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // Values are texts in the file; Python writes nan and inf in its own way.
    private static double? Number(JsonElement report, string key) => !report.TryGetProperty(key, out var found) ? null : found.ValueKind switch
    {
        JsonValueKind.Number => found.GetDouble(),
        JsonValueKind.String => found.GetString() switch
        {
            "nan" => double.NaN,
            "inf" => double.PositiveInfinity,
            "-inf" => double.NegativeInfinity,
            var text => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null,
        },
        _ => null,
    };
}

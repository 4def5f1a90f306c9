using CsCheck;
using Google.Cloud.AIPlatform.V1;
using MlOps.LocalCloud.Vertex.Jobs.Tuning;
using Algorithm = Google.Cloud.AIPlatform.V1.StudySpec.Types.Algorithm;
using ParameterSpec = Google.Cloud.AIPlatform.V1.StudySpec.Types.ParameterSpec;
using Scale = Google.Cloud.AIPlatform.V1.StudySpec.Types.ParameterSpec.Types.ScaleType;

namespace MlOps.LocalCloud.Tests.Vertex.Jobs;

/// <summary>What trials try, and how their metrics are read.</summary>
public sealed class SuggestionTests
{
    private static ParameterSpec Double(string id, double least, double most, Scale scale = Scale.UnitLinearScale) =>
        new() { ParameterId = id, ScaleType = scale, DoubleValueSpec = new() { MinValue = least, MaxValue = most } };

    private static ParameterSpec Whole(string id, long least, long most) => new() { ParameterId = id, IntegerValueSpec = new() { MinValue = least, MaxValue = most } };

    private static string Shown(StudySpec study, int trial) =>
        Suggestions.Of(study, trial, "seed") is { } parameters ? string.Join(' ', parameters.Select(parameter => $"{parameter.ParameterId}={ParameterSpace.Text(parameter.Value)}")) : "nothing";

    [Fact]
    public void Grid_search_tries_every_combination_once()
    {
        var study = new StudySpec
        {
            Algorithm = Algorithm.GridSearch,
            Parameters = { Whole("n", 1, 2), new ParameterSpec { ParameterId = "c", CategoricalValueSpec = new() { Values = { "a", "b" } } }, new ParameterSpec { ParameterId = "d", DiscreteValueSpec = new() { Values = { 0.5, 8 } } } },
        };

        Assert.Equal(
            ["n=1 c=a d=0.5", "n=1 c=a d=8", "n=1 c=b d=0.5", "n=1 c=b d=8", "n=2 c=a d=0.5", "n=2 c=a d=8", "n=2 c=b d=0.5", "n=2 c=b d=8", "nothing"],
            Enumerable.Range(1, 9).Select(trial => Shown(study, trial)));
    }

    [Fact]
    public void The_default_covers_the_space_evenly()
    {
        var study = new StudySpec { Parameters = { Double("x", 0, 1), Double("y", 1, 100, Scale.UnitLogScale), Double("z", 1, 100, Scale.UnitReverseLogScale) } };
        var points = Enumerable.Range(1, 64).Select(trial => Suggestions.Of(study, trial, "seed")!.Value.Select(parameter => parameter.Value.NumberValue).ToArray()).ToList();

        Assert.All(Enumerable.Range(0, 8), cell => Assert.InRange(points.Count(point => (int)(point[0] * 8) == cell), 7, 9));
        Assert.InRange(points.Count(point => point[1] < 10), 30, 34);
        Assert.InRange(points.Count(point => point[2] > 91), 30, 34);
        Assert.Equal("x=0.5", Shown(new StudySpec { Parameters = { Double("x", 0, 1) } }, 1));
    }

    [Theory]
    [InlineData(Algorithm.Unspecified)]
    [InlineData(Algorithm.RandomSearch)]
    public void Every_value_lies_in_its_range_and_comes_again(Algorithm algorithm) => Gen.Select(Gen.Double[0.001, 1000], Gen.Double[0, 1000], Gen.Int[1, 500], Gen.Enum<Scale>()).Sample((least, width, trial, scale) =>
    {
        var study = new StudySpec
        {
            Algorithm = algorithm,
            Parameters =
            {
                Double("x", least, least + width, scale), Whole("n", -3, (long)width), new ParameterSpec { ParameterId = "k", ScaleType = scale, IntegerValueSpec = new() { MinValue = 1, MaxValue = 9 } },
                new ParameterSpec { ParameterId = "d", ScaleType = scale, DiscreteValueSpec = new() { Values = { 1, 2, 400 } } }, new ParameterSpec { ParameterId = "c", CategoricalValueSpec = new() { Values = { "a", "b", "c" } } },
            },
        };
        var values = Suggestions.Of(study, trial, "seed")!.Value;
        Assert.InRange(values[0].Value.NumberValue, least, least + width);
        Assert.InRange(values[1].Value.NumberValue, -3, Math.Floor(width));
        Assert.Equal(Math.Truncate(values[1].Value.NumberValue), values[1].Value.NumberValue);
        Assert.InRange(values[2].Value.NumberValue, 1, 9);
        Assert.Contains(values[3].Value.NumberValue, new[] { 1.0, 2, 400 });
        Assert.Contains(values[4].Value.StringValue, new[] { "a", "b", "c" });
        Assert.Equal(values, Suggestions.Of(study, trial, "seed")!.Value);
    });

    [Fact]
    public void Reports_are_read_as_cloudml_hypertune_writes_them()
    {
        var study = new StudySpec { Metrics = { new StudySpec.Types.MetricSpec { MetricId = "accuracy", Goal = StudySpec.Types.MetricSpec.Types.GoalType.Maximize } } };
        var started = DateTimeOffset.FromUnixTimeSeconds(1000);
        var read = MetricReports.Read(
            """
            {"accuracy": "0.5", "checkpoint_path": "", "global_step": "1", "timestamp": 1001.5, "trial": "1"}
            {"other": "7", "checkpoint_path": "", "global_step": "2", "timestamp": 1002, "trial": "1"}
            half a li
            {"accuracy": "0.9", "checkpoint_path": "", "global_step": "3", "timestamp": 1003, "trial": "1"}
            {"accuracy": "0.7", "checkpoint_path": "", "global_step": "4", "timestamp": 1004, "trial": "1"}

            """,
            study,
            started);

        Assert.Equal([(1L, 0.5, 1.5), (3, 0.9, 3), (4, 0.7, 4)], read.Select(one => (one.StepCount, one.Metrics[0].Value, one.ElapsedDuration.ToTimeSpan().TotalSeconds)));
        Assert.Equal(0.7, MetricReports.Final(read, study)!.Metrics[0].Value);
        study.MeasurementSelectionType = StudySpec.Types.MeasurementSelectionType.BestMeasurement;
        Assert.Equal(0.9, MetricReports.Final(read, study)!.Metrics[0].Value);
        study.Metrics[0].Goal = StudySpec.Types.MetricSpec.Types.GoalType.Minimize;
        Assert.Equal(0.5, MetricReports.Final(read, study)!.Metrics[0].Value);
        study.Metrics.Add(new StudySpec.Types.MetricSpec { MetricId = "loss" });
        Assert.Null(MetricReports.Final(read, study));
    }
}

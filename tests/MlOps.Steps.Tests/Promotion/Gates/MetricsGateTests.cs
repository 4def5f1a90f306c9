using System.Collections.Immutable;
using System.Text.Json.Nodes;
using CsCheck;
using MlOps.Steps.Project;
using MlOps.Steps.Promotion.Gates;

namespace MlOps.Steps.Tests.Promotion.Gates;

public sealed class MetricsGateTests
{
    private static readonly MetricRule Rule = new("accuracy", null, null, HigherIsBetter: true, null, null);

    private static ImmutableSortedDictionary<string, double> Values(params (string, double)[] values) => values.ToImmutableSortedDictionary(pair => pair.Item1, pair => pair.Item2);

    private static GateResult Check(MetricRule rule, ImmutableSortedDictionary<string, double> candidate, ImmutableSortedDictionary<string, double>? present = null) => MetricsGate.Check([rule], candidate, present, "dev", "prod");

    private static void Fails(string said, MetricRule rule, ImmutableSortedDictionary<string, double> candidate, ImmutableSortedDictionary<string, double>? present = null)
    {
        var result = Check(rule, candidate, present);
        Assert.Equal(GateOutcome.Failed, result.Outcome);
        Assert.Contains(said, result.Detail, StringComparison.Ordinal);
    }

    private static void Passes(string said, MetricRule rule, ImmutableSortedDictionary<string, double> candidate, ImmutableSortedDictionary<string, double>? present = null) => Assert.Equal(GateResult.Passed("metrics", said), Check(rule, candidate, present));

    [Fact]
    public void Bounds_are_within_themselves()
    {
        Passes("accuracy 0.8", Rule with { AtLeast = 0.8 }, Values(("accuracy", 0.8)));
        Fails("accuracy is 0.79, below 0.8", Rule with { AtLeast = 0.8 }, Values(("accuracy", 0.79)));
        Passes("accuracy 0.8", Rule with { AtMost = 0.8 }, Values(("accuracy", 0.8)));
        Fails("accuracy is 0.81, above 0.8", Rule with { AtMost = 0.8 }, Values(("accuracy", 0.81)));
    }

    [Fact]
    public void Worse_by_an_amount_or_a_share_in_either_direction()
    {
        Passes("accuracy 8 (now 10)", Rule with { WorseBy = 2 }, Values(("accuracy", 8)), Values(("accuracy", 10)));
        Fails("accuracy is 7, worse by 3 than 10, which prod runs now; 2 is allowed", Rule with { WorseBy = 2 }, Values(("accuracy", 7)), Values(("accuracy", 10)));
        Passes("accuracy 8 (now 10)", Rule with { WorseByShare = 0.2 }, Values(("accuracy", 8)), Values(("accuracy", 10)));
        Fails("worse by 30% than 10, which prod runs now; 20% is allowed", Rule with { WorseByShare = 0.2 }, Values(("accuracy", 7)), Values(("accuracy", 10)));
        var lower = Rule with { HigherIsBetter = false, WorseBy = 2 };
        Passes("accuracy 12 (now 10)", lower, Values(("accuracy", 12)), Values(("accuracy", 10)));
        Passes("accuracy 1 (now 10)", lower, Values(("accuracy", 1)), Values(("accuracy", 10)));
        Fails("worse by 3", lower, Values(("accuracy", 13)), Values(("accuracy", 10)));
        // Of two limits both hold.
        Fails("10% is allowed", Rule with { WorseBy = 5, WorseByShare = 0.1 }, Values(("accuracy", 8)), Values(("accuracy", 10)));
    }

    [Fact]
    public void Of_zero_and_below_a_share_is_of_its_size()
    {
        Fails("than 0, which prod runs now", Rule with { WorseByShare = 0.5 }, Values(("accuracy", -0.1)), Values(("accuracy", 0)));
        Passes("accuracy 0 (now 0)", Rule with { WorseByShare = 0.5 }, Values(("accuracy", 0)), Values(("accuracy", 0)));
        Passes("accuracy -12 (now -10)", Rule with { WorseByShare = 0.2 }, Values(("accuracy", -12)), Values(("accuracy", -10)));
        Fails("20% is allowed", Rule with { WorseByShare = 0.2 }, Values(("accuracy", -13)), Values(("accuracy", -10)));
    }

    [Fact]
    public void What_is_missing_does_not_pass()
    {
        Fails("no run in dev has a metric 'accuracy'", Rule with { AtLeast = 0 }, Values());
        Fails("(it has loss)", Rule with { AtLeast = 0 }, Values(("loss", 1)));
        Fails("the run of what prod runs now lacks it", Rule with { WorseBy = 1 }, Values(("accuracy", 1)), Values(("loss", 1)));
        Passes("accuracy 1", Rule with { WorseBy = 1 }, Values(("accuracy", 1)), null);
        Passes("accuracy 1", Rule with { AtLeast = 1 }, Values(("accuracy", 1)), Values());
    }

    [Fact]
    public void A_rule_may_be_of_every_slice()
    {
        var rule = Rule with { Metric = "accuracy.*", AtLeast = 0.5, WorseBy = 0.1 };
        Passes("accuracy.a 0.6 (now 0.7); accuracy.b 0.9 (now 0.9)", rule, Values(("accuracy.a", 0.6), ("accuracy.b", 0.9)), Values(("accuracy.a", 0.7), ("accuracy.b", 0.9)));
        Fails("accuracy.a is 0.4, below 0.5", rule, Values(("accuracy.a", 0.4), ("accuracy.b", 0.9)), Values(("accuracy.a", 0.4), ("accuracy.b", 0.9)));
        Fails("accuracy.b: what prod runs now has it, this release does not", rule, Values(("accuracy.a", 0.7)), Values(("accuracy.a", 0.7), ("accuracy.b", 0.9)));
        Fails("accuracy.c: the run of what prod runs now lacks it", rule, Values(("accuracy.a", 0.7), ("accuracy.c", 0.7)), Values(("accuracy.a", 0.7)));
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.NegativeInfinity)]
    public void What_is_no_number_is_not_enough(double value)
    {
        Fails("below", Rule with { AtLeast = 0 }, Values(("accuracy", value)));
        Fails("worse by", Rule with { WorseBy = 1 }, Values(("accuracy", value)), Values(("accuracy", 1)));
        Fails("worse by", Rule with { WorseByShare = 1 }, Values(("accuracy", value)), Values(("accuracy", 1)));
    }

    [Fact]
    public void Numbers_are_taken_from_maps_and_nothing_else_is_a_number()
    {
        var metrics = Metrics.Of([ImmutableSortedDictionary<string, JsonNode?>.Empty
            .Add("evaluate.accuracy", 0.9).Add("evaluate.slices", JsonNode.Parse("""{"a": 1, "b": {"c": 2}}""")).Add("evaluate.name", "0.9").Add("evaluate.nan", "NaN").Add("evaluate.null", null).Add("evaluate.huge", JsonNode.Parse("1e999")).Add("evaluate.flag", true)]);
        Assert.Equal(["evaluate.accuracy", "evaluate.slices.a", "evaluate.slices.b.c"], metrics.Keys);
    }

    [Fact]
    public void What_passes_is_never_worse_than_allowed() =>
        Gen.Select(Gen.Double[-10, 10], Gen.Double[-10, 10], Gen.Double[0, 5], Gen.Bool).Sample((candidate, present, amount, higher) =>
        {
            var result = Check(Rule with { HigherIsBetter = higher, WorseBy = amount }, Values(("accuracy", candidate)), Values(("accuracy", present)));
            return (result.Outcome == GateOutcome.Passed) == ((higher ? present - candidate : candidate - present) <= amount);
        });

    [Fact]
    public void The_metrics_are_those_of_the_latest_run_of_each_pipeline()
    {
        var facts = GateLab.Passing with { Release = GateLab.Passing.Release.With([MlOps.Steps.Releases.Evidence.Of(GateLab.Ran("dev", "SUCCEEDED", GateLab.Metrics(("evaluate.loss", 1)), "j2"))]) };
        facts.Fails("metrics", "no run in dev has a metric 'evaluate.accuracy' (it has evaluate.loss)");
    }
}

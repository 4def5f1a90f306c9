using System.Collections.Immutable;
using System.Globalization;
using MlOps.Steps.Project;

namespace MlOps.Steps.Promotion.Gates;

/// <summary>
/// Metrics above their thresholds, and not worse than those of what the environment runs now. What is asked for and not there does
/// not pass: a metric that no run has, a slice that the present release has and the new one lacks.
/// </summary>
internal static class MetricsGate
{
    public const string Name = "metrics";

    /// <summary>Before a promotion: the runs where the release comes from, against those of what the environment runs now.</summary>
    public static GateResult Check(GateFacts facts) => Check(
        facts.To.Gates.Metrics,
        Metrics.Of(facts.Release.LatestRunsIn(facts.From.Name).Select(run => run.Metrics)),
        facts.ToState.Current is null || facts.ToState.Current.Release == facts.Release.Id ? null : Metrics.Of(facts.ToState.Current.Runs.Select(run => run.Metrics)),
        facts.From.Name,
        facts.To.Name);

    /// <param name="present">Of what the environment runs now; null where it runs nothing else.</param>
    public static GateResult Check(
        ImmutableArray<MetricRule> rules, ImmutableSortedDictionary<string, double> candidate, ImmutableSortedDictionary<string, double>? present, string from, string to)
    {
        var (good, bad) = (new List<string>(), new List<string>());
        foreach (var rule in rules)
        {
            Check(rule, candidate, present, from, to, good, bad);
        }

        return bad.Count == 0 ? GateResult.Passed(Name, string.Join("; ", good)) : GateResult.Failed(Name, string.Join("; ", bad));
    }

    private static void Check(
        MetricRule rule, ImmutableSortedDictionary<string, double> candidate, ImmutableSortedDictionary<string, double>? present, string from, string to, List<string> good, List<string> bad)
    {
        var names = candidate.Matching(rule.Metric).ToArray();
        if (names.Length == 0)
        {
            bad.Add($"no run in {from} has a metric '{rule.Metric}'{(candidate.IsEmpty ? "" : $" (it has {string.Join(", ", candidate.Keys.Take(5))}{(candidate.Count > 5 ? ", …" : "")})")}");
        }

        foreach (var name in names)
        {
            var faults = Bounds(rule, name, candidate[name]).Concat(Against(rule, name, candidate[name], present, to)).ToArray();
            bad.AddRange(faults);
            if (faults.Length == 0)
            {
                good.Add($"{name} {Metrics.Text(candidate[name])}{(rule.Compares && present is not null ? $" (now {Metrics.Text(present[name])})" : "")}");
            }
        }

        if (rule.Compares && present is not null)
        {
            bad.AddRange(present.Matching(rule.Metric).Where(name => !candidate.ContainsKey(name)).Select(name => $"{name}: what {to} runs now has it, this release does not"));
        }
    }

    private static IEnumerable<string> Bounds(MetricRule rule, string name, double value)
    {
        if (rule.AtLeast is { } least && !(value >= least))
        {
            yield return $"{name} is {Metrics.Text(value)}, below {Metrics.Text(least)}";
        }

        if (rule.AtMost is { } most && !(value <= most))
        {
            yield return $"{name} is {Metrics.Text(value)}, above {Metrics.Text(most)}";
        }
    }

    private static IEnumerable<string> Against(MetricRule rule, string name, double value, ImmutableSortedDictionary<string, double>? present, string to)
    {
        if (!rule.Compares || present is null)
        {
            yield break;
        }

        if (!present.TryGetValue(name, out var now))
        {
            yield return $"{name}: the run of what {to} runs now lacks it, so it cannot be compared";
            yield break;
        }

        var worse = rule.HigherIsBetter ? now - value : value - now;
        if (rule.WorseBy is { } amount && !(worse <= amount))
        {
            yield return $"{name} is {Metrics.Text(value)}, worse by {Metrics.Text(worse)} than {Metrics.Text(now)}, which {to} runs now; {Metrics.Text(amount)} is allowed";
        }

        if (rule.WorseByShare is { } share && !(worse <= share * Math.Abs(now)))
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{name} is {Metrics.Text(value)}, worse by {(now == 0 ? double.PositiveInfinity : worse / Math.Abs(now)):0.##%} than {Metrics.Text(now)}, which {to} runs now; {share:0.##%} is allowed");
        }
    }
}

using System.Collections.Immutable;

namespace MlOps.Steps.Project;

/// <summary>What a release must show before it comes to an environment (<c>gates</c> in mlops.yaml; docs/promotion.md).</summary>
/// <param name="Source"><c>runs</c>: it runs in the environment that it comes from; <c>ran</c>: it did, and was not rolled back there.</param>
/// <param name="Tests">Some tests passed and none failed.</param>
/// <param name="Lint"><c>clean</c> (no finding), <c>errors</c> (none of those) or <c>off</c>.</param>
/// <param name="Soak">So long it has run where it comes from.</param>
/// <param name="Approvers">Who may approve, as <c>mlops approve</c> records them; empty: anybody.</param>
/// <param name="Skippable">Gates that <c>--skip-gate</c> may leave out.</param>
public sealed record GateSettings(
    string Source, bool Tests, string Lint, TimeSpan Soak, ImmutableArray<MetricRule> Metrics, ImmutableArray<FreezeWindow> Freeze, ImmutableArray<string> Approvers, ImmutableArray<string> Skippable)
{
    /// <summary>Of an environment that says nothing: what can be asked of every release.</summary>
    public static GateSettings Default { get; } = new("runs", Tests: true, "clean", TimeSpan.Zero, [], [], [], []);
}

/// <summary>What the metrics of a release must be like.</summary>
/// <param name="Metric"><c>TASK.NAME</c> as runs print it; <c>*</c> stands for anything, so that one rule says it of every slice.</param>
/// <param name="AtLeast">Null where there is no such bound.</param>
/// <param name="HigherIsBetter">Otherwise lower is.</param>
/// <param name="WorseBy">How much worse than what the environment runs now it may be, in the metric's own unit; null where it is not compared so.</param>
/// <param name="WorseByShare">The same as a share of the present value, 0.02 for 2 %.</param>
public sealed record MetricRule(string Metric, double? AtLeast, double? AtMost, bool HigherIsBetter, double? WorseBy, double? WorseByShare)
{
    public bool Compares => WorseBy is not null || WorseByShare is not null;
}

/// <summary>When nothing is promoted: once, between two moments, or on days of every week.</summary>
/// <param name="Days">Whole days in <paramref name="TimeZone"/>; empty for a window between two moments.</param>
/// <param name="TimeZone">An IANA name.</param>
public sealed record FreezeWindow(DateTimeOffset? From, DateTimeOffset? Until, ImmutableArray<DayOfWeek> Days, string TimeZone, string? Why);

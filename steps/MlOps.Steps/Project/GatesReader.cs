using System.Collections.Immutable;
using System.Globalization;
using MlOps.Core.Problems;
using MlOps.Core.Yaml;

namespace MlOps.Steps.Project;

/// <summary>An environment's <c>gates</c>.</summary>
internal static class GatesReader
{
    private static readonly ImmutableArray<string> Days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

    public static GateSettings Read(Section environment)
    {
        if (environment.Inner("gates", ProjectKeys.Gates) is not { } gates)
        {
            return GateSettings.Default;
        }

        if (environment["promoteFrom"] is null)
        {
            environment.Error("gates-without-source", $"{char.ToUpperInvariant(environment.What[0])}{environment.What[1..]} has 'gates' and no 'promoteFrom': gates stand before what is promoted there.", environment.SpotOf("gates"));
        }

        return new GateSettings(
            gates.Word("source", "runs", "ran") ?? "runs",
            gates.Word("tests", "required", "off") != "off",
            gates.Word("lint", "clean", "errors", "off") ?? "clean",
            gates.Duration("soak") ?? TimeSpan.Zero,
            [.. gates.Entries("metrics").Select(entry => Metric(entry, gates)).OfType<MetricRule>()],
            Windows(gates),
            gates.Texts("approvers"),
            Skippable(gates));
    }

    private static ImmutableArray<string> Skippable(Section gates)
    {
        var names = gates.Texts("skippable");
        foreach (var name in names.Where(name => !ProjectKeys.SkippableGates.Contains(name)))
        {
            gates.Error("unknown-gate", $"'skippable' in {gates.What} names '{name}'.{Suggestion.For(name, ProjectKeys.SkippableGates)} Gates that may be skipped: {string.Join(", ", ProjectKeys.SkippableGates)}.", gates.SpotOf("skippable"));
        }

        return names;
    }

    private static MetricRule? Metric(YamlEntry entry, Section gates)
    {
        if (Section.Of(entry.Value, $"metric '{entry.Key.Text}' of {gates.What}", ProjectKeys.Metric, gates.Problems) is not { } section)
        {
            return null;
        }

        var (worse, share) = WorseBy(section);
        var rule = new MetricRule(entry.Key.Text, Number(section, "atLeast"), Number(section, "atMost"), section.Word("better", "higher", "lower") != "lower", worse, share);
        if (rule is { AtLeast: null, AtMost: null, Compares: false } && !section.Problems.Any(problem => problem.Severity == Severity.Error))
        {
            section.Error("empty-rule", $"{char.ToUpperInvariant(section.What[0])}{section.What[1..]} asks for nothing: give 'atLeast', 'atMost' or 'worseBy'.", entry.Key.Spot);
        }

        return rule;
    }

    /// <summary>An amount, a share (<c>2%</c>), or both in a list: the metric may be worse by no more than either.</summary>
    private static (double? Amount, double? Share) WorseBy(Section section)
    {
        var nodes = section["worseBy"] switch { null => [], YamlList list => list.Items, var one => [one] };
        double? amount = null, share = null;
        foreach (var node in nodes)
        {
            if (node is YamlScalar { Value: string text } && text.EndsWith('%') && double.TryParse(text[..^1], NumberStyles.Float, CultureInfo.InvariantCulture, out var percent) && percent >= 0)
            {
                share = percent / 100;
            }
            else if (NumberOf(node) is { } number && number >= 0)
            {
                amount = number;
            }
            else
            {
                section.Error("bad-value", $"'worseBy' in {section.What} must be an amount (0.01), a share ('2%') or a list of the two; this is {(node as YamlScalar)?.Text ?? node.Kind}.", node.Spot);
            }
        }

        return (amount, share);
    }

    private static double? Number(Section section, string key)
    {
        if (section[key] is not { } node)
        {
            return null;
        }

        if (NumberOf(node) is not { } number)
        {
            section.Error("wrong-kind", $"'{key}' in {section.What} must be a number; this is {(node as YamlScalar)?.Text ?? node.Kind}.", node.Spot);
            return null;
        }

        return number;
    }

    private static double? NumberOf(YamlNode node) => node switch
    {
        YamlScalar { Value: long whole } => whole,
        YamlScalar { Value: double number } when double.IsFinite(number) => number,
        _ => null,
    };

    private static ImmutableArray<FreezeWindow> Windows(Section gates) => gates["freeze"] switch
    {
        null => [],
        YamlList list => [.. list.Items.Select(item => Window(item, gates)).OfType<FreezeWindow>()],
        var node => Window(node, gates) is { } window ? [window] : [],
    };

    private static FreezeWindow? Window(YamlNode node, Section gates)
    {
        if (Section.Of(node, $"'freeze' of {gates.What}", ProjectKeys.Freeze, gates.Problems) is not { } section)
        {
            return null;
        }

        var (from, until) = (Moment(section, "from"), Moment(section, "until"));
        var days = section.Texts("days").Select(day => DayOf(day, section)).OfType<DayOfWeek>().ToImmutableArray();
        var zone = section.Text("timeZone") ?? "Etc/UTC";
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(zone, out _))
        {
            section.Error("bad-value", $"'timeZone' in {section.What} is '{zone}', which this machine does not know; expected an IANA name, such as Europe/Berlin.", section.SpotOf("timeZone"));
        }

        if (section["days"] is null && (section["from"] is null || section["until"] is null))
        {
            section.Error("missing-key", $"{char.ToUpperInvariant(section.What[0])}{section.What[1..]} needs 'from' and 'until' (2026-12-20, or 2026-12-20T16:00:00Z), or 'days' ([sat, sun]).", section.Spot);
        }
        else if (from >= until)
        {
            section.Error("bad-value", $"'until' in {section.What} is not after 'from'.", section.SpotOf("until"));
        }

        return new FreezeWindow(from, until, days, zone, section.Text("why"));
    }

    private static DayOfWeek? DayOf(string day, Section section)
    {
        var at = Days.IndexOf(day.ToLowerInvariant()[..Math.Min(3, day.Length)]);
        if (at < 0)
        {
            section.Error("bad-value", $"'{day}' in {section.What} is not a day; expected {string.Join(", ", Days)}.", section.SpotOf("days"));
        }

        return at < 0 ? null : (DayOfWeek)at;
    }

    private static DateTimeOffset? Moment(Section section, string key)
    {
        if (section[key] is not { } node)
        {
            return null;
        }

        if (node is YamlScalar scalar && DateTimeOffset.TryParse(scalar.Text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment))
        {
            return moment;
        }

        section.Error("bad-value", $"'{key}' in {section.What} must be a day or a moment, such as 2026-12-20 or 2026-12-20T16:00:00Z; this is {(node as YamlScalar)?.Text ?? node.Kind}.", node.Spot);
        return null;
    }
}

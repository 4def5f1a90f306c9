using System.Collections.Immutable;
using System.Globalization;
using MlOps.Core.Problems;
using MlOps.Core.Yaml;

namespace MlOps.Steps.Project;

/// <summary>An environment's <c>gates</c>.</summary>
internal static class GatesReader
{
    /// <summary>A day, which begins where the window's time zone is, or a moment with its offset.</summary>
    private static readonly string[] Forms = ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss"];

    private static readonly string[] OffsetForms = ["yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK"];

    public static GateSettings Read(Section environment)
    {
        environment.RefuseEmpty("approval", "gates", "promoteFrom", "run");
        if (environment.Inner("gates", ProjectKeys.Gates) is not { } gates)
        {
            return GateSettings.Default;
        }

        if (environment["promoteFrom"] is null)
        {
            environment.Error("gates-without-source", $"{char.ToUpperInvariant(environment.What[0])}{environment.What[1..]} has 'gates' and no 'promoteFrom': gates stand before what is promoted there.", environment.SpotOf("gates"));
        }

        gates.RefuseEmpty(ProjectKeys.Gates.Except(["skippable"]));
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
        var before = gates.Problems.Count;
        if (Section.Of(entry.Value, $"metric '{entry.Key.Text}' of {gates.What}", ProjectKeys.Metric, gates.Problems) is not { } section)
        {
            return null;
        }

        var (worse, share) = WorseBy(section);
        var rule = new MetricRule(entry.Key.Text, Number(section, "atLeast"), Number(section, "atMost"), section.Word("better", "higher", "lower") != "lower", worse, share);
        if (rule is { AtLeast: null, AtMost: null, Compares: false } && section.Problems.Count == before)
        {
            section.Error("empty-rule", $"{char.ToUpperInvariant(section.What[0])}{section.What[1..]} asks for nothing: give 'atLeast', 'atMost' or 'worseBy'.", entry.Key.Spot);
        }

        if (rule.AtLeast > rule.AtMost)
        {
            section.Error("bad-value", $"'atMost' in {section.What} is below 'atLeast': no value is both.", section.SpotOf("atMost"));
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
            if (node is YamlScalar { Value: string text } && text.EndsWith('%') && double.TryParse(text[..^1], NumberStyles.Float, CultureInfo.InvariantCulture, out var percent) && double.IsFinite(percent) && percent >= 0 && share is null)
            {
                share = percent / 100;
            }
            else if (NumberOf(node) is { } number && number >= 0 && amount is null)
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

        var zone = section.Text("timeZone") ?? "Etc/UTC";
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var place))
        {
            section.Error("bad-value", $"'timeZone' in {section.What} is '{zone}', which this machine does not know; expected an IANA name, such as Europe/Berlin.", section.SpotOf("timeZone"));
        }

        var (from, until) = (Moment(section, "from", place), Moment(section, "until", place));
        var days = section.Texts("days").Select(day => DayOf(day, section)).OfType<DayOfWeek>().Distinct().ToImmutableArray();
        if (section["days"] is YamlList { Items.Length: 0 } || (section["days"] is null && (section["from"] is null || section["until"] is null)))
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
        var found = Enum.GetValues<DayOfWeek>().Where(known => known.ToString().Equals(day, StringComparison.OrdinalIgnoreCase) || known.ToString()[..3].Equals(day, StringComparison.OrdinalIgnoreCase)).ToArray();
        if (found.Length == 0)
        {
            section.Error("bad-value", $"'{day}' in {section.What} is not a day; expected sun, mon, tue, wed, thu, fri or sat.", section.SpotOf("days"));
        }

        return found.Length == 0 ? null : found[0];
    }

    private static DateTimeOffset? Moment(Section section, string key, TimeZoneInfo? zone)
    {
        if (section[key] is not { } node)
        {
            return null;
        }

        if (node is YamlScalar { Text: var text })
        {
            if (DateTime.TryParseExact(text, Forms, CultureInfo.InvariantCulture, DateTimeStyles.None, out var there))
            {
                // An hour that the clocks leave out or have twice is taken as standard time.
                return new DateTimeOffset(there, zone?.IsInvalidTime(there) == true ? zone.BaseUtcOffset : zone?.GetUtcOffset(there) ?? TimeSpan.Zero).ToUniversalTime();
            }

            if (DateTimeOffset.TryParseExact(text, OffsetForms, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment))
            {
                return moment.ToUniversalTime();
            }
        }

        section.Error("bad-value", $"'{key}' in {section.What} must be a day or a moment, such as 2026-12-20 or 2026-12-20T16:00:00Z; this is {(node as YamlScalar)?.Text ?? node.Kind}.", node.Spot);
        return null;
    }
}

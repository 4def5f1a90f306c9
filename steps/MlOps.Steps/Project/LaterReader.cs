using System.Text.RegularExpressions;
using MlOps.Core.Yaml;

namespace MlOps.Steps.Project;

/// <summary>Keys of an environment that name what the steps here do not do: triggers, approval, schedule, deployment. Their form is checked all the same.</summary>
internal static class LaterReader
{
    public static TriggerSettings? Trigger(Section environment)
    {
        if (environment.Inner("trigger", ProjectKeys.Trigger) is not { } trigger)
        {
            return null;
        }

        var settings = new TriggerSettings(
            Pattern(trigger, "branch"), Pattern(trigger, "tag"), Pattern(trigger, "pullRequest"), trigger.Texts("includedFiles"), trigger.Texts("ignoredFiles"));
        if (new[] { "branch", "tag", "pullRequest" }.Count(key => trigger[key] is not null) != 1)
        {
            trigger.Error("bad-trigger", $"{char.ToUpperInvariant(trigger.What[0])}{trigger.What[1..]} needs exactly one of 'branch', 'tag' and 'pullRequest', a regular expression.", trigger.Spot);
        }

        return settings;
    }

    public static void Check(Section environment)
    {
        environment.Word("approval", "required", "none");
        Schedule(environment);
        Deploy(environment);
    }

    private static void Schedule(Section environment)
    {
        if (environment.Inner("schedule", ProjectKeys.Schedule) is not { } schedule)
        {
            return;
        }

        Required(schedule, "cron", "such as 'TZ=Etc/UTC 0 3 * * *'");
        Required(schedule, "pipeline", "the name of one under 'pipelines'");
        schedule.Text("parameters");
    }

    private static void Deploy(Section environment)
    {
        if (environment.Inner("deploy", ProjectKeys.Deploy) is not { } deploy)
        {
            return;
        }

        Required(deploy, "endpoint", "the endpoint's name");
        deploy.Text("judge");
        if (deploy["canary"] is { } canary && !IsCanary(canary))
        {
            deploy.Error("bad-canary", "'canary' must be a list of percentages that rise to 100, such as [10, 50, 100].", canary.Spot);
        }
    }

    private static bool IsCanary(YamlNode node)
    {
        if (node is not YamlList { Items.Length: > 0 } list)
        {
            return false;
        }

        var steps = list.Items.Select(item => item is YamlScalar { Value: long percent } ? percent : 0).ToArray();
        return steps[0] > 0 && steps[^1] == 100 && steps.Zip(steps.Skip(1), (before, after) => before < after).All(rises => rises);
    }

    private static void Required(Section section, string key, string example)
    {
        if (section[key] is null)
        {
            section.Error("missing-key", $"{char.ToUpperInvariant(section.What[0])}{section.What[1..]} lacks '{key}': {example}.", section.Spot);
        }
        else
        {
            section.Text(key);
        }
    }

    private static string? Pattern(Section trigger, string key)
    {
        if (trigger.Text(key) is not { } pattern)
        {
            return null;
        }

        try
        {
            // The non-backtracking engine takes nearly what RE2 does, and refuses look-arounds and back-references as RE2 does.
            _ = new Regex(pattern.Replace("(?P<", "(?<", StringComparison.Ordinal), RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (Exception error) when (error is ArgumentException or NotSupportedException)
        {
            trigger.Error("bad-pattern", $"'{key}' in {trigger.What} is not a regular expression that RE2 takes: {error.Message}", trigger.SpotOf(key));
        }

        return pattern;
    }
}

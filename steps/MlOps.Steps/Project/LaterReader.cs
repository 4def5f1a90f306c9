using MlOps.Core.Yaml;

namespace MlOps.Steps.Project;

/// <summary>Keys of an environment that name what the steps here do not do: schedule, deployment. Their form is checked all the same.</summary>
internal static class LaterReader
{
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
}

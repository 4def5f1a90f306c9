namespace MlOps.Pipelines.Compilation;

/// <summary>
/// Finds out what every group takes from around it and what every task and group waits for, as KFP's compiler does
/// (kfp/compiler/compiler_utils.py, get_inputs_for_all_groups and get_dependencies).
/// </summary>
internal sealed class Flow(Plan plan)
{
    public void Run()
    {
        foreach (var group in plan.AllGroups())
        {
            FlowIntoGroup(group);
            foreach (var task in group.Children.OfType<PlanTask>())
            {
                FlowIntoTask(task);
            }
        }
    }

    private void FlowIntoTask(PlanTask task)
    {
        foreach (var channel in task.Channels)
        {
            HandDown(channel, task);
            Wait(task, channel);
        }

        // Groups inside a condition take what it compares, too, also where they have no need of it.
        foreach (var condition in task.Around().OfType<ConditionGroup>())
        {
            foreach (var channel in condition.Tests.SelectMany(test => test.Comparison.Channels()))
            {
                HandDown(channel, task);
            }
        }

        foreach (var after in task.Definition.After)
        {
            WaitFor(task, plan.Tasks[after.Id]);
        }
    }

    private static void FlowIntoGroup(PlanGroup group)
    {
        switch (group)
        {
            case ConditionGroup condition:
                foreach (var channel in condition.Tests.SelectMany(test => test.Comparison.Channels()))
                {
                    FlowInto(group, channel);
                }

                break;
            case LoopGroup { List: { } list }:
                FlowInto(group, list);
                break;
        }
    }

    private static void FlowInto(PlanGroup group, Channel channel)
    {
        HandDown(channel, group);
        group.Take(channel);
        Wait(group, channel);
    }

    // Every group between where the channel is at hand and its user takes it.
    private static void HandDown(Channel channel, PlanNode user)
    {
        foreach (var group in user.Around().TakeWhile(group => group != channel.Home))
        {
            group.Take(channel.Passed);
        }
    }

    private static void Wait(PlanNode user, Channel channel)
    {
        if (channel is OutputChannel output)
        {
            user.In(output.Home).Dependencies.Add(output.Producer.Name);
        }
    }

    // Between those two that stand beside each other around the tasks.
    private static void WaitFor(PlanTask task, PlanTask upstream)
    {
        var common = upstream.Around().First(group => task.Around().Contains(group));
        task.In(common).Dependencies.Add(upstream.In(common).Name);
    }
}

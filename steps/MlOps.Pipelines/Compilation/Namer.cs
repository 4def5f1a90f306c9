namespace MlOps.Pipelines.Compilation;

/// <summary>Gives groups the names that KFP gives them: one counter per pipeline, in building order.</summary>
internal sealed class Namer(Plan plan)
{
    private int _count;

    public void Name()
    {
        if (plan.Exit is { } exit)
        {
            exit.Name = $"exit-handler-{++_count}";
        }

        NameIn(plan.Exit ?? (PlanGroup)plan.Root);
        NumberOneOfs();
    }

    private void NameIn(PlanGroup block)
    {
        foreach (var group in block.Children.OfType<PlanGroup>())
        {
            switch (group)
            {
                case BranchesGroup branches:
                    NameBranches(branches);
                    break;
                case LoopGroup loop:
                    loop.ItemNumber = loop.Literal is null ? 0 : ++_count;
                    loop.Name = $"for-loop-{++_count}";
                    NameIn(loop);
                    break;
                default:
                    group.Name = $"condition-{++_count}";
                    NameIn(group);
                    break;
            }
        }
    }

    // KFP finds out that the first branch is one only at the second, and swaps their numbers.
    private void NameBranches(BranchesGroup branches)
    {
        branches.Name = $"condition-branches-{++_count}";
        var first = branches.Children[0];
        NameIn((PlanGroup)first);
        first.Name = $"condition-{++_count}";
        foreach (var branch in branches.Children.Skip(1).Cast<PlanGroup>())
        {
            branch.Name = $"condition-{++_count}";
            NameIn(branch);
        }
    }

    // In the order of their first use.
    private void NumberOneOfs()
    {
        var all = plan.AllGroups().OfType<BranchesGroup>().Where(branches => branches.OneOfs.Count > 1).ToList();
        if (all.Count == 0)
        {
            return;
        }

        var used = TasksIn(plan.Root).SelectMany(task => task.Channels).OfType<OneOfChannel>().ToList();
        foreach (var branches in all)
        {
            branches.OneOfs = [.. used.Where(one => one.Branches == branches).Concat(branches.OneOfs).Distinct()];
        }
    }

    private static IEnumerable<PlanTask> TasksIn(PlanNode node) =>
        node is PlanGroup group ? group.Children.SelectMany(TasksIn) : [(PlanTask)node];
}

using System.Collections.Immutable;
using MlOps.Pipelines.Definitions;

namespace MlOps.Pipelines.Compilation;

/// <summary>The tree of a pipeline's tasks and groups.</summary>
internal sealed class Plan
{
    private Plan(PipelineDefinition definition)
    {
        Definition = definition;
        Root = new RootGroup(definition.Spot);
    }

    public PipelineDefinition Definition { get; }

    public RootGroup Root { get; }

    /// <summary>Around all tasks but the exit task; null without one.</summary>
    public ExitGroup? Exit { get; private set; }

    public PlanTask? ExitTask { get; private set; }

    /// <summary>By id, the exit task left out. Of tasks with one id, which is an error, the first.</summary>
    public Dictionary<string, PlanTask> Tasks { get; } = new(StringComparer.Ordinal);

    /// <summary>By id.</summary>
    public Dictionary<string, PlanGroup> Groups { get; } = new(StringComparer.Ordinal);

    public static Plan Of(PipelineDefinition definition)
    {
        var plan = new Plan(definition);
        PlanGroup body = plan.Root;
        if (definition.OnExit is { } onExit)
        {
            plan.ExitTask = new PlanTask(onExit) { Parent = plan.Root };
            plan.Exit = new ExitGroup(definition.Spot);
            plan.Root.Add(plan.Exit);
            body = plan.Exit;
        }

        plan.AddAll(body, definition.Tasks);
        return plan;
    }

    /// <summary>Every group, parents first, in the order of their children.</summary>
    public IEnumerable<PlanGroup> AllGroups()
    {
        return Visit(Root);

        static IEnumerable<PlanGroup> Visit(PlanGroup group) => group.Children.OfType<PlanGroup>().SelectMany(Visit).Prepend(group);
    }

    private void AddAll(PlanGroup parent, ImmutableArray<PipelineNode> nodes)
    {
        foreach (var node in nodes)
        {
            Add(parent, node);
        }
    }

    private void Add(PlanGroup parent, PipelineNode node)
    {
        switch (node)
        {
            case TaskNode { If: { } alone } task:
                var guard = new ConditionGroup(task.Id, [new Test(new Comparison(alone), IsNegated: false)], isElse: false, displayName: null, task.Spot);
                parent.Add(guard);
                AddTask(guard, task);
                break;
            case TaskNode task:
                AddTask(parent, task);
                break;
            case ConditionNode condition:
                AddGroup(parent, new ConditionGroup(condition.Id, [new Test(new Comparison(condition.If), IsNegated: false)], isElse: false, condition.DisplayName, condition.Spot), condition.Tasks);
                break;
            case LoopNode loop:
                AddGroup(parent, new LoopGroup(loop), loop.Tasks);
                break;
            case BranchesNode branches:
                AddBranches(parent, branches);
                break;
        }
    }

    private void AddTask(PlanGroup parent, TaskNode definition)
    {
        var task = new PlanTask(definition);
        parent.Add(task);
        Tasks.TryAdd(task.Id, task);
    }

    private void AddGroup(PlanGroup parent, PlanGroup group, ImmutableArray<PipelineNode> tasks)
    {
        parent.Add(group);
        Groups.TryAdd(group.Id, group);
        AddAll(group, tasks);
    }

    private void AddBranches(PlanGroup parent, BranchesNode node)
    {
        var group = new BranchesGroup(node.Id, node.Spot);
        AddGroup(parent, group, []);
        var earlier = ImmutableArray<Test>.Empty;
        foreach (var branch in node.Branches)
        {
            var own = branch.If is null ? null : new Comparison(branch.If);
            var tests = own is null ? earlier : earlier.Add(new Test(own, IsNegated: false));
            var condition = new ConditionGroup(node.Id, tests, own is null, displayName: null, branch.Spot);
            group.Add(condition);
            AddAll(condition, branch.Tasks);
            earlier = own is null ? earlier : earlier.Add(new Test(own, IsNegated: true));
        }
    }
}

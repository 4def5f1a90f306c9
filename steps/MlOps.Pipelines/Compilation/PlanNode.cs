using System.Collections.Immutable;
using MlOps.Core.Problems;
using MlOps.Pipelines.Components;
using MlOps.Pipelines.Definitions;

namespace MlOps.Pipelines.Compilation;

/// <summary>A task or group on its way from the definition to the IR: references resolved, names given, what flows through it known.</summary>
internal abstract class PlanNode(string id, SourceSpot spot)
{
    /// <summary>The author's id.</summary>
    public string Id { get; } = id;

    public SourceSpot Spot { get; } = spot;

    /// <summary>The group whose DAG it stands in; null for the root.</summary>
    public PlanGroup? Parent { get; set; }

    /// <summary>The task's name in the IR; groups get theirs in building order.</summary>
    public string Name { get; set; } = id;

    /// <summary>The names of the tasks beside it that it waits for.</summary>
    public HashSet<string> Dependencies { get; } = new(StringComparer.Ordinal);

    /// <summary>Its place in the block, from 0.</summary>
    public int Position { get; set; }

    public string ComponentName => Names.ComponentPrefix + Name;

    /// <summary>The groups around it, the nearest first.</summary>
    public IEnumerable<PlanGroup> Around()
    {
        for (var group = Parent; group is not null; group = group.Parent)
        {
            yield return group;
        }
    }

    /// <summary>Itself or the group around it that stands directly in the DAG of <paramref name="group"/>.</summary>
    public PlanNode In(PlanGroup group)
    {
        var node = this;
        while (node.Parent != group)
        {
            node = node.Parent!;
        }

        return node;
    }
}

internal sealed class PlanTask(TaskNode definition) : PlanNode(definition.Id, definition.Spot)
{
    public TaskNode Definition { get; } = definition;

    /// <summary>What it is given; an importer is given its URI, and what its metadata fills in.</summary>
    public ImmutableArray<Argument> Arguments { get; set; } =
        definition.Target is ImporterTarget importer ? [ImporterComponent.UriOf(importer)] : definition.With;

    /// <summary>Null where it could not be read, which was said.</summary>
    public ComponentSpec? Component { get; set; }

    /// <summary>The component's folder, where it is one; images are overridden by it.</summary>
    public string? ComponentFolder { get; set; }

    /// <summary>The values that it takes from others, in the order of their use.</summary>
    public List<Channel> Channels { get; } = [];
}

/// <summary>A sub-DAG.</summary>
internal abstract class PlanGroup(string id, SourceSpot spot) : PlanNode(id, spot)
{
    /// <summary>In the order of the file, later in building order.</summary>
    public List<PlanNode> Children { get; set; } = [];

    /// <summary>What it takes from the groups around it, by the name in it.</summary>
    public Dictionary<string, Channel> Inputs { get; } = new(StringComparer.Ordinal);

    /// <summary>What it hands out of its inside, by name.</summary>
    public Dictionary<string, GroupOutput> Outputs { get; } = new(StringComparer.Ordinal);

    public virtual string? DisplayName => null;

    public bool IsRoot => Parent is null;

    public void Take(Channel channel) => Inputs.TryAdd(channel.InjectedName, channel);

    public void HandOut(string name, GroupOutput output) => Outputs.TryAdd(name, output);

    public void Add(PlanNode child)
    {
        child.Parent = this;
        child.Position = Children.Count;
        Children.Add(child);
    }
}

/// <summary>What a group hands out: the output of a task or group in it.</summary>
internal sealed record GroupOutput(PlanNode From, string Key, DataType Type);

internal sealed class RootGroup(SourceSpot spot) : PlanGroup("", spot);

/// <summary>Everything but the exit task, where there is one.</summary>
internal sealed class ExitGroup(SourceSpot spot) : PlanGroup("", spot);

internal sealed class BranchesGroup(string id, SourceSpot spot) : PlanGroup(id, spot)
{
    /// <summary>The different oneOf over its branches, in the order of their first use.</summary>
    public List<OneOfChannel> OneOfs { get; set; } = [];

    public bool HasElse => ((ConditionGroup)Children[^1]).IsElse;

    /// <summary>The one channel for these outputs, one of each branch.</summary>
    public OneOfChannel OneOf(ImmutableArray<BranchOutput> outputs, DataType type)
    {
        if (OneOfs.Find(one => one.IsOf(outputs)) is { } known)
        {
            return known;
        }

        foreach (var output in outputs)
        {
            output.Task.Parent!.HandOut(output.BranchKey, new GroupOutput(output.Task, output.Output, type));
        }

        var channel = new OneOfChannel(this, outputs, type);
        OneOfs.Add(channel);
        return channel;
    }
}

/// <param name="tests">Comparisons that must all hold; those of earlier branches negated.</param>
internal sealed class ConditionGroup(string id, ImmutableArray<Test> tests, bool isElse, string? displayName, SourceSpot spot) : PlanGroup(id, spot)
{
    public ImmutableArray<Test> Tests { get; } = tests;

    public bool IsElse { get; } = isElse;

    public override string? DisplayName { get; } = displayName;
}

/// <summary>A comparison; its two sides are resolved once for all branches that it decides.</summary>
internal sealed record Test(Comparison Comparison, bool IsNegated);

internal sealed class Comparison(Condition condition)
{
    public Condition Condition { get; } = condition;

    public ComparedValue? Left { get; set; }

    /// <summary>Null where a literal is compared.</summary>
    public ComparedValue? Right { get; set; }

    public IEnumerable<Channel> Channels() => new[] { Left, Right }.OfType<ComparedValue>().Select(side => side.Channel);
}

/// <param name="As">What it is converted to; null where it is compared as what it is.</param>
internal sealed record ComparedValue(Channel Channel, DataType? As)
{
    public DataType Type => As ?? Channel.Type;

    /// <summary>Compared as text because its type is not known before the run.</summary>
    public bool IsUntyped => As is null && Channel.IsUntyped;
}

internal sealed class LoopGroup(LoopNode definition) : PlanGroup(definition.Id, definition.Spot)
{
    public LoopNode Definition { get; } = definition;

    public override string? DisplayName => Definition.DisplayName;

    public LiteralItems? Literal => Definition.Items as LiteralItems;

    /// <summary>What it goes over; null for literals, and where it could not be resolved.</summary>
    public Channel? List { get; set; }

    public ItemChannel? Item { get; set; }

    /// <summary>N of <c>loop-item-param-N</c>, for literals.</summary>
    public int ItemNumber { get; set; }
}

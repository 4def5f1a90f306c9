using System.Collections.Immutable;
using MlOps.Pipelines.Components;

namespace MlOps.Pipelines.Compilation;

/// <summary>A value that flows through the pipeline, from where it is made to where it is used.</summary>
internal abstract class Channel(DataType type)
{
    public DataType Type { get; } = type;

    /// <summary>KFP's name for it, unique in the pipeline; final once groups have names.</summary>
    public abstract string FullName { get; }

    /// <summary>The name under which groups hand it down.</summary>
    public string InjectedName => "pipelinechannel--" + FullName;

    /// <summary>The group in whose DAG it is at hand.</summary>
    public abstract PlanGroup Home { get; }

    /// <summary>What the groups on the way take so that it can be used inside.</summary>
    public virtual Channel Passed => this;

    /// <summary>The type is not known before the run: it fits any parameter.</summary>
    public virtual bool IsUntyped => false;

    public abstract bool IsSame(Channel other);
}

/// <summary>An input of the pipeline.</summary>
internal sealed class InputChannel(PlanGroup root, string name, DataType type) : Channel(type)
{
    public override string FullName { get; } = name;

    public override PlanGroup Home => root;

    public override bool IsSame(Channel other) => other is InputChannel input && input.FullName == FullName;
}

/// <summary>An output of a task, or of a group that hands it out.</summary>
internal class OutputChannel(PlanNode producer, string key, DataType type) : Channel(type)
{
    public PlanNode Producer { get; } = producer;

    public virtual string Key { get; } = key;

    public override string FullName => $"{Producer.Name}-{Key}";

    public override PlanGroup Home => Producer.Parent!;

    public override bool IsSame(Channel other) => other is OutputChannel output && output.Producer == Producer && output.Key == Key;
}

/// <summary>The output of the branch that ran.</summary>
internal sealed class OneOfChannel(BranchesGroup branches, ImmutableArray<BranchOutput> outputs, DataType type) : OutputChannel(branches, "", type)
{
    public ImmutableArray<BranchOutput> Outputs { get; } = outputs;

    public override string Key => $"pipelinechannel--{branches.Name}-oneof-{branches.OneOfs.IndexOf(this) + 1}";

    public BranchesGroup Branches => branches;

    public bool IsOf(IEnumerable<BranchOutput> other) => Outputs.ToHashSet().SetEquals(other);
}

/// <summary>An output of a task that stands directly in a branch.</summary>
internal sealed record BranchOutput(PlanTask Task, string Output)
{
    /// <summary>The name under which the branch hands it out.</summary>
    public string BranchKey => $"pipelinechannel--{Task.Name}-{Output}";
}

/// <summary>The item of a loop.</summary>
internal sealed class ItemChannel(LoopGroup loop, DataType type) : Channel(type)
{
    public LoopGroup Loop => loop;

    public override string FullName => loop.List is { } list ? $"{list.FullName}-loop-item" : $"loop-item-param-{loop.ItemNumber}";

    public override PlanGroup Home => loop;

    public override bool IsUntyped => loop.Literal is null && !Type.IsArtifact && loop.List?.Type.Items is null;

    public override bool IsSame(Channel other) => other == this;
}

/// <summary>A field of a loop's item.</summary>
internal sealed class FieldChannel(ItemChannel item, string name, DataType type) : Channel(type)
{
    public ItemChannel Item => item;

    public override string FullName => $"{item.FullName}-subvar-{name}";

    public override PlanGroup Home => item.Loop;

    // Inside a loop over literals KFP hands down the field, else the whole item.
    public override Channel Passed => item.Loop.Literal is null ? item : this;

    public override bool IsUntyped => item.Loop.Literal is null && item.Type.Items is null;

    /// <summary>How the field is taken from the item.</summary>
    public string Selector => $"parseJson(string_value)[\"{name}\"]";

    public string Field => name;

    public override bool IsSame(Channel other) => other is FieldChannel same && same.Item == item && same.Field == name;
}

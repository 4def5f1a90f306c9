using System.Collections.Immutable;
using System.Text.Json.Nodes;
using MlOps.Core.Problems;
using MlOps.Pipelines.Components;

namespace MlOps.Pipelines.Definitions;

/// <summary>A pipeline as its author wrote it: components wired together (docs: the pipeline definition). Names are not resolved yet.</summary>
/// <param name="PipelineRoot">Becomes <c>defaultPipelineRoot</c>.</param>
/// <param name="OnExit">The task that always runs last.</param>
public sealed record PipelineDefinition(
    string Name,
    string? Description,
    string? DisplayName,
    string? PipelineRoot,
    ImmutableArray<PipelineParameter> Inputs,
    ImmutableArray<PipelineNode> Tasks,
    TaskNode? OnExit,
    ImmutableArray<PipelineOutput> Outputs,
    SourceSpot Spot)
{
    /// <param name="path">For the problems' places.</param>
    /// <param name="text">The file's content, YAML 1.2.</param>
    /// <param name="problems">Receives every problem of the file, at once.</param>
    /// <returns>The definition; where there are errors, as much of it as could be read, or null.</returns>
    public static PipelineDefinition? Parse(string? path, string text, ICollection<Problem> problems) => new DefinitionReader(path, text, problems).Read();
}

/// <summary>An input of the pipeline: a parameter or an artifact.</summary>
public sealed record PipelineParameter(string Name, DataType Type, bool IsOptional, JsonNode? Default, SourceSpot Spot);

public sealed record PipelineOutput(string Name, Expression Value, SourceSpot Spot);

/// <summary>A task or a group of tasks.</summary>
/// <param name="Id">Unique over the whole pipeline; the task's name in the IR.</param>
public abstract record PipelineNode(string Id, SourceSpot Spot);

/// <summary>One use of a component, a pipeline or an importer.</summary>
public sealed record TaskNode(string Id, TaskTarget Target, SourceSpot Spot) : PipelineNode(Id, Spot)
{
    public ImmutableArray<Argument> With { get; init; } = [];

    public Condition? If { get; init; }

    public ImmutableArray<TaskName> After { get; init; } = [];

    public TaskSettings Settings { get; init; } = new();
}

/// <summary>A group that runs only if its condition holds.</summary>
public sealed record ConditionNode(string Id, Condition If, ImmutableArray<PipelineNode> Tasks, string? DisplayName, SourceSpot Spot) : PipelineNode(Id, Spot);

/// <summary>A group of which the first branch that applies runs.</summary>
public sealed record BranchesNode(string Id, ImmutableArray<Branch> Branches, SourceSpot Spot) : PipelineNode(Id, Spot);

/// <param name="If">Null for <c>else</c>.</param>
public sealed record Branch(Condition? If, ImmutableArray<PipelineNode> Tasks, SourceSpot Spot);

/// <summary>A group that runs once for each item of a list.</summary>
/// <param name="As">The item's name in expressions.</param>
/// <param name="Parallelism">How many run at once; 0 is no limit.</param>
public sealed record LoopNode(string Id, LoopItems Items, string As, int Parallelism, ImmutableArray<PipelineNode> Tasks, string? DisplayName, SourceSpot Spot) : PipelineNode(Id, Spot);

/// <summary>What a loop goes over.</summary>
public abstract record LoopItems(SourceSpot Spot);

/// <param name="ItemType">The type of the first item.</param>
/// <param name="FieldTypes">Where the items are maps, their fields' types in the first item.</param>
public sealed record LiteralItems(JsonArray Items, DataType ItemType, ImmutableDictionary<string, DataType> FieldTypes, SourceSpot Spot) : LoopItems(Spot);

public sealed record ReferencedItems(Expression List, SourceSpot Spot) : LoopItems(Spot);

public sealed record TaskName(string Id, SourceSpot Spot);

/// <summary>What a task runs.</summary>
public abstract record TaskTarget(SourceSpot Spot);

/// <param name="Name">A folder under <c>components/</c>, or a path ending in .yaml, .yml or .json relative to the definition.</param>
public sealed record ComponentTarget(string Name, SourceSpot Spot) : TaskTarget(Spot);

/// <param name="Path">Of another definition, relative to this one.</param>
public sealed record PipelineTarget(string Path, SourceSpot Spot) : TaskTarget(Spot);

/// <summary>Brings an artifact that exists already into the pipeline.</summary>
/// <param name="Uri">A constant or one reference to a string.</param>
/// <param name="Metadata">The artifact's properties; text in it may have references to parameters.</param>
public sealed record ImporterTarget(ArgumentValue Uri, DataType Type, MapValue? Metadata, bool Reimport, SourceSpot Spot) : TaskTarget(Spot);

/// <summary>Stands for a target that could not be read, which was said.</summary>
internal sealed record UnreadableTarget(SourceSpot Spot) : TaskTarget(Spot);

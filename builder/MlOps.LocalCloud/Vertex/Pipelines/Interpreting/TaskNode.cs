using System.Collections.Immutable;
using System.Text.Json;
using MlOps.LocalCloud.Vertex.Pipelines.Placeholders;
using MlOps.LocalCloud.Vertex.Pipelines.Spec;
using State = Google.Cloud.AIPlatform.V1.PipelineTaskDetail.Types.State;

namespace MlOps.LocalCloud.Vertex.Pipelines.Interpreting;

internal enum NodeKind
{
    /// <summary>A graph of tasks: the pipeline itself, a condition, an exit handler, a nested pipeline, one iteration.</summary>
    Graph,
    Loop,
    Container,
    Importer,
    Resolver,
    Unsupported,
}

/// <summary>An error as the API tells it (google.rpc.Status).</summary>
internal sealed record TaskError(int Code, string Message);

/// <summary>A state that a task was in, since when, and the error of the attempt that ended with it.</summary>
internal sealed record TaskMoment(DateTimeOffset Time, State State, TaskError? Error);

/// <summary>A task in a run: one use of a component, in a loop one for each iteration. Only <see cref="PipelineRun"/> changes it.</summary>
internal sealed class TaskNode(long id, TaskNode? parent, PipelineTask? task, Component component, Executor? executor, string name, NodeKind kind)
{
    /// <summary>Its number in the run, from 1 for the pipeline itself; the same in every replay.</summary>
    public long Id { get; } = id;

    public TaskNode? Parent { get; } = parent;

    /// <summary>Null for the pipeline itself.</summary>
    public PipelineTask? Task { get; } = task;

    public Component Component { get; } = component;

    /// <summary>Null for graphs and loops.</summary>
    public Executor? Executor { get; } = executor;

    public string Name { get; } = name;

    public NodeKind Kind { get; } = kind;

    /// <summary>Its number in the loop around it, from 0.</summary>
    public int? Iteration { get; init; }

    public State State { get; set; } = State.Pending;

    public TaskInputs Inputs { get; set; } = TaskInputs.Empty;

    /// <summary>The inputs that are its own: a group that is an iteration has the loop's, and its item beside them.</summary>
    public TaskInputs OwnInputs => Iteration is not null && !IsLeaf && Task?.Iterator?.ItemInput is { } item
        ? new TaskInputs(Only(Inputs.Parameters, item), Only(Inputs.Artifacts, item))
        : Inputs;

    public TaskOutputs Outputs { get; set; } = TaskOutputs.Empty;

    public TaskError? Error { get; set; }

    /// <summary>From 1; 0 before the first.</summary>
    public int Attempt { get; set; }

    /// <summary>What the last attempt's container is of.</summary>
    public ContainerUse? Use { get; set; }

    /// <summary>Of a task whose result was taken from the cache: the id of the execution that gave it.</summary>
    public string? CachedExecution { get; set; }

    public DateTimeOffset CreateTime { get; set; }

    public DateTimeOffset? StartTime { get; set; }

    public DateTimeOffset? EndTime { get; set; }

    public List<TaskMoment> History { get; } = [];

    /// <summary>Of a graph: its tasks by key. Of a loop: its iterations by number.</summary>
    public Dictionary<string, TaskNode> Children { get; } = new(StringComparer.Ordinal);

    /// <summary>Of a graph: the tasks that nobody has decided about.</summary>
    public List<TaskNode> Waiting { get; } = [];

    /// <summary>Of a graph or loop: how many of its children have not ended.</summary>
    public int Open { get; set; }

    /// <summary>Of a loop: what it runs over; parameters or artifacts.</summary>
    public IReadOnlyList<JsonElement> Items { get; set; } = [];

    /// <inheritdoc cref="Items"/>
    public IReadOnlyList<RuntimeArtifact> ArtifactItems { get; set; } = [];

    /// <summary>Something of it was not started because the run was being cancelled.</summary>
    public bool CutShort { get; set; }

    public bool IsFinal => State is State.Succeeded or State.Skipped or State.Failed or State.Cancelled or State.NotTriggered;

    public bool IsSuccess => State is State.Succeeded or State.Skipped;

    public bool IsLeaf => Kind is NodeKind.Container or NodeKind.Importer or NodeKind.Resolver or NodeKind.Unsupported;

    private static ImmutableSortedDictionary<string, T> Only<T>(ImmutableSortedDictionary<string, T> inputs, string name) =>
        inputs.TryGetValue(name, out var value) ? ImmutableSortedDictionary.Create<string, T>(StringComparer.Ordinal).Add(name, value) : inputs.Clear();

    public TaskFacts Facts => new(Id, Name);

    /// <summary><c>outer.inner.task</c>, without the pipeline itself.</summary>
    public string UniqueName => Parent?.Parent is null ? Name : $"{Parent.UniqueName}.{Name}";
}

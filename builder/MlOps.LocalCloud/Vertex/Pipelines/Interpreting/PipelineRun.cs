using System.Globalization;
using Google.Cloud.AIPlatform.V1;
using MlOps.LocalCloud.Vertex.Pipelines.Spec;
using State = Google.Cloud.AIPlatform.V1.PipelineTaskDetail.Types.State;

namespace MlOps.LocalCloud.Vertex.Pipelines.Interpreting;

/// <summary>
/// A run of a pipeline: pure, without clock, files or containers. Events go in, and what is to be done because of them
/// comes out. The same events give the same run.
/// </summary>
internal sealed class PipelineRun
{
    private const int MostTasks = 100_000;

    /// <summary>
    /// Iterations that are begun and not ended, over all loops; more than any machine runs side by side. A loop of thousands is so cancelled
    /// as fast as a short one. Each loop has one at least, so that a loop within a loop goes on.
    /// </summary>
    private const int MostOpenIterations = 256;
    private readonly PipelineSpec _spec;
    private readonly RunFacts _facts;
    private readonly List<TaskNode> _nodes = [];
    private readonly List<TaskNode> _groups = [];
    private readonly Queue<TaskNode> _dirty = new();
    private readonly Queue<TaskNode> _held = new();
    private readonly List<RunEffect> _effects = [];
    private readonly HashSet<TaskNode> _moved = [];
    private DateTimeOffset _now;
    private bool _failed;
    private int _openIterations;

    public PipelineRun(PipelineSpec spec, RunFacts facts, TaskInputs inputs)
    {
        (_spec, _facts) = (spec, facts);
        Root = NewNode(parent: null, task: null, spec.Root, spec.Name, iteration: null, facts.CreateTime);
        Root.Inputs = inputs;
    }

    public TaskNode Root { get; }

    /// <summary>Every task that was made, in the order of their numbers.</summary>
    public IReadOnlyList<TaskNode> Nodes => _nodes;

    /// <summary>The tasks that the last event has given another state.</summary>
    public IReadOnlyCollection<TaskNode> Moved => _moved;

    public bool IsCancelling { get; private set; }

    public bool HasBegun => Root.State != State.Pending;

    public PipelineState JobState => Root.State switch
    {
        State.Pending => PipelineState.Pending,
        State.Succeeded => PipelineState.Succeeded,
        State.Failed => PipelineState.Failed,
        State.Cancelled => PipelineState.Cancelled,
        _ => IsCancelling ? PipelineState.Cancelling : PipelineState.Running,
    };

    /// <summary>Takes an event in. Events about what has ended already are ignored.</summary>
    public IReadOnlyList<RunEffect> Apply(RunEvent happened)
    {
        _now = happened.Time;
        _effects.Clear();
        _moved.Clear();
        switch (happened)
        {
            case RunEvent.Began when !HasBegun:
                BeginGraph(Root);
                break;
            case RunEvent.TaskStarted started when Running(started.Task, started.Attempt) is { } node:
                node.StartTime ??= _now;
                node.Use = started.Use ?? node.Use;
                Move(node, IsCancelling ? State.Cancelling : State.Running);
                break;
            case RunEvent.TaskEnded ended when Running(ended.Task, ended.Attempt) is { } node:
                Ended(node, ended.Outcome);
                break;
            case RunEvent.CancelRequested when !IsCancelling && !Root.IsFinal:
                Cancel();
                break;
        }

        while (_dirty.TryDequeue(out var group))
        {
            Advance(group);
        }

        return [.. _effects];
    }

    private TaskNode? Running(long id, int attempt)
    {
        var node = id >= 1 && id <= _nodes.Count ? _nodes[(int)id - 1] : null;
        return node is { IsLeaf: true, IsFinal: false } && node.Attempt == attempt ? node : null;
    }

    private TaskNode NewNode(TaskNode? parent, PipelineTask? task, Component component, string name, int? iteration, DateTimeOffset time)
    {
        var executor = component.ExecutorLabel is { } label ? _spec.Executors[label] : null;
        var kind = task?.Iterator is not null && iteration is null ? NodeKind.Loop : executor switch
        {
            null => NodeKind.Graph,
            Executor.Container => NodeKind.Container,
            Executor.Importer => NodeKind.Importer,
            Executor.Resolver => NodeKind.Resolver,
            _ => NodeKind.Unsupported,
        };
        var node = new TaskNode(_nodes.Count + 1, parent, task, component, kind == NodeKind.Loop ? null : executor, name, kind) { Iteration = iteration, CreateTime = time };
        node.History.Add(new TaskMoment(time, State.Pending, Error: null));
        _nodes.Add(node);
        if (parent is not null)
        {
            parent.Children.Add(iteration?.ToString(CultureInfo.InvariantCulture) ?? task!.Key, node);
            parent.Open++;
        }

        return node;
    }

    private void BeginGraph(TaskNode graph)
    {
        BeginGroup(graph);
        foreach (var task in graph.Component.Dag!.Tasks.Values)
        {
            graph.Waiting.Add(NewNode(graph, task, _spec.Components[task.ComponentName], task.Name, iteration: null, _now));
        }
    }

    private void BeginGroup(TaskNode group)
    {
        group.StartTime = _now;
        Move(group, State.Running);
        _groups.Add(group);
        _dirty.Enqueue(group);
    }

    private void Advance(TaskNode group)
    {
        if (group.IsFinal)
        {
            return;
        }

        if (group.Kind == NodeKind.Loop)
        {
            StartIterations(group);
        }
        else
        {
            group.Waiting.RemoveAll(task => Decided(group, task));
        }

        if (group.Open == 0 && group.Waiting.Count == 0 && (group.Kind != NodeKind.Loop || group.CutShort || group.Children.Count == Count(group)))
        {
            Complete(group);
        }
    }

    private bool Decided(TaskNode graph, TaskNode node)
    {
        switch (Triggers.Decide(node.Task!, key => graph.Children[key], _failed && _facts.FailFast, IsCancelling))
        {
            case TriggerDecision.Start:
                Begin(graph, node);
                return true;
            case TriggerDecision.Never:
                graph.CutShort |= IsCancelling;
                End(node, State.NotTriggered, error: null);
                return true;
            default:
                return false;
        }
    }

    private void Begin(TaskNode graph, TaskNode node)
    {
        try
        {
            var task = node.Task!;
            node.Inputs = InputResolution.Resolve(task, node.Component, graph, _facts, node.Facts);
            if (task.Trigger.Condition is { } condition && !PipelineExpressions.Holds(condition, node.Inputs, node.Component.InputParameters))
            {
                End(node, State.NotTriggered, error: null);
            }
            else if (node.Kind == NodeKind.Loop)
            {
                BeginLoop(graph, node);
            }
            else
            {
                Launch(node);
            }
        }
        catch (TaskFaultException fault)
        {
            Fail(node, new TaskError(StatusCode.InvalidArgument, fault.Message));
        }
    }

    private void Launch(TaskNode node)
    {
        if (node.Kind == NodeKind.Graph)
        {
            BeginGraph(node);
            return;
        }

        node.Attempt = 1;
        _effects.Add(new RunEffect.Start(node, node.Attempt, _now));
    }

    private void BeginLoop(TaskNode graph, TaskNode loop)
    {
        var iterator = loop.Task!.Iterator!;
        if (iterator.OverArtifacts)
        {
            loop.ArtifactItems = loop.Inputs.Artifacts.TryGetValue(iterator.Input!, out var artifacts) ? artifacts : [];
        }
        else
        {
            var items = iterator.Raw is not null
                ? InputResolution.RawItems(loop.Task, loop.Component, graph, _facts, loop.Facts)
                : loop.Inputs.Parameters.TryGetValue(iterator.Input!, out var given) ? given : throw new TaskFaultException($"Input '{iterator.Input}', over which the loop runs, has no value.");
            loop.Items = LoopItems.Of(items);
        }

        if (_nodes.Count + Count(loop) > MostTasks)
        {
            throw new TaskFaultException($"The loop has {Count(loop)} items; a run may have {MostTasks} tasks.");
        }

        BeginGroup(loop);
    }

    private static int Count(TaskNode loop) => loop.Task!.Iterator!.OverArtifacts ? loop.ArtifactItems.Count : loop.Items.Count;

    private void StartIterations(TaskNode loop)
    {
        var limit = loop.Task!.Iterator!.Parallelism;
        while (loop.Children.Count < Count(loop) && (limit == 0 || loop.Open < limit))
        {
            if (IsCancelling || (_failed && _facts.FailFast))
            {
                loop.CutShort = true;
                return;
            }

            if (loop.Open > 0 && _openIterations >= MostOpenIterations)
            {
                Hold(loop);
                return;
            }

            _openIterations++;
            var index = loop.Children.Count;
            var isLeaf = loop.Component.Dag is null;
            var iteration = NewNode(loop, loop.Task, loop.Component, isLeaf ? loop.Name : string.Create(CultureInfo.InvariantCulture, $"{loop.Name}-iteration-{index}"), index, _now);
            try
            {
                iteration.Inputs = LoopItems.InputsOf(loop, index);
                Launch(iteration);
            }
            catch (TaskFaultException fault)
            {
                Fail(iteration, new TaskError(StatusCode.InvalidArgument, fault.Message));
            }
        }
    }

    /// <summary>It goes on when an iteration ends, whichever loop's.</summary>
    private void Hold(TaskNode loop)
    {
        if (!_held.Contains(loop))
        {
            _held.Enqueue(loop);
        }
    }

    private void Ended(TaskNode node, Outcome outcome)
    {
        switch (outcome.Kind)
        {
            case OutcomeKind.Succeeded or OutcomeKind.Cached:
                node.Outputs = new TaskOutputs(outcome.Parameters, outcome.Artifacts, []);
                node.CachedExecution = outcome.Kind == OutcomeKind.Cached ? outcome.Execution : null;
                End(node, outcome.Kind == OutcomeKind.Cached ? State.Skipped : State.Succeeded, error: null);
                break;
            case OutcomeKind.Cancelled:
                End(node, State.Cancelled, new TaskError(StatusCode.Cancelled, "The task was cancelled."));
                break;
            case OutcomeKind.Failed when outcome.Retryable && !IsCancelling && node.Task is { } task && node.Attempt <= task.Retry.MaxRetries:
                var pause = task.Retry.PauseAfter(node.Attempt++);
                Move(node, State.Pending, outcome.Error);
                _effects.Add(new RunEffect.Start(node, node.Attempt, _now + pause));
                break;
            default:
                Fail(node, outcome.Error ?? new TaskError(StatusCode.Unknown, "The task failed."));
                break;
        }
    }

    private void Fail(TaskNode node, TaskError error)
    {
        End(node, State.Failed, error);
        if (!_failed)
        {
            _failed = true;
            Wake();
        }
    }

    private void Wake()
    {
        foreach (var group in _groups.Where(group => !group.IsFinal))
        {
            _dirty.Enqueue(group);
        }
    }

    private void Complete(TaskNode group)
    {
        var children = group.Children.Values;
        if (IsCancelling && (group.CutShort || children.Any(child => child.State == State.Cancelled)))
        {
            End(group, State.Cancelled, new TaskError(StatusCode.Cancelled, "The run was cancelled."));
            return;
        }

        var failed = children.Where(child => child.State == State.Failed).Select(child => child.Name).Distinct(StringComparer.Ordinal).ToList();
        if (failed.Count > 0)
        {
            End(group, State.Failed, new TaskError(StatusCode.FailedPrecondition, $"The DAG failed because some tasks failed. The failed tasks are: [{string.Join(", ", failed)}]."));
            return;
        }

        try
        {
            group.Outputs = group.Kind == NodeKind.Loop ? OutputResolution.OfLoop(group) : OutputResolution.OfGraph(group);
            End(group, State.Succeeded, error: null);
        }
        catch (TaskFaultException fault)
        {
            Fail(group, new TaskError(StatusCode.FailedPrecondition, fault.Message));
        }
    }

    private void Cancel()
    {
        IsCancelling = true;
        if (!HasBegun)
        {
            End(Root, State.Cancelled, new TaskError(StatusCode.Cancelled, "The run was cancelled."));
            return;
        }

        foreach (var node in _nodes.Where(node => !node.IsFinal && (node.Attempt > 0 || node.State == State.Running)))
        {
            Move(node, State.Cancelling);
            if (node.IsLeaf)
            {
                _effects.Add(new RunEffect.Stop(node));
            }
        }

        Wake();
    }

    private void End(TaskNode node, State state, TaskError? error)
    {
        node.EndTime = _now;
        node.Error = error;
        Move(node, state, error);
        if (node.Iteration is not null)
        {
            _openIterations--;
            if (_held.TryDequeue(out var loop))
            {
                _dirty.Enqueue(loop);
            }
        }

        if (node.Parent is { } parent)
        {
            parent.Open--;
            _dirty.Enqueue(parent);
        }
    }

    private void Move(TaskNode node, State state, TaskError? error = null)
    {
        node.State = state;
        _moved.Add(node);
        node.History.Add(new TaskMoment(_now, state, error));
    }
}

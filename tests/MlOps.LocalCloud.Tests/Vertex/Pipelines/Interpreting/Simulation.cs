using System.Collections.Immutable;
using System.Text.Json;
using MlOps.LocalCloud.Vertex.Pipelines.Interpreting;
using MlOps.LocalCloud.Vertex.Pipelines.Spec;
using MlOps.LocalCloud.Vertex.Pipelines.Values;

namespace MlOps.LocalCloud.Tests.Vertex.Pipelines.Interpreting;

/// <summary>Drives a run without containers: a function says how each attempt ends. Time moves on with every event.</summary>
internal sealed class Simulation
{
    private readonly Queue<RunEffect.Start> _due = new();
    private readonly Func<TaskNode, int, Outcome> _attempt;
    private DateTimeOffset _now = Ir.Time;

    public Simulation(PipelineSpec spec, Func<TaskNode, int, Outcome> attempt, TaskInputs? inputs = null, bool failFast = false)
    {
        _attempt = attempt;
        Run = new PipelineRun(spec, Ir.Facts with { FailFast = failFast }, inputs ?? TaskInputs.Empty);
    }

    public PipelineRun Run { get; }

    /// <summary>What was run, in order: task names.</summary>
    public List<string> Ran { get; } = [];

    public List<RunEvent> Events { get; } = [];

    public List<string> Stopped { get; } = [];

    public List<TimeSpan> Pauses { get; } = [];

    /// <summary>Attempts that are due and not ended.</summary>
    public IReadOnlyCollection<RunEffect.Start> Due => _due;

    public static Outcome Succeeds(params (string Name, string Json)[] parameters) =>
        Outcome.Succeeded(TaskOutputs.Empty with { Parameters = parameters.ToImmutableSortedDictionary(pair => pair.Name, pair => Json.Parse(pair.Json), StringComparer.Ordinal) });

    public static Outcome Fails(bool retryable = true) => Outcome.Failed(9, "it broke", retryable);

    public Simulation Begin()
    {
        Take(new RunEvent.Began(_now));
        return this;
    }

    /// <summary>Ends what is due, first come first served, until nothing is.</summary>
    public Simulation ToTheEnd()
    {
        Begin();
        while (EndOne())
        {
        }

        return this;
    }

    public bool EndOne()
    {
        if (!_due.TryDequeue(out var start))
        {
            return false;
        }

        Pauses.Add(start.NotBefore > _now ? start.NotBefore - _now : TimeSpan.Zero);
        Ran.Add(start.Task.Name);
        Take(new RunEvent.TaskStarted(_now, start.Task.Id, start.Attempt));
        Take(new RunEvent.TaskEnded(_now, start.Task.Id, start.Attempt, _attempt(start.Task, start.Attempt)));
        return true;
    }

    public void Cancel() => Take(new RunEvent.CancelRequested(_now));

    public TaskNode Node(string uniqueName) => Run.Nodes.Last(node => node.UniqueName == uniqueName);

    public string? Output(string name) => Run.Root.Outputs.Parameters.TryGetValue(name, out JsonElement value) ? Json.Text(value) : null;

    /// <summary>Every task with its state, by unique name and number.</summary>
    public IEnumerable<string> States() => Run.Nodes.Select(node => $"{node.Id} {node.UniqueName} {node.State} {node.Attempt}");

    private void Take(RunEvent happened)
    {
        Events.Add(happened);
        foreach (var effect in Run.Apply(happened))
        {
            if (effect is RunEffect.Start start)
            {
                _due.Enqueue(start);
            }
            else
            {
                Stopped.Add(effect.Task.Name);
            }
        }

        _now += TimeSpan.FromSeconds(1);
    }
}

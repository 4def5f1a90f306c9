using System.Collections.Immutable;
using System.Globalization;
using Google.Cloud.AIPlatform.V1;
using MlOps.Pipelines.Outlines;

namespace MlOps.Steps.Run;

/// <summary>The tasks of a job, each with its place: the groups around it, the iterations that it is in.</summary>
internal sealed class RunTasks
{
    private readonly TaskPlaces _places;
    private readonly Dictionary<long, PipelineTaskDetail> _byId;
    private readonly ILookup<long, PipelineTaskDetail> _below;
    private readonly Lazy<PipelineGroups> _groups;
    private readonly Dictionary<long, int> _iterations = [];

    public RunTasks(PipelineJob job)
    {
        Root = RunRoot.Of(job);
        All = [.. (job.JobDetail?.TaskDetails ?? []).Where(task => !ReferenceEquals(task, Root)).OrderBy(task => task.CreateTime?.ToDateTime() ?? default).ThenBy(task => task.TaskId)];
        _places = new TaskPlaces(job);
        _byId = All.ToDictionary(task => task.TaskId);
        _below = All.ToLookup(task => task.ParentTaskId);
        _groups = new(() => PipelineGroups.Of(_places.Spec));
    }

    /// <summary>The run itself; null where the service does not tell it as a task.</summary>
    public PipelineTaskDetail? Root { get; }

    /// <summary>All others, oldest first.</summary>
    public ImmutableArray<PipelineTaskDetail> All { get; }

    /// <summary>It stands for the tasks inside of it: a condition, a loop, an iteration, an exit handler, a nested pipeline.</summary>
    public bool IsGroup(PipelineTaskDetail task) => _below.Contains(task.TaskId) || task.Execution?.SchemaTitle == "system.DagExecution" || _places.IsGroup(task);

    /// <summary>Of a task in loops the number of each iteration, the outermost first, from 0; else empty.</summary>
    public ImmutableArray<int> IterationsOf(PipelineTaskDetail task)
    {
        var numbers = new Stack<int>();
        for (var inner = task; _byId.TryGetValue(inner.ParentTaskId, out var outer); inner = outer)
        {
            if (_places.IsLoop(outer))
            {
                numbers.Push(NumberOf(inner, outer));
            }
        }

        return [.. numbers];
    }

    /// <summary><c>group.task</c>, without the run itself.</summary>
    public string PathOf(PipelineTaskDetail task) => task.TaskUniqueName is { Length: > 0 } given
        ? given
        : _byId.TryGetValue(task.ParentTaskId, out var outer) ? $"{PathOf(outer)}.{task.TaskName}" : task.TaskName;

    /// <summary>For people: <c>score</c>; in a loop <c>score [1]</c>; a group by what it is for, <c>if inputs.deploy == true</c>.</summary>
    public string LabelOf(PipelineTaskDetail task)
    {
        var iterations = string.Concat(IterationsOf(task).Select(number => string.Create(CultureInfo.InvariantCulture, $"[{number}]")));
        var name = IsGroup(task) && _groups.Value.Words(_places.NamesOf(task)) is { } words ? $"{words} ({task.TaskName})" : task.TaskName;
        return iterations.Length > 0 ? $"{name} {iterations}" : name;
    }

    /// <summary>It is one round of a loop whose tasks are told too.</summary>
    public bool IsRound(PipelineTaskDetail task) => IsGroup(task) && _byId.TryGetValue(task.ParentTaskId, out var outer) && _places.IsLoop(outer);

    // The local cloud numbers the names of rounds; where a service does not, the order in which they were made is that of the items.
    private int NumberOf(PipelineTaskDetail round, PipelineTaskDetail loop)
    {
        var dash = round.TaskName.LastIndexOf('-');
        if (round.TaskName != loop.TaskName && dash >= 0 && int.TryParse(round.TaskName.AsSpan(dash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return number;
        }

        if (!_iterations.ContainsKey(round.TaskId))
        {
            foreach (var (at, other) in _below[loop.TaskId].Index())
            {
                _iterations[other.TaskId] = at;
            }
        }

        return _iterations[round.TaskId];
    }
}

using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Google.Cloud.AIPlatform.V1;

namespace MlOps.Steps.Run;

/// <summary>
/// Which component of the IR a task of a run is one use of. A run names its tasks, not their components: the way down from the
/// root is walked, by <c>parentTaskId</c> on the one side and <c>dag.tasks</c> on the other. A loop's iterations are uses of the
/// loop's own component.
/// </summary>
internal sealed class TaskPlaces
{
    private readonly Dictionary<long, PipelineTaskDetail> _details;
    private readonly Dictionary<long, Place?> _found = [];
    private readonly PipelineTaskDetail? _root;
    private readonly Lazy<JsonObject> _spec;

    public TaskPlaces(PipelineJob job)
    {
        _spec = new(() => RecordedValues.Of(job.PipelineSpec));
        _root = RunRoot.Of(job);
        _details = (job.JobDetail?.TaskDetails ?? []).ToDictionary(detail => detail.TaskId);
    }

    public JsonObject Spec => _spec.Value;

    /// <summary>Null where the IR has no such place.</summary>
    public JsonObject? ComponentOf(PipelineTaskDetail detail) => PlaceOf(detail)?.Component;

    /// <summary>Null for groups too.</summary>
    public JsonObject? ExecutorOf(PipelineTaskDetail detail) =>
        PlaceOf(detail) is { IsLoop: false } place && place.Component["executorLabel"]?.GetValue<string>() is { } label ? Spec["deploymentSpec"]?["executors"]?[label]?.AsObject() : null;

    /// <summary>The image of the task that an execution is of, as it stands in the IR; null where the job has no such task.</summary>
    /// <param name="execution">Its resource name.</param>
    public string? ImageOf(string execution) => _details.Values.FirstOrDefault(detail => detail.Execution?.Name == execution) is { } task
        ? ExecutorOf(task)?["container"]?["image"]?.GetValue<string>()
        : null;

    /// <summary>False where the IR has no such place.</summary>
    public bool IsGroup(PipelineTaskDetail detail) => PlaceOf(detail) is { } place && (place.IsLoop || place.Component["dag"] is not null);

    /// <inheritdoc cref="IsGroup"/>
    public bool IsLoop(PipelineTaskDetail detail) => PlaceOf(detail) is { IsLoop: true };

    /// <summary>The way to its place in the IR, names of tasks; a loop's rounds are the loop.</summary>
    public IReadOnlyList<string> NamesOf(PipelineTaskDetail detail) => PlaceOf(detail)?.Names ?? [detail.TaskName];

    private sealed record Place(JsonObject Component, bool IsLoop, ImmutableArray<string> Names);

    private Place? PlaceOf(PipelineTaskDetail detail)
    {
        if (!_found.TryGetValue(detail.TaskId, out var place))
        {
            _found[detail.TaskId] = place = Look(detail);
        }

        return place;
    }

    private Place? Look(PipelineTaskDetail detail)
    {
        if (Spec["root"] is not JsonObject definition)
        {
            return null;
        }

        var root = new Place(definition, IsLoop: false, []);
        if (ReferenceEquals(detail, _root))
        {
            return root;
        }

        if (!_details.TryGetValue(detail.ParentTaskId, out var parent))
        {
            return Below(root, detail.TaskName);
        }

        return PlaceOf(parent) switch
        {
            null => null,
            { IsLoop: true } loop => loop with { IsLoop = false },
            var graph => Below(graph, detail.TaskName),
        };
    }

    private Place? Below(Place graph, string name)
    {
        var tasks = graph.Component["dag"]?["tasks"]?.AsObject();
        var task = tasks?.FirstOrDefault(pair => pair.Value?["taskInfo"]?["name"]?.GetValue<string>() == name).Value ?? tasks?[name];
        return task?["componentRef"]?["name"]?.GetValue<string>() is { } component && Spec["components"]?[component]?.AsObject() is { } found
            ? new Place(found, task["parameterIterator"] is not null || task["artifactIterator"] is not null, graph.Names.Add(name))
            : null;
    }
}

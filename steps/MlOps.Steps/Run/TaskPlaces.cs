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

    public TaskPlaces(PipelineJob job)
    {
        Spec = RecordedValues.Of(job.PipelineSpec);
        _details = (job.JobDetail?.TaskDetails ?? []).ToDictionary(detail => detail.TaskId);
    }

    public JsonObject Spec { get; }

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

    private sealed record Place(JsonObject Component, bool IsLoop);

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
        if (detail.ParentTaskId == 0 || !_details.TryGetValue(detail.ParentTaskId, out var parent))
        {
            return AtTop(detail);
        }

        return PlaceOf(parent) switch
        {
            null => null,
            { IsLoop: true } loop => loop with { IsLoop = false },
            var graph => Below(graph, detail.TaskName),
        };
    }

    // The root itself; or, as pipeline_job.proto has it, a task of the root's, whose parent is left out.
    private Place? AtTop(PipelineTaskDetail detail)
    {
        if (Spec["root"] is not JsonObject definition)
        {
            return null;
        }

        var root = new Place(definition, IsLoop: false);
        var isRoot = _details.Values.Count(other => other.ParentTaskId == 0) == 1 && _details.Count > 1;
        return isRoot ? root : Below(root, detail.TaskName) ?? root;
    }

    private Place? Below(Place graph, string name)
    {
        var tasks = graph.Component["dag"]?["tasks"]?.AsObject();
        var task = tasks?.FirstOrDefault(pair => pair.Value?["taskInfo"]?["name"]?.GetValue<string>() == name).Value ?? tasks?[name];
        return task?["componentRef"]?["name"]?.GetValue<string>() is { } component && Spec["components"]?[component]?.AsObject() is { } found
            ? new Place(found, task["parameterIterator"] is not null || task["artifactIterator"] is not null)
            : null;
    }
}

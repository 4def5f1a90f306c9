using System.Text.Json.Nodes;
using Google.Cloud.AIPlatform.V1;
using Google.Protobuf;

namespace MlOps.Steps.Debug;

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
        Spec = job.PipelineSpec is null ? [] : JsonNode.Parse(JsonFormatter.Default.Format(job.PipelineSpec))!.AsObject();
        _details = (job.JobDetail?.TaskDetails ?? []).ToDictionary(detail => detail.TaskId);
    }

    public JsonObject Spec { get; }

    /// <summary>Null where the IR has no such place.</summary>
    public JsonObject? ComponentOf(PipelineTaskDetail detail) => PlaceOf(detail)?.Component;

    /// <summary>Null for groups too.</summary>
    public JsonObject? ExecutorOf(PipelineTaskDetail detail) =>
        PlaceOf(detail) is { IsLoop: false } place && place.Component["executorLabel"]?.GetValue<string>() is { } label ? Spec["deploymentSpec"]?["executors"]?[label]?.AsObject() : null;

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
        if (!_details.TryGetValue(detail.ParentTaskId, out var parent))
        {
            return Spec["root"]?.AsObject() is { } root ? new Place(root, IsLoop: false) : null;
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
            ? new Place(found, task["parameterIterator"] is not null || task["artifactIterator"] is not null)
            : null;
    }
}

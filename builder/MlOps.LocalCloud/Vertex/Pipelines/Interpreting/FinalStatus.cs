using System.Text.Json;
using System.Text.Json.Nodes;
using MlOps.LocalCloud.Vertex.Pipelines.Values;
using State = Google.Cloud.AIPlatform.V1.PipelineTaskDetail.Types.State;

namespace MlOps.LocalCloud.Vertex.Pipelines.Interpreting;

/// <summary>How a task ended, as an exit task is told (KFP's <c>PipelineTaskFinalStatus</c>).</summary>
internal static class FinalStatus
{
    public static JsonElement Of(TaskNode task, RunFacts run) => Json.Of(new JsonObject
    {
        ["state"] = Name(task.State),
        ["error"] = task.Error is { } error ? new JsonObject { ["code"] = error.Code, ["message"] = error.Message } : new JsonObject(),
        ["pipelineJobResourceName"] = run.JobName,
        ["pipelineTaskName"] = task.Name,
    });

    private static string Name(State state) => state switch
    {
        State.Succeeded or State.Skipped => "SUCCEEDED",
        State.Failed => "FAILED",
        State.Cancelled => "CANCELLED",
        State.NotTriggered => "NOT_TRIGGERED",
        _ => "RUNNING",
    };
}

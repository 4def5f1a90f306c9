using MlOps.LocalCloud.Vertex.Pipelines.Spec;

namespace MlOps.LocalCloud.Vertex.Pipelines.Interpreting;

internal enum TriggerDecision
{
    Wait,
    Start,
    Never,
}

/// <summary>Whether a task may start, by what is upstream of it (specs/pipelines.md, "States").</summary>
internal static class Triggers
{
    /// <param name="upstream">A task of the same graph, by key.</param>
    /// <param name="failed">The run fails fast and something has failed.</param>
    public static TriggerDecision Decide(PipelineTask task, Func<string, TaskNode> upstream, bool failed, bool cancelling)
    {
        if (cancelling)
        {
            return TriggerDecision.Never;
        }

        if (task.Trigger.AllCompleted)
        {
            return task.Upstream.All(key => upstream(key).IsFinal) ? TriggerDecision.Start : TriggerDecision.Wait;
        }

        if (failed || task.Upstream.Any(key => upstream(key) is { IsFinal: true, IsSuccess: false }))
        {
            return TriggerDecision.Never;
        }

        return task.Upstream.All(key => upstream(key).IsSuccess) ? TriggerDecision.Start : TriggerDecision.Wait;
    }
}

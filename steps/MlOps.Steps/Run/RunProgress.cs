using Google.Cloud.AIPlatform.V1;

namespace MlOps.Steps.Run;

/// <summary>Says when a task starts and ends, once each.</summary>
internal sealed class RunProgress(Action<string> line)
{
    private readonly HashSet<(long Task, PipelineTaskDetail.Types.State State)> _said = [];

    public void Seen(PipelineJob job)
    {
        foreach (var task in (job.JobDetail?.TaskDetails ?? []).Where(task => task.ParentTaskId != 0).OrderBy(task => task.TaskId))
        {
            if (task.State is not (PipelineTaskDetail.Types.State.Unspecified or PipelineTaskDetail.Types.State.Pending) && _said.Add((task.TaskId, task.State)))
            {
                line($"{task.TaskName} {Word(task.State)}");
            }
        }
    }

    // SKIPPED is Vertex's word for a task whose result was in the cache; what a condition keeps from running is NOT_TRIGGERED.
    private static string Word(PipelineTaskDetail.Types.State state) => state switch
    {
        PipelineTaskDetail.Types.State.Skipped => "cached",
        PipelineTaskDetail.Types.State.NotTriggered => "not triggered",
        _ => state.ToString().ToLowerInvariant(),
    };
}

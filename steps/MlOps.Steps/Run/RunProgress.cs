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
                line($"{task.TaskName} {task.State.ToString().ToLowerInvariant()}");
            }
        }
    }
}

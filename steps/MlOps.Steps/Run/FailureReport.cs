using Google.Cloud.AIPlatform.V1;
using MlOps.Core.Problems;

namespace MlOps.Steps.Run;

/// <summary>
/// Why a run failed: the failing tasks with their own errors, first failure first. Siblings that were cancelled are
/// consequences, and an error on a task that has not ended is a retry of the system, not a cause (specs/vertex.md, "A correct wait").
/// </summary>
internal static class FailureReport
{
    public static StepFailedException Of(PipelineJob job, string? reason = null)
    {
        var failed = (job.JobDetail?.TaskDetails ?? [])
            .Where(task => task.State == PipelineTaskDetail.Types.State.Failed && task.ParentTaskId != 0)
            .OrderBy(task => task.EndTime?.ToDateTime() ?? DateTime.MaxValue)
            .ToArray();
        var leaves = failed.Where(task => failed.All(other => other.ParentTaskId != task.TaskId)).ToArray();
        var message = $"The run of {job.DisplayName} ended {RunOutcome.StateName(job.State)}{(reason is null ? "" : ": " + reason)}{Names(leaves)}.\n  {job.Name}";
        var tail = leaves.SelectMany(task => Lines(task.TaskUniqueName.Length > 0 ? task.TaskUniqueName : task.TaskName, task.Error?.Message));
        return new StepFailedException(message, leaves.Length > 0 ? tail : Lines("job", job.Error?.Message));
    }

    private static string Names(PipelineTaskDetail[] tasks) => tasks.Length switch
    {
        0 => "",
        1 => $"; task '{tasks[0].TaskName}' failed",
        _ => $"; {tasks.Length} tasks failed, first '{tasks[0].TaskName}'",
    };

    private static IEnumerable<string> Lines(string task, string? message) =>
        string.IsNullOrEmpty(message) ? [] : message.TrimEnd().Split('\n').Select(line => $"{task}: {line}");
}

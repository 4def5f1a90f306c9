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
        var tasks = new RunTasks(job);
        var failed = tasks.All
            .Where(task => task.State == PipelineTaskDetail.Types.State.Failed)
            .OrderBy(task => task.EndTime?.ToDateTime() ?? DateTime.MaxValue)
            .ToArray();
        var parents = failed.Select(task => task.ParentTaskId).ToHashSet();
        var leaves = failed.Where(task => !parents.Contains(task.TaskId)).ToArray();
        var message = $"The run of {job.DisplayName} ended {RunOutcome.StateName(job.State)}{(reason is null ? "" : ": " + reason)}{Names(leaves, tasks)}.\n  {job.Name}";
        var tail = leaves.SelectMany(task => Lines(tasks.PathOf(task), task.Error?.Message));
        return new StepFailedException(message, leaves.Length > 0 ? tail : Lines("job", job.Error?.Message));
    }

    private static string Names(PipelineTaskDetail[] failed, RunTasks tasks) => failed.Length switch
    {
        0 => "",
        1 => $"; task '{tasks.LabelOf(failed[0])}' failed",
        _ => $"; {failed.Length} tasks failed, first '{tasks.LabelOf(failed[0])}'",
    };

    private static IEnumerable<string> Lines(string task, string? message) =>
        string.IsNullOrEmpty(message) ? [] : message.TrimEnd().Split('\n').Select(line => $"{task}: {line}");
}

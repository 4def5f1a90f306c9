using Google.Cloud.AIPlatform.V1;
using Google.Protobuf.WellKnownTypes;

namespace MlOps.Steps.Run;

/// <summary>
/// The run itself among a job's tasks. The proto says of <c>parent_task_id</c> "Empty if the task is at the root level" and nothing of a
/// task for the root; services give one, above all others, whose name is the pipeline's. Both forms are read.
/// </summary>
internal static class RunRoot
{
    private const string RunSchema = "system.Run";

    /// <returns>Null where the root's own tasks are the topmost.</returns>
    public static PipelineTaskDetail? Of(PipelineJob job)
    {
        IReadOnlyList<PipelineTaskDetail> tasks = job.JobDetail?.TaskDetails is { } details ? details : [];
        if (tasks.Where(task => task.ParentTaskId == 0).Take(2).ToArray() is not [var top])
        {
            return null;
        }

        if (top.Execution?.SchemaTitle == RunSchema)
        {
            return top;
        }

        var below = tasks.Where(task => task.ParentTaskId == top.TaskId).Select(task => task.TaskName).ToHashSet(StringComparer.Ordinal);
        var named = TaskNames(job.PipelineSpec);
        return named.Count == 0
            ? below.Count > 0 ? top : null
            // A pipeline may be called like a task of it; then the tasks below are the root's.
            : !named.Contains(top.TaskName) || (below.Count > 0 && below.IsSubsetOf(named)) ? top : null;
    }

    /// <summary>What the tasks of the IR's root are called.</summary>
    private static HashSet<string> TaskNames(Struct? spec) =>
        Map(Map(Map(spec, "root"), "dag"), "tasks") is { } tasks
            ? tasks.Fields.Select(task => RecordedValues.Text(Map(task.Value.StructValue, "taskInfo"), "name") ?? task.Key).ToHashSet(StringComparer.Ordinal)
            : [];

    private static Struct? Map(Struct? map, string key) => map is not null && map.Fields.TryGetValue(key, out var value) ? value.StructValue : null;
}

using Google.Cloud.AIPlatform.V1;

namespace MlOps.Steps.Run;

/// <summary>Says when a task starts and ends, once each.</summary>
internal sealed class RunProgress(Action<string> line)
{
    private readonly HashSet<(long Task, PipelineTaskDetail.Types.State State)> _said = [];

    public void Seen(PipelineJob job)
    {
        var news = (job.JobDetail?.TaskDetails ?? [])
            .Where(task => task.State is not (PipelineTaskDetail.Types.State.Unspecified or PipelineTaskDetail.Types.State.Pending) && _said.Add((task.TaskId, task.State)))
            .ToHashSet();
        if (news.Count == 0)
        {
            return;
        }

        var tasks = new RunTasks(job);
        foreach (var task in tasks.All.Where(task => news.Contains(task) && !tasks.IsRound(task)))
        {
            line($"{tasks.LabelOf(task)}{(tasks.IsGroup(task) ? ":" : "")} {Word(task.State)}");
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

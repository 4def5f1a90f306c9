using Google.Cloud.AIPlatform.V1;
using Google.Protobuf.WellKnownTypes;
using MlOps.Core.Problems;
using MlOps.Steps.Run;
using State = Google.Cloud.AIPlatform.V1.PipelineTaskDetail.Types.State;

namespace MlOps.Steps.Tests.Run;

public sealed class RunOutcomeTests
{
    private static PipelineTaskDetail Task(long id, long parent, string name, State state, int failedBefore = 0, string? error = null)
    {
        var task = new PipelineTaskDetail { TaskId = id, ParentTaskId = parent, TaskName = name, State = state, EndTime = Timestamp.FromDateTime(DateTime.UnixEpoch.AddSeconds(id)) };
        task.ExecutorDetail = new PipelineTaskExecutorDetail { ContainerDetail = new PipelineTaskExecutorDetail.Types.ContainerDetail() };
        task.ExecutorDetail.ContainerDetail.FailedMainJobs.Add(Enumerable.Repeat("job", failedBefore));
        task.Error = error is null ? null : new global::Google.Rpc.Status { Code = 9, Message = error };
        return task;
    }

    private static PipelineJob Job(PipelineState state, params PipelineTaskDetail[] tasks)
    {
        var job = new PipelineJob { Name = "projects/p/locations/l/pipelineJobs/j", DisplayName = "training", State = state, JobDetail = new PipelineJobDetail() };
        job.JobDetail.TaskDetails.Add(tasks);
        return job;
    }

    [Fact]
    public void There_is_one_entry_an_attempt_and_none_for_a_group()
    {
        var outcome = RunOutcome.Of(Job(
            PipelineState.Succeeded,
            Task(1, 0, "training", State.Succeeded),
            Task(2, 1, "flaky", State.Succeeded, failedBefore: 2),
            Task(3, 1, "for-loop-1", State.Succeeded),
            Task(4, 3, "score", State.Skipped),
            Task(5, 1, "never", State.NotTriggered)));
        Assert.Equal(["flaky FAILED", "flaky FAILED", "flaky SUCCEEDED", "score SKIPPED", "never NOT_TRIGGERED"], outcome.Tasks.Select(task => $"{task.Name} {task.State}"));
        Assert.True(outcome.Succeeded);
    }

    [Fact]
    public void A_task_that_failed_after_retries_has_an_entry_for_each_attempt()
    {
        var task = Task(2, 1, "bad", State.Failed, failedBefore: 2, error: "exit code 1");
        task.ExecutorDetail.ContainerDetail.MainJob = "last";
        var outcome = RunOutcome.Of(Job(PipelineState.Failed, Task(1, 0, "training", State.Failed), task));
        Assert.Equal(["bad ", "bad ", "bad exit code 1"], outcome.Tasks.Select(run => $"{run.Name} {run.Error}"));
    }

    [Fact]
    public void Outputs_are_the_roots_and_metrics_those_of_all_tasks()
    {
        var root = Task(1, 0, "training", State.Succeeded);
        root.Execution = new Execution { Metadata = Struct.Parser.ParseJson("""{"output:auc": 0.75, "input:rows": 3}""") };
        var train = Task(2, 1, "train", State.Succeeded);
        train.Outputs["metrics"] = new PipelineTaskDetail.Types.ArtifactList
        {
            Artifacts = { new Artifact { SchemaTitle = "system.Metrics", Uri = "gs://b/m", Metadata = Struct.Parser.ParseJson("""{"logLoss": 0.2}""") } },
        };
        var outcome = RunOutcome.Of(Job(PipelineState.Succeeded, root, train));
        Assert.Equal("""{"auc":0.75}""", outcome.Outputs.ToJsonString());
        Assert.Equal("train.logLoss=0.2", string.Join(' ', outcome.Metrics.Select(pair => $"{pair.Key}={pair.Value}")));
    }

    [Fact]
    public void The_first_failure_is_named_with_its_lines_and_cancelled_siblings_are_not()
    {
        StepFailedException error = FailureReport.Of(Job(
            PipelineState.Failed,
            Task(1, 0, "training", State.Failed),
            Task(4, 1, "late", State.Failed, error: "second"),
            Task(2, 1, "validate", State.Failed, error: "no column 'x'\nexit code 3"),
            Task(3, 1, "train", State.Cancelled)));
        Assert.Contains("2 tasks failed, first 'validate'", error.Message);
        Assert.Equal(["validate: no column 'x'", "validate: exit code 3", "late: second"], error.Tail);
    }
}

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

    private const string Spec = """
        {"components": {
           "comp-loop": {"dag": {"tasks": {"score": {"taskInfo": {"name": "score"}, "componentRef": {"name": "comp-score"}}}}},
           "comp-score": {"executorLabel": "e"}, "comp-train": {"executorLabel": "e"}, "comp-if": {"dag": {"tasks": {"push": {"componentRef": {"name": "comp-score"}}}}}},
         "deploymentSpec": {"executors": {"e": {"container": {"image": "i"}}}},
         "root": {
           "inputDefinitions": {"parameters": {"deploy": {"parameterType": "BOOLEAN"}}},
           "dag": {
             "outputs": {
               "parameters": {
                 "auc": {"valueFromParameter": {"producerSubtask": "train", "outputParameterKey": "auc"}},
                 "best": {"valueFromOneof": {"parameterSelectors": [{"producerSubtask": "condition-1", "outputParameterKey": "x"}, {"producerSubtask": "train", "outputParameterKey": "auc"}]}}},
               "artifacts": {"model": {"artifactSelectors": [{"producerSubtask": "train", "outputArtifactKey": "model"}]}}},
             "tasks": {
               "train": {"taskInfo": {"name": "train"}, "componentRef": {"name": "comp-train"}},
               "for-loop-2": {"taskInfo": {"name": "for-loop-2"}, "componentRef": {"name": "comp-loop"}, "parameterIterator": {"itemInput": "i", "items": {"raw": "[\"a\", \"b\"]"}}},
               "condition-1": {"taskInfo": {"name": "condition-1"}, "componentRef": {"name": "comp-if"},
                 "inputs": {"parameters": {"pipelinechannel--deploy": {"componentInputParameter": "deploy"}}},
                 "triggerPolicy": {"condition": "inputs.parameter_values['pipelinechannel--deploy'] == true"}}}}}}
        """;

    /// <summary>With the run itself as a task above all others, and as pipeline_job.proto can be read too, without.</summary>
    private static PipelineJob Looped(bool root)
    {
        var top = root ? 1 : 0;
        var train = Task(2, top, "train", State.Succeeded);
        train.Execution = new Execution { Metadata = Struct.Parser.ParseJson("""{"output:auc": 0.75}""") };
        train.Outputs["model"] = new PipelineTaskDetail.Types.ArtifactList { Artifacts = { new Artifact { SchemaTitle = "system.Model", Uri = "gs://b/m" } } };
        train.Outputs["metrics"] = new PipelineTaskDetail.Types.ArtifactList
        {
            Artifacts = { new Artifact { SchemaTitle = "system.Metrics", Uri = "gs://b/x", Metadata = Struct.Parser.ParseJson("""{"logLoss": 0.2}""") } },
        };
        List<PipelineTaskDetail> tasks =
        [
            train, Task(3, top, "for-loop-2", State.Succeeded), Task(4, 3, "for-loop-2-iteration-0", State.Succeeded), Task(5, 3, "for-loop-2-iteration-1", State.Succeeded),
            Task(6, 5, "score", State.Failed, error: "exit 1"), Task(7, 4, "score", State.Succeeded), Task(8, top, "condition-1", State.NotTriggered),
        ];
        if (root)
        {
            var whole = Task(1, 0, "training", State.Succeeded);
            whole.Execution = new Execution { Metadata = Struct.Parser.ParseJson("""{"output:auc": 0.75, "output:best": 0.75}""") };
            whole.Outputs["model"] = train.Outputs["model"];
            tasks.Insert(0, whole);
        }

        var job = Job(PipelineState.Succeeded, [.. tasks]);
        job.PipelineSpec = Struct.Parser.ParseJson(Spec);
        return job;
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_run_itself_may_be_a_task_or_not(bool root)
    {
        var outcome = RunOutcome.Of(Looped(root));
        Assert.Equal("""{"auc":0.75,"best":0.75,"model":{"uri":"gs://b/m","metadata":{}}}""", outcome.Outputs.ToJsonString());
        Assert.Equal(["train.logLoss"], outcome.Metrics.Keys);
        Assert.Equal(["train SUCCEEDED", "score [1] FAILED", "score [0] SUCCEEDED"], outcome.Tasks.Select(task => $"{task.Label} {task.State}"));
        Assert.Equal(["if deploy == true (condition-1)"], outcome.Untriggered);
        var scored = outcome.ToJson()["tasks"]![1]!;
        Assert.Equal("""{"name":"score","state":"FAILED","error":"exit 1","path":"for-loop-2.for-loop-2-iteration-1.score","iteration":[1]}""", scored.ToJsonString());
        Assert.Contains("task 'score [1]' failed", FailureReport.Of(Looped(root)).Message);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Progress_tells_iterations_apart_and_groups_by_what_they_are_for(bool root)
    {
        var lines = new List<string>();
        new RunProgress(lines.Add).Seen(Looped(root));
        Assert.Equal(["train succeeded", "for each item of [\"a\",\"b\"] (for-loop-2): succeeded", "score [1] failed", "score [0] succeeded", "if deploy == true (condition-1): not triggered"], lines);
    }

    [Fact]
    public void A_group_alone_at_the_root_is_not_taken_for_the_run()
    {
        var job = Job(PipelineState.Succeeded, Task(2, 0, "condition-1", State.Succeeded), Task(3, 2, "push", State.Succeeded));
        job.PipelineSpec = Struct.Parser.ParseJson(Spec);
        Assert.Equal("condition-1.push", Assert.Single(RunOutcome.Of(job).Tasks).Path);
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

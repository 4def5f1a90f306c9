using System.Text.Json;
using Google.Cloud.AIPlatform.V1;
using MlOps.LocalCloud.Vertex.Pipelines.Interpreting;
using MlOps.LocalCloud.Vertex.Pipelines.Tables;
using MlOps.LocalCloud.Vertex.Pipelines.Values;
using static MlOps.LocalCloud.Tests.Vertex.Pipelines.Interpreting.Simulation;

namespace MlOps.LocalCloud.Tests.Vertex.Pipelines.Interpreting;

public sealed class PipelineRunTests
{
    private const string In = "\"inputDefinitions\": {\"parameters\": {\"x\": {\"parameterType\": \"STRING\"}}}";
    private const string Work = """ "comp-w": {"executorLabel": "e", "inputDefinitions": {"parameters": {"x": {"parameterType": "STRING", "isOptional": true}}}, "outputDefinitions": {"parameters": {"out": {"parameterType": "STRING"}}}} """;
    private const string Executor = """ "e": {"container": {"image": "busybox:1.36"}} """;

    private static string From(string task) => $$""" "inputs": {"parameters": {"x": {"taskOutputParameter": {"producerTask": "{{task}}", "outputParameterKey": "out"} } } } """;

    private static string After(params string[] tasks) => $"\"dependentTasks\": [{string.Join(", ", tasks.Select(task => $"\"{task}\""))}]";

    private static string Dag(params string[] tasks) => $"\"dag\": {{\"tasks\": {{ {string.Join(", ", tasks)} }} }}";

    private static string T(string name, string rest = "") => Ir.Task(name, rest, "w");

    private static Simulation Simulate(string dag, Func<TaskNode, int, Outcome>? attempt = null, string components = Work, bool failFast = false, TaskInputs? inputs = null) =>
        new(Ir.Read(Ir.Pipeline(components, Executor, dag)), attempt ?? ((node, _) => Succeeds(("out", $"\"{node.Name}\""))), inputs, failFast);

    [Fact]
    public void A_chain_runs_in_order_and_passes_its_values()
    {
        var run = Simulate(Dag(T("c", From("b")), T("b", From("a")), T("a"))).ToTheEnd();

        Assert.Equal(["a", "b", "c"], run.Ran);
        Assert.Equal(PipelineState.Succeeded, run.Run.JobState);
        Assert.Equal("\"b\"", Json.Text(run.Node("c").Inputs.Parameters["x"]));
    }

    [Fact]
    public void Independent_tasks_are_all_due_at_once()
    {
        var run = Simulate(Dag(T("a"), T("b"), T("c"), T("d", After("a")))).Begin();

        Assert.Equal(["a", "b", "c"], run.Due.Select(start => start.Task.Name));
    }

    [Fact]
    public void What_does_not_depend_on_a_failure_still_runs()
    {
        var run = Simulate(Dag(T("bad"), T("after-bad", After("bad")), T("free"), T("after-free", After("free"))), (node, _) => node.Name == "bad" ? Fails() : Succeeds(("out", "\"\""))).ToTheEnd();

        Assert.Equal(["bad", "free", "after-free"], run.Ran);
        Assert.Equal(PipelineState.Failed, run.Run.JobState);
        Assert.Equal(PipelineTaskDetail.Types.State.NotTriggered, run.Node("after-bad").State);
        Assert.Contains("[bad]", run.Run.Root.Error!.Message);
    }

    [Fact]
    public void Failing_fast_starts_nothing_new_but_lets_go_on_what_runs_and_exit_tasks()
    {
        var exit = T("exit", After("bad", "free", "later") + ", \"triggerPolicy\": {\"strategy\": \"ALL_UPSTREAM_TASKS_COMPLETED\"}");
        var run = Simulate(Dag(T("bad"), T("free"), T("later", After("free")), exit), (node, _) => node.Name == "bad" ? Fails() : Succeeds(("out", "\"\"")), failFast: true).ToTheEnd();

        Assert.Equal(["bad", "free", "exit"], run.Ran);
        Assert.Equal(PipelineState.Failed, run.Run.JobState);
    }

    [Fact]
    public void An_exit_task_hears_how_it_ended_and_does_not_hide_a_failure()
    {
        var components = Work + """
            , "comp-exit": {"executorLabel": "e", "inputDefinitions": {"parameters": {"status": {"parameterType": "TASK_FINAL_STATUS", "isOptional": true}}}}
            """;
        var exit = Ir.Task("exit", """ "dependentTasks": ["bad"], "inputs": {"parameters": {"status": {"taskFinalStatus": {"producerTask": "bad"}}}}, "triggerPolicy": {"strategy": "ALL_UPSTREAM_TASKS_COMPLETED"} """);
        var run = Simulate(Dag(T("bad"), exit), (node, _) => node.Name == "bad" ? Fails() : Succeeds(), components).ToTheEnd();

        var status = run.Node("exit").Inputs.Parameters["status"];
        Assert.Equal("FAILED", status.GetProperty("state").GetString());
        Assert.Equal("it broke", status.GetProperty("error").GetProperty("message").GetString());
        Assert.Equal("bad", status.GetProperty("pipelineTaskName").GetString());
        Assert.Equal(PipelineState.Failed, run.Run.JobState);
    }

    [Fact]
    public void A_failing_exit_task_fails_the_run()
    {
        var run = Simulate(Dag(T("body"), T("exit", After("body") + ", \"triggerPolicy\": {\"strategy\": \"ALL_UPSTREAM_TASKS_COMPLETED\"}")), (node, _) => node.Name == "exit" ? Fails() : Succeeds(("out", "\"\""))).ToTheEnd();

        Assert.Equal(PipelineState.Failed, run.Run.JobState);
    }

    [Fact]
    public void A_task_is_tried_again_with_growing_pauses_up_to_the_longest()
    {
        var retry = """ "retryPolicy": {"maxRetryCount": 4, "backoffDuration": "10s", "backoffFactor": 3.0, "backoffMaxDuration": "60s"} """;
        var run = Simulate(Dag(T("a", retry)), (_, attempt) => attempt < 5 ? Fails() : Succeeds(("out", "\"\""))).ToTheEnd();

        Assert.Equal(["a", "a", "a", "a", "a"], run.Ran);
        Assert.Equal([0, 9, 29, 59, 59], run.Pauses.Select(pause => pause.TotalSeconds));
        Assert.Equal(PipelineState.Succeeded, run.Run.JobState);
        Assert.Equal(4, run.Node("a").History.Count(moment => moment.Error is not null));
    }

    [Fact]
    public void A_task_that_cannot_be_helped_is_not_tried_again()
    {
        var run = Simulate(Dag(T("a", """ "retryPolicy": {"maxRetryCount": 3} """)), (_, _) => Fails(retryable: false)).ToTheEnd();

        Assert.Single(run.Ran);
    }

    [Fact]
    public void A_condition_that_is_false_triggers_nothing_and_fails_nothing()
    {
        var condition = """ "triggerPolicy": {"condition": "inputs.parameter_values['x'] == 'no'"} """;
        var run = Simulate(Dag(T("a"), T("b", From("a") + ", " + condition), T("c", After("b")))).ToTheEnd();

        Assert.Equal(["a"], run.Ran);
        Assert.Equal(PipelineTaskDetail.Types.State.NotTriggered, run.Node("b").State);
        Assert.Equal(PipelineTaskDetail.Types.State.NotTriggered, run.Node("c").State);
        Assert.Equal(PipelineState.Succeeded, run.Run.JobState);
    }

    [Fact]
    public void A_condition_that_has_no_value_fails_its_task()
    {
        var run = Simulate(Dag(T("a", """ "triggerPolicy": {"condition": "inputs.parameter_values['nothing'] == 'no'"} """))).ToTheEnd();

        Assert.Equal(PipelineState.Failed, run.Run.JobState);
        Assert.Contains("no 'nothing'", run.Node("a").Error!.Message);
    }

    [Fact]
    public void Text_that_is_filled_in_is_not_looked_at_again()
    {
        var constant = """ "inputs": {"parameters": {"x": {"runtimeValue": {"constant": "<{{$.inputs.parameters['pipelinechannel--a']}}>"}}, "pipelinechannel--a": {"taskOutputParameter": {"producerTask": "a", "outputParameterKey": "out"}}}} """;
        var run = Simulate(Dag(T("a"), T("b", constant)), (_, _) => Succeeds(("out", "\"{{$.pipeline_job_name}} {{$.inputs.parameters['x']}}\""))).ToTheEnd();

        Assert.Equal("\"<{{$.pipeline_job_name}} {{$.inputs.parameters['x']}}>\"", Json.Text(run.Node("b").Inputs.Parameters["x"]));
    }

    private static string LoopComponents(string iteration = "") => Work + $$"""
        , "comp-loop": {
            "dag": {"tasks": { {{T("w", """ "inputs": {"parameters": {"x": {"componentInputParameter": "item"}}} """)}} {{iteration}} },
                    "outputs": {"parameters": {"outs": {"valueFromParameter": {"producerSubtask": "w", "outputParameterKey": "out"} } } } },
            "inputDefinitions": {"parameters": {"item": {"parameterType": "STRING"} } },
            "outputDefinitions": {"parameters": {"outs": {"parameterType": "LIST"} } } }
        """;

    private static string LoopRoot(string items, int parallelism = 0) => $$"""
        "dag": {"tasks": { {{Ir.Task("loop", $$""" "parameterIterator": {"items": {"raw": {{JsonSerializer.Serialize(items)}}}, "itemInput": "item"}, "iteratorPolicy": {"parallelismLimit": {{parallelism}}} """)}} },
                "outputs": {"parameters": {"all": {"valueFromParameter": {"producerSubtask": "loop", "outputParameterKey": "outs"} } } } },
        "outputDefinitions": {"parameters": {"all": {"parameterType": "LIST"} } }
        """;

    private static Outcome Echo(TaskNode node, int attempt) => Succeeds(("out", Json.Text(node.Inputs.Parameters["x"])));

    [Fact]
    public void A_loop_collects_in_the_order_of_its_items()
    {
        var run = Simulate(LoopRoot("[\"b\", \"a\", 3]"), Echo, LoopComponents()).ToTheEnd();

        Assert.Equal("[\"b\",\"a\",\"3\"]", run.Output("all"));
        Assert.Equal(["w", "w", "w"], run.Ran);
        Assert.Equal("loop.loop-iteration-1.w", run.Run.Nodes.Where(node => node.Name == "w").ElementAt(1).UniqueName);
    }

    [Fact]
    public void A_loop_over_nothing_succeeds_with_an_empty_list()
    {
        var run = Simulate(LoopRoot("[]"), Echo, LoopComponents()).ToTheEnd();

        Assert.Equal(PipelineState.Succeeded, run.Run.JobState);
        Assert.Equal("[]", run.Output("all"));
    }

    [Fact]
    public void A_loop_keeps_to_its_limit()
    {
        var run = Simulate(LoopRoot("[1, 2, 3, 4, 5]", parallelism: 2), Echo, LoopComponents()).Begin();

        Assert.Equal(2, run.Due.Count);
        run.EndOne();
        Assert.Equal(2, run.Due.Count);
        while (run.EndOne())
        {
        }

        Assert.Equal("[\"1\",\"2\",\"3\",\"4\",\"5\"]", run.Output("all"));
    }

    [Theory]
    [InlineData(1000, 1)]
    [InlineData(3, 700)]
    [InlineData(600, 2)]
    public void Long_loops_begin_their_iterations_as_others_end(int outer, int inner)
    {
        static string Loop(string name, int items) => Ir.Task(name, $$""" "parameterIterator": {"itemInput": "i", "items": {"raw": "[{{string.Join(", ", Enumerable.Repeat(1, items))}}]"} } """);
        const string Item = "\"inputDefinitions\": {\"parameters\": {\"i\": {\"parameterType\": \"NUMBER_INTEGER\"}}}";
        var components = Work + $$""", "comp-outer": { {{Dag(Loop("inner", inner))}}, {{Item}} }, "comp-inner": { {{Dag(T("w"))}}, {{Item}} } """;
        var run = Simulate(Dag(Loop("outer", outer)), components: components).Begin();
        Assert.InRange(run.Due.Count, Math.Min(250, outer * inner), 256 + 1);
        var most = 0;
        while (run.EndOne())
        {
            most = Math.Max(most, run.Run.Nodes.Count(node => node is { IsLeaf: true, IsFinal: false }));
        }

        Assert.InRange(most, 1, 257);
        Assert.Equal((PipelineState.Succeeded, outer * inner), (run.Run.JobState, run.Ran.Count));
    }

    [Fact]
    public void A_failing_iteration_fails_the_loop_and_not_its_siblings()
    {
        var run = Simulate(LoopRoot("[1, 2, 3]"), (node, attempt) => Json.Text(node.Inputs.Parameters["x"]) == "\"2\"" ? Fails() : Echo(node, attempt), LoopComponents()).ToTheEnd();

        Assert.Equal(3, run.Ran.Count);
        Assert.Equal(PipelineState.Failed, run.Run.JobState);
    }

    [Fact]
    public void Items_that_are_no_list_fail_the_loop()
    {
        var run = Simulate(LoopRoot("{\"a\": 1}"), Echo, LoopComponents()).ToTheEnd();

        Assert.Equal(PipelineState.Failed, run.Run.JobState);
        Assert.Contains("needs a list", run.Node("loop").Error!.Message);
    }

    [Fact]
    public void Cancelling_stops_what_runs_and_starts_nothing()
    {
        var run = Simulate(Dag(T("a"), T("b", After("a")), T("c"))).Begin();
        run.Cancel();

        Assert.Equal(["a", "c"], run.Stopped);
        Assert.Equal(PipelineState.Cancelling, run.Run.JobState);

        // One ends before it can be stopped: it keeps its success, and what waits for it is still not started.
        run.EndOne();
        run.Run.Apply(new RunEvent.TaskEnded(Ir.Time, run.Node("c").Id, 1, Outcome.Cancelled));
        Assert.Equal(PipelineState.Cancelled, run.Run.JobState);
        Assert.Equal(PipelineTaskDetail.Types.State.Succeeded, run.Node("a").State);
        Assert.Equal(PipelineTaskDetail.Types.State.NotTriggered, run.Node("b").State);
    }

    [Fact]
    public void Cancelling_a_run_whose_last_task_succeeds_leaves_a_success()
    {
        var run = Simulate(Dag(T("a"))).Begin();
        run.Cancel();
        run.EndOne();

        Assert.Equal(PipelineState.Succeeded, run.Run.JobState);
    }

    [Fact]
    public void The_same_events_give_the_same_run_also_after_having_been_stored()
    {
        var run = Simulate(LoopRoot("[1, 2, 3]", parallelism: 2), (node, attempt) => attempt == 1 ? Fails() : Echo(node, attempt), LoopComponents()).ToTheEnd();
        var again = Simulate(LoopRoot("[1, 2, 3]", parallelism: 2), Echo, LoopComponents());
        foreach (var happened in run.Events)
        {
            var stored = JsonSerializer.Serialize(happened, RunJson.Default.RunEvent);
            again.Run.Apply(JsonSerializer.Deserialize(stored, RunJson.Default.RunEvent)!);
        }

        Assert.Equal(run.States(), again.States());
        Assert.Equal(run.Run.Root.EndTime, again.Run.Root.EndTime);
    }

    [Fact]
    public void A_cached_task_counts_as_a_success()
    {
        var run = Simulate(Dag(T("a"), T("b", From("a"))), (node, _) => Succeeds(("out", "\"v\"")) with { Kind = OutcomeKind.Cached }).ToTheEnd();

        Assert.Equal(PipelineState.Succeeded, run.Run.JobState);
        Assert.Equal(PipelineTaskDetail.Types.State.Skipped, run.Node("a").State);
    }

    [Fact]
    public void A_required_input_whose_task_did_not_give_it_fails_with_the_reason()
    {
        var components = Work + ", " + Ir.Component("need", In).Replace("exec-need", "e", StringComparison.Ordinal);
        var needs = Ir.Task("need", From("bad") + ", \"triggerPolicy\": {\"strategy\": \"ALL_UPSTREAM_TASKS_COMPLETED\"}");
        var run = Simulate(Dag(T("bad"), needs), (_, _) => Fails(), components).ToTheEnd();

        Assert.Contains("Input 'x' has no value: the task 'bad' is Failed", run.Node("need").Error!.Message);
    }

    [Fact]
    public void A_group_passes_on_that_an_optional_input_was_not_given()
    {
        var passed = """ "inputs": {"parameters": {"x": {"componentInputParameter": "x"}}} """;
        var group = $"\"comp-group\": {{ {In}, {Dag(T("inner", passed))} }}";
        var optional = "\"inputDefinitions\": {\"parameters\": {\"x\": {\"parameterType\": \"STRING\", \"isOptional\": true}}}, ";
        var run = Simulate(optional + Dag(Ir.Task("group", passed)), components: Work + ", " + group).ToTheEnd();

        Assert.Equal(PipelineState.Succeeded, run.Run.JobState);
        Assert.Empty(run.Node("group.inner").Inputs.Parameters);
    }

    [Fact]
    public void A_thousand_tasks_in_a_chain_that_fails_at_its_start_end_at_once()
    {
        var tasks = Enumerable.Range(0, 1000).Select(index => T($"t{index}", index == 0 ? "" : After($"t{index - 1}"))).ToArray();
        var run = Simulate(Dag(tasks), (_, _) => Fails()).ToTheEnd();

        Assert.Equal(PipelineState.Failed, run.Run.JobState);
        Assert.Equal(999, run.Run.Nodes.Count(node => node.State == PipelineTaskDetail.Types.State.NotTriggered));
    }

}

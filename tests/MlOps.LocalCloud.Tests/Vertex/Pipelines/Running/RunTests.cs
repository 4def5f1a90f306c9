using System.Diagnostics;
using Google.Cloud.AIPlatform.V1;
using TaskState = Google.Cloud.AIPlatform.V1.PipelineTaskDetail.Types.State;

namespace MlOps.LocalCloud.Tests.Vertex.Pipelines.Running;

/// <summary>Runs on the real engine.</summary>
public sealed class RunTests(TestVertex vertex) : IClassFixture<TestVertex>
{
    private const string StringIn = "\"inputDefinitions\": {\"parameters\": {\"x\": {\"parameterType\": \"STRING\"}}}";
    private const string StringOut = "\"outputDefinitions\": {\"parameters\": {\"out\": {\"parameterType\": \"STRING\"}}}";
    private const string OutFile = "{{$.outputs.parameters['out'].output_file}}";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Parameters_and_artifacts_pass_between_containers_without_executor_output(bool engineSeesOurFiles)
    {
        await using var engine = await TestVertex.EngineAsync(TestVertex.Busybox);
        await using var own = new TestVertex { SharesFiles = engineSeesOurFiles };
        await own.InitializeAsync();
        const string artifact = "\"artifacts\": {\"data\": {\"artifactType\": {\"schemaTitle\": \"system.Dataset\", \"schemaVersion\": \"0.0.1\"}}}";
        var job = await own.RunAsync(
            Ir.Pipeline(
                Ir.Component("make", $"{StringIn}, \"outputDefinitions\": {{ {artifact}, \"parameters\": {{\"n\": {{\"parameterType\": \"NUMBER_INTEGER\"}}}} }}") + ", " +
                Ir.Component("read", $"\"inputDefinitions\": {{ {artifact}, \"parameters\": {{\"n\": {{\"parameterType\": \"NUMBER_INTEGER\"}}}} }}, {StringOut}"),
                Ir.Shell("make", "mkdir \"$1\"; printf %s \"$0\" > \"$1/part\"; echo ' 42' > \"$2\"", "{{$.inputs.parameters['x']}}", "{{$.outputs.artifacts['data'].path}}", "{{$.outputs.parameters['n'].output_file}}") + ", " +
                Ir.Shell("read", "cat \"$0/part\" > \"$2\"; printf ' %s' \"$1\" >> \"$2\"; " + (engineSeesOurFiles ? "! " : "") + "touch \"$0/part\"", "{{$.inputs.artifacts['data'].path}}", "{{$.inputs.parameters['n']}}", OutFile),
                Ir.Root(
                    [
                        Ir.Task("make", """ "inputs": {"parameters": {"x": {"componentInputParameter": "text"}}} """),
                        Ir.Task("read", """ "inputs": {"artifacts": {"data": {"taskOutputArtifact": {"producerTask": "make", "outputArtifactKey": "data"}}}, "parameters": {"n": {"taskOutputParameter": {"producerTask": "make", "outputParameterKey": "n"}}}} """),
                    ],
                    "read",
                    "text")),
            ("text", "\"héllo {{$}}\""));

        job.Succeeded();
        Assert.Equal("\"héllo {{$}} 42\"", job.Output("result"));
        var made = Assert.Single(job.Task("make").Outputs["data"].Artifacts);
        Assert.Equal("system.Dataset", made.SchemaTitle);
        Assert.StartsWith($"gs://test-bucket/root/{job.Name.Split('/')[^1]}/make_", made.Uri);
        Assert.Equal("héllo {{$}}", await File.ReadAllTextAsync(Path.Combine(own.StorageFolder, made.Uri["gs://".Length..], "part"), TestVertex.Cancel));
        Assert.Equal(made.Uri, Assert.Single(job.Task("read").Inputs["data"].Artifacts).Uri);
        Assert.Equal("\"héllo {{$}}\"", job.Task("make").Execution.Metadata.Fields["input:x"].ToString());
        Assert.Empty(await own.ContainersAsync());
        Assert.Equal("héllo {{$}}", await File.ReadAllTextAsync(Path.Combine(own.StorageFolder, made.Uri["gs://".Length..], "part"), TestVertex.Cancel));
    }

    [Fact]
    public async Task Executor_output_wins_over_files_and_adds_metadata()
    {
        await using var engine = await TestVertex.EngineAsync(TestVertex.Busybox);
        var job = await vertex.RunAsync(Ir.Pipeline(
            Ir.Component("a", "\"outputDefinitions\": {\"parameters\": {\"out\": {\"parameterType\": \"STRING\"}, \"n\": {\"parameterType\": \"NUMBER_DOUBLE\"}}, \"artifacts\": {\"m\": {\"artifactType\": {\"schemaTitle\": \"system.Metrics\"}, \"metadata\": {\"from\": \"spec\"}}, \"quiet\": {\"artifactType\": {\"schemaTitle\": \"system.Model\"}}}}"),
            Ir.Shell(
                "a",
                """printf file > "$0"; printf 0.5 > "$1"; printf '{"parameterValues": {"out": "json"}, "artifacts": {"m": {"artifacts": [{"name": "m", "uri": "gs://elsewhere/m", "metadata": {"accuracy": 0.9}}]}}}' > "$2" """,
                OutFile,
                "{{$.outputs.parameters['n'].output_file}}",
                "{{$.outputs.output_file}}"),
            Ir.Root([Ir.Task("a")], "a")));

        job.Succeeded();
        Assert.Equal("\"json\"", job.Output("result"));
        Assert.Equal("0.5", job.Output("n", "a"));
        var metrics = Assert.Single(job.Task("a").Outputs["m"].Artifacts);
        Assert.Equal(("gs://elsewhere/m", 0.9, "spec"), (metrics.Uri, metrics.Metadata.Fields["accuracy"].NumberValue, metrics.Metadata.Fields["from"].StringValue));
        Assert.Equal("system.Model", Assert.Single(job.Task("a").Outputs["quiet"].Artifacts).SchemaTitle);
    }

    [Fact]
    public async Task A_failing_task_is_named_with_its_exit_code_and_last_lines()
    {
        await using var engine = await TestVertex.EngineAsync(TestVertex.Busybox);
        var job = await vertex.RunAsync(Ir.Pipeline(
            Ir.Component("bad"), Ir.Shell("bad", "for i in $(seq 1 50); do echo line $i; done; echo broken >&2; exit 3"), Ir.Root([Ir.Task("bad")])));

        Assert.Equal(PipelineState.Failed, job.State);
        Assert.Contains("[bad]", job.Error.Message);
        var error = job.Task("bad").Error;
        Assert.Equal(9, error.Code);
        Assert.Contains("The task 'bad' ended with exit code 3. Its last lines:", error.Message);
        Assert.Contains("line 50", error.Message);
        Assert.Contains("broken", error.Message);
        Assert.DoesNotContain("line 20\n", error.Message);
        Assert.Empty(await vertex.ContainersAsync());
    }

    [Fact]
    public async Task An_output_that_was_not_written_fails_the_task_and_names_it()
    {
        await using var engine = await TestVertex.EngineAsync(TestVertex.Busybox);
        var job = await vertex.RunAsync(Ir.Pipeline(Ir.Component("a", StringOut), Ir.Shell("a", "echo did nothing"), Ir.Root([Ir.Task("a")])));

        Assert.Contains("without writing its output parameter 'out'", job.Task("a").Error.Message);
        Assert.Contains("did nothing", job.Task("a").Error.Message);
    }

    [Fact]
    public async Task A_retried_task_gets_a_clean_folder_and_counts_its_attempts()
    {
        await using var engine = await TestVertex.EngineAsync(TestVertex.Busybox);

        var script = "test ! -e \"$0\" || echo dirty; printf left > \"$0\"; exit 1";
        var job = await vertex.RunAsync(Ir.Pipeline(
            Ir.Component("a", StringOut),
            Ir.Shell("a", script, OutFile),
            Ir.Root([Ir.Task("a", "\"retryPolicy\": {\"maxRetryCount\": 2, \"backoffDuration\": \"0s\"}")])));

        var task = job.Task("a");
        Assert.Equal(TaskState.Failed, task.State);
        Assert.Equal(2, task.ExecutorDetail.ContainerDetail.FailedMainJobs.Count);
        Assert.Equal(3, task.PipelineTaskStatus.Count(status => status.Error is not null));
        Assert.All(task.PipelineTaskStatus.Where(status => status.Error is not null), status => Assert.Contains("exit code 1. It printed nothing.", status.Error.Message));
    }

    [Fact]
    public async Task An_image_that_cannot_be_had_is_named_with_its_task()
    {
        await using var engine = await TestVertex.EngineAsync();
        var spec = Ir.Pipeline(Ir.Component("a"), """ "exec-a": {"container": {"image": "127.0.0.1:9/mlops-test/none:1", "command": ["true"]}} """, Ir.Root([Ir.Task("a")]));
        var job = await vertex.RunAsync(spec);

        Assert.Contains("127.0.0.1:9/mlops-test/none:1", job.Task("a").Error.Message);
        Assert.Contains("The task 'a' failed", job.Task("a").Error.Message);
    }

    [Fact]
    public async Task A_command_that_is_not_in_the_image_is_named()
    {
        await using var engine = await TestVertex.EngineAsync(TestVertex.Busybox);
        var spec = Ir.Pipeline(Ir.Component("a"), """ "exec-a": {"container": {"image": "busybox:1.36", "command": ["no-such-tool"]}} """, Ir.Root([Ir.Task("a")]));
        var job = await vertex.RunAsync(spec);

        Assert.Contains("no-such-tool", job.Task("a").Error.Message);
        Assert.Empty(await vertex.ContainersAsync());
    }

    [Fact]
    public async Task Limits_and_environment_reach_the_container()
    {
        await using var engine = await TestVertex.EngineAsync(TestVertex.Busybox);
        var job = await vertex.RunAsync(Ir.Pipeline(
            Ir.Component("a", StringOut),
            """
            "exec-a": {"container": {"image": "busybox:1.36", "command": ["sh", "-ec", "printf '%s %s' \"$GREETING\" \"$(cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory/memory.limit_in_bytes 2>/dev/null)\" > \"$0\"", "{{$.outputs.parameters['out'].output_file}}"],
                "env": [{"name": "WHO", "value": "you"}, {"name": "GREETING", "value": "hello $(WHO)"}],
                "resources": {"cpuLimit": 64, "memoryLimit": 0.064, "resourceCpuLimit": "64", "resourceMemoryLimit": "64Mi"}}}
            """,
            Ir.Root([Ir.Task("a")], "a")));

        job.Succeeded();
        Assert.Equal($"\"hello you {64 << 20}\"", job.Output("result"));
    }

    [Theory]
    [InlineData("localhost:1/nobody/has:1", "'docker pull localhost:1/nobody/has:1' on this machine says more")]
    [InlineData("localhost:1/nobody/has@sha256:0000000000000000000000000000000000000000000000000000000000000000", "--allow-tags")]
    public async Task An_image_that_cannot_be_had_says_what_to_do(string image, string remedy)
    {
        await using var engine = await TestVertex.EngineAsync();
        var spec = Ir.Pipeline(Ir.Component("a"), "\"exec-a\": {\"container\": {\"image\": \"" + image + "\"}}", Ir.Root([Ir.Task("a")]));
        var job = await vertex.RunAsync(spec);
        Assert.Equal(PipelineState.Failed, job.State);
        Assert.Contains($"The engine does not have the image {image} and cannot pull it.", job.Task("a").Error.Message, StringComparison.Ordinal);
        Assert.Contains(remedy, job.Task("a").Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancelling_ends_the_run_within_two_seconds()
    {
        await using var engine = await TestVertex.EngineAsync(TestVertex.Busybox);
        var job = await vertex.CreateAsync(vertex.Job(Ir.Pipeline(
            Ir.Component("deaf") + ", " + Ir.Component("next"),
            Ir.Shell("deaf", "trap '' TERM; echo up; while true; do sleep 1; done") + ", " + Ir.Shell("next", "echo never"),
            Ir.Root([Ir.Task("deaf"), Ir.Task("next", "\"dependentTasks\": [\"deaf\"]")]))));
        await vertex.PrintedAsync(job.Name, "deaf", "up");
        var clock = Stopwatch.StartNew();

        await vertex.Client.CancelPipelineJobAsync(new CancelPipelineJobRequest { Name = job.Name }, cancellationToken: TestVertex.Cancel);
        var ended = await vertex.EndedAsync(job.Name);

        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(4), $"{clock.Elapsed}");
        Assert.Equal((PipelineState.Cancelled, 1), (ended.State, ended.Error.Code));
        Assert.Equal((TaskState.Cancelled, TaskState.NotTriggered), (ended.Task("deaf").State, ended.Task("next").State));
        Assert.Empty(await vertex.ContainersAsync());

        // Once more: what has ended stays as it is.
        await vertex.Client.CancelPipelineJobAsync(new CancelPipelineJobRequest { Name = job.Name }, cancellationToken: TestVertex.Cancel);
        Assert.Equal(PipelineState.Cancelled, (await vertex.GetAsync(job.Name)).State);
    }

    [Fact]
    public async Task Cancelling_a_loop_of_twenty_thousand_items_is_as_fast()
    {
        await using var engine = await TestVertex.EngineAsync(TestVertex.Busybox);
        const string Both = "\"inputDefinitions\": {\"parameters\": {\"xs\": {\"parameterType\": \"LIST\"}, \"i\": {\"parameterType\": \"NUMBER_INTEGER\"}}}";
        var job = await vertex.CreateAsync(vertex.Job(
            Ir.Pipeline(
                Ir.Component("w") + $", \"comp-loop\": {{ {Ir.Root([Ir.Task("w")])}, {Both} }}",
                Ir.Shell("w", "echo up; exec sleep 60"),
                Ir.Root([Ir.Task("loop", """ "parameterIterator": {"itemInput": "i", "items": {"inputParameter": "xs"}}, "inputs": {"parameters": {"xs": {"componentInputParameter": "xs"}}} """)])
                    + """, "inputDefinitions": {"parameters": {"xs": {"parameterType": "LIST"}}} """),
            ("xs", $"[{string.Join(", ", Enumerable.Range(0, 20_000))}]")));
        await vertex.PrintedAsync(job.Name, "w", "up");
        Assert.True((await vertex.GetAsync(job.Name)).CalculateSize() < 3_000_000);
        var clock = Stopwatch.StartNew();

        await vertex.Client.CancelPipelineJobAsync(new CancelPipelineJobRequest { Name = job.Name }, cancellationToken: TestVertex.Cancel);
        var ended = await vertex.EndedAsync(job.Name);

        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(6), $"{clock.Elapsed}");
        Assert.Equal(PipelineState.Cancelled, ended.State);
        Assert.Empty(await vertex.ContainersAsync());
    }

    [Fact]
    public async Task A_restart_in_the_middle_picks_up_what_runs_and_repeats_nothing()
    {
        await using var engine = await TestVertex.EngineAsync(TestVertex.Busybox);
        var slow = "echo up; while [ ! -e /gcs/test-bucket/go-$0 ]; do sleep 0.05; done; printf slow > \"$1\"";
        var job = await vertex.CreateAsync(vertex.Job(Ir.Pipeline(
            Ir.Component("first", StringOut) + ", " + Ir.Component("slow", $"{StringIn}, {StringOut}") + ", " + Ir.Component("last", $"{StringIn}, {StringOut}"),
            Ir.Shell("first", "printf first > \"$0\"", OutFile) + ", " + Ir.Shell("slow", slow, "{{$.pipeline_job_name}}", OutFile) + ", " +
            Ir.Shell("last", "printf \"$0 last\" > \"$1\"", "{{$.inputs.parameters['x']}}", OutFile),
            Ir.Root([Ir.Task("first"), Ir.Task("slow", Ir.FromTask("first")), Ir.Task("last", Ir.FromTask("slow"))], "last"))));
        await vertex.PrintedAsync(job.Name, "slow", "up");
        var before = await vertex.GetAsync(job.Name);
        var container = Assert.Single(await vertex.ContainersAsync());

        await vertex.RestartAsync();
        var resumed = await vertex.GetAsync(job.Name);
        Assert.Equal(container, Assert.Single(await vertex.ContainersAsync()));
        Directory.CreateDirectory(Path.Combine(vertex.StorageFolder, "test-bucket"));
        await File.WriteAllTextAsync(Path.Combine(vertex.StorageFolder, "test-bucket", $"go-{job.Name.Split('/')[^1]}"), "", TestVertex.Cancel);
        var ended = await vertex.EndedAsync(job.Name);

        ended.Succeeded();
        Assert.Equal(PipelineState.Running, resumed.State);
        Assert.Equal("\"slow last\"", ended.Output("result"));
        Assert.Equal(before.Task("first"), ended.Task("first"));
        Assert.Equal(before.Task("slow").StartTime, ended.Task("slow").StartTime);
        await vertex.RestartAsync();
        Assert.Equal(ended, await vertex.GetAsync(job.Name));
    }

    [Fact]
    public async Task A_task_whose_container_is_gone_after_a_restart_runs_again()
    {
        await using var engine = await TestVertex.EngineAsync(TestVertex.Busybox);
        var job = await vertex.CreateAsync(vertex.Job(Ir.Pipeline(
            Ir.Component("slow"), Ir.Shell("slow", "echo up; while [ ! -e /gcs/test-bucket/again-$0 ]; do sleep 0.05; done", "{{$.pipeline_job_name}}"), Ir.Root([Ir.Task("slow")]))));
        await vertex.PrintedAsync(job.Name, "slow", "up");
        var container = Assert.Single(await vertex.ContainersAsync());
        await vertex.RestartAsync(() => engine.Containers.RemoveAsync(container, TestVertex.Cancel));
        Directory.CreateDirectory(Path.Combine(vertex.StorageFolder, "test-bucket"));
        await File.WriteAllTextAsync(Path.Combine(vertex.StorageFolder, "test-bucket", $"again-{job.Name.Split('/')[^1]}"), "", TestVertex.Cancel);

        (await vertex.EndedAsync(job.Name)).Succeeded();
    }

    [Fact]
    public async Task What_did_the_same_before_is_skipped_unless_its_input_or_its_result_has_changed()
    {
        await using var engine = await TestVertex.EngineAsync(TestVertex.Busybox);
        const string data = "\"artifacts\": {\"data\": {\"artifactType\": {\"schemaTitle\": \"system.Dataset\"}}}";
        var caching = "\"cachingOptions\": {\"enableCache\": true}";
        var spec = Ir.Pipeline(
            Ir.Component("make", $"{StringIn}, \"outputDefinitions\": {{ {data} }}") + ", " + Ir.Component("read", $"\"inputDefinitions\": {{ {data} }}, {StringOut}"),
            Ir.Shell("make", "printf \"$0\" > \"$1\"", "{{$.inputs.parameters['x']}}", "{{$.outputs.artifacts['data'].path}}") + ", " + Ir.Shell("read", "cat \"$0\" > \"$1\"", "{{$.inputs.artifacts['data'].path}}", OutFile),
            Ir.Root(
                [
                    Ir.Task("make", caching + """, "inputs": {"parameters": {"x": {"componentInputParameter": "x"}}} """),
                    Ir.Task("read", caching + """, "inputs": {"artifacts": {"data": {"taskOutputArtifact": {"producerTask": "make", "outputArtifactKey": "data"}}}} """),
                ],
                "read",
                "x"));
        var value = $"\"{Guid.NewGuid():N}\"";

        var first = await vertex.RunAsync(spec, ("x", value));
        var second = await vertex.RunAsync(spec, ("x", value));
        var other = await vertex.RunAsync(spec, ("x", "\"other\""));

        first.Succeeded();
        second.Succeeded();
        Assert.Equal((TaskState.Succeeded, TaskState.Succeeded), (first.Task("make").State, first.Task("read").State));
        Assert.Equal((TaskState.Skipped, TaskState.Skipped), (second.Task("make").State, second.Task("read").State));
        Assert.Equal(first.Task("make").Outputs["data"].Artifacts[0].Uri, second.Task("make").Outputs["data"].Artifacts[0].Uri);
        Assert.Equal(value, second.Output("result"));
        Assert.Equal(TaskState.Succeeded, other.Task("make").State);

        var stored = Path.Combine(vertex.StorageFolder, first.Task("make").Outputs["data"].Artifacts[0].Uri["gs://".Length..]);
        await File.WriteAllTextAsync(stored, "changed by hand", TestVertex.Cancel);
        var again = await vertex.RunAsync(spec, ("x", value));
        Assert.Equal((TaskState.Succeeded, TaskState.Skipped), (again.Task("make").State, again.Task("read").State));
    }

    [Fact]
    public async Task What_another_user_writes_becomes_an_object_too()
    {
        await using var engine = await TestVertex.EngineAsync("python:3.11-slim");
        var spec = Ir.Pipeline(
            Ir.Component("a", "\"outputDefinitions\": {\"artifacts\": {\"data\": {\"artifactType\": {\"schemaTitle\": \"system.Dataset\"}}}}"),
            """ "exec-a": {"container": {"image": "python:3.11-slim", "command": ["python3", "-c", "import os,sys; os.setuid(65534); os.umask(0o77); os.makedirs(sys.argv[1]); open(sys.argv[1] + '/f', 'w').write('x')", "{{$.outputs.artifacts['data'].path}}"]}} """,
            Ir.Root([Ir.Task("a")]));
        var job = await vertex.RunAsync(spec);

        job.Succeeded();
        Assert.True(File.Exists(Path.Combine(vertex.StorageFolder, job.Task("a").Outputs["data"].Artifacts[0].Uri["gs://".Length..], "f")));
    }

    [Fact]
    public async Task Pipes_and_links_among_outputs_are_left_out_and_a_key_twice_is_a_wrong_value()
    {
        await using var engine = await TestVertex.EngineAsync(TestVertex.Busybox);
        const string Outputs = "\"outputDefinitions\": {\"artifacts\": {\"data\": {\"artifactType\": {\"schemaTitle\": \"system.Dataset\"}}}, \"parameters\": {\"map\": {\"parameterType\": \"STRUCT\"}}}";
        var spec = Ir.Pipeline(
            Ir.Component("pipe", Outputs) + ", " + Ir.Component("twice", Outputs),
            Ir.Shell("pipe", "mkdir $0; mkfifo $0/pipe; ln -s / $0/link; echo x > $0/file; echo '{\"a\": 1}' > $1", "{{$.outputs.artifacts['data'].path}}", "{{$.outputs.parameters['map'].output_file}}") + ", "
            + Ir.Shell("twice", "echo '{\"a\": 1, \"a\": 2}' > $0", "{{$.outputs.parameters['map'].output_file}}"),
            Ir.Root([Ir.Task("pipe", "\"cachingOptions\": {\"enableCache\": true}"), Ir.Task("twice")]));
        var job = await vertex.RunAsync(spec);

        Assert.Equal((TaskState.Succeeded, TaskState.Failed), (job.Task("pipe").State, job.Task("twice").State));
        var folder = Path.Combine(vertex.StorageFolder, job.Task("pipe").Outputs["data"].Artifacts[0].Uri["gs://".Length..]);
        Assert.Equal(["file"], Directory.EnumerateFileSystemEntries(folder).Select(Path.GetFileName));
        Assert.Contains("'map' must be a map", job.Task("twice").Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Independent_tasks_run_side_by_side()
    {
        await using var engine = await TestVertex.EngineAsync(TestVertex.Busybox);
        var names = new[] { "a", "b", "c" };
        var job = await vertex.RunAsync(Ir.Pipeline(
            string.Join(", ", names.Select(name => Ir.Component(name))),
            string.Join(", ", names.Select(name => Ir.Shell(name, "sleep 1"))),
            Ir.Root(names.Select(name => Ir.Task(name)))));

        job.Succeeded();
        Assert.True(names.Max(name => job.Task(name).StartTime.ToDateTimeOffset()) < names.Min(name => job.Task(name).EndTime.ToDateTimeOffset()));
    }
}

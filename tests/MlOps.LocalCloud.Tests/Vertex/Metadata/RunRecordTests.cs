using System.Text.Json.Nodes;
using Google.Cloud.AIPlatform.V1;
using MlOps.LocalCloud.Tests.Vertex.Pipelines;

namespace MlOps.LocalCloud.Tests.Vertex.Metadata;

/// <summary>What runs of real containers leave in the metadata store.</summary>
public sealed class RunRecordTests(TestVertex vertex) : IClassFixture<TestVertex>
{
    private const string Store = $"{TestVertex.Parent}/metadataStores/default";

    /// <summary>make → fit: a dataset, then a model of it.</summary>
    private static JsonObject Pipeline(string name, bool cached = true, string script = "echo model > \"$1\"")
    {
        const string data = "\"artifacts\": {\"data\": {\"artifactType\": {\"schemaTitle\": \"system.Dataset\", \"schemaVersion\": \"0.0.1\"}}}";
        const string model = "\"artifacts\": {\"model\": {\"artifactType\": {\"schemaTitle\": \"system.Model\", \"schemaVersion\": \"0.0.1\"}}}";
        var caching = $"\"cachingOptions\": {{\"enableCache\": {(cached ? "true" : "false")}}}";
        var pipeline = Ir.Pipeline(
            Ir.Component("make", $"\"outputDefinitions\": {{ {data} }}") + ", " + Ir.Component("fit", $"\"inputDefinitions\": {{ {data}, \"parameters\": {{\"epochs\": {{\"parameterType\": \"NUMBER_INTEGER\"}}}} }}, \"outputDefinitions\": {{ {model} }}"),
            Ir.Shell("make", $"echo {name} > \"$0\"", "{{$.outputs.artifacts['data'].path}}") + ", " + Ir.Shell("fit", script, "{{$.inputs.artifacts['data'].path}}", "{{$.outputs.artifacts['model'].path}}"),
            Ir.Root(
            [
                Ir.Task("make", caching),
                Ir.Task("fit", caching + """, "dependentTasks": ["make"], "inputs": {"artifacts": {"data": {"taskOutputArtifact": {"producerTask": "make", "outputArtifactKey": "data"}}}, "parameters": {"epochs": {"runtimeValue": {"constant": 3}}}} """),
            ]));
        pipeline["pipelineInfo"]!["name"] = name;
        return pipeline;
    }

    [Fact]
    public async Task A_model_leads_back_to_its_data_its_image_and_the_commit()
    {
        await using var engine = await TestVertex.EngineAsync(TestVertex.Busybox);
        var request = vertex.Job(Pipeline("lineage"));
        request.Labels.Add("mlops-commit", "0123abc");
        var job = await vertex.EndedAsync((await vertex.CreateAsync(request, "lineage-1")).Name);
        job.Succeeded();

        var (fit, make) = (job.Task("fit"), job.Task("make"));
        var model = Assert.Single(fit.Outputs["model"].Artifacts);
        var graph = await vertex.Metadata.QueryArtifactLineageSubgraphAsync(new QueryArtifactLineageSubgraphRequest { Artifact = model.Name }, cancellationToken: TestVertex.Cancel);
        Assert.Equal(new[] { make.Execution.Name, fit.Execution.Name }.Order(), graph.Executions.Select(execution => execution.Name).Order());
        Assert.Equal(new[] { model.Name, make.Outputs["data"].Artifacts[0].Name }.Order(), graph.Artifacts.Select(artifact => artifact.Name).Order());
        Assert.Equal(3, graph.Events.Count);

        var recorded = await vertex.Metadata.GetExecutionAsync(new GetExecutionRequest { Name = fit.Execution.Name }, cancellationToken: TestVertex.Cancel);
        Assert.NotEqual("", recorded.Etag);
        var told = recorded.Metadata.Fields;
        var withoutCommand = recorded.Clone();
        withoutCommand.Etag = "";
        Assert.True(withoutCommand.Metadata.Fields.Remove("command") && withoutCommand.Metadata.Fields.Remove("args"));
        Assert.Equal(fit.Execution, withoutCommand);
        Assert.Equal((Execution.Types.State.Complete, "system.ContainerExecution"), (recorded.State, recorded.SchemaTitle));
        Assert.Equal((TestVertex.Busybox, 3, "fit", job.Name), (told["image"].StringValue, told["input:epochs"].NumberValue, told["task_name"].StringValue, told["pipeline_job"].StringValue));
        Assert.Equal((await engine.Images.InspectAsync(TestVertex.Busybox, TestVertex.Cancel))!.ID, told["image_id"].StringValue);
        Assert.Equal(["sh", "-ec", "echo model > \"$1\""], told["command"].ListValue.Values.Select(value => value.StringValue));
        Assert.Equal(model.Name, told["vertex-ai-pipelines-artifact-argument-binding"].StructValue.Fields["output:model"].ListValue.Values.Single().StringValue);

        var run = await vertex.Metadata.GetContextAsync(new GetContextRequest { Name = job.JobDetail.PipelineRunContext.Name }, cancellationToken: TestVertex.Cancel);
        Assert.Equal(("0123abc", "system.PipelineRun", $"{Store}/contexts/lineage-1"), (run.Labels["mlops-commit"], run.SchemaTitle, run.Name));
        Assert.Equal([job.JobDetail.PipelineContext.Name], run.ParentContexts);
        Assert.Equal(2, await CountAsync($"in_context(\"{run.Name}\") AND schema_title=\"system.ContainerExecution\""));
        var pipeline = await vertex.Metadata.GetContextAsync(new GetContextRequest { Name = job.JobDetail.PipelineContext.Name }, cancellationToken: TestVertex.Cancel);
        Assert.Equal(("lineage", "system.Pipeline"), (pipeline.DisplayName, pipeline.SchemaTitle));
    }

    [Fact]
    public async Task A_result_from_the_cache_is_the_earlier_artifact_and_names_the_earlier_execution()
    {
        await using var engine = await TestVertex.EngineAsync(TestVertex.Busybox);
        var first = await vertex.RunAsync(Pipeline("cached"));
        var second = await vertex.RunAsync(Pipeline("cached"));
        second.Succeeded();

        var (made, again) = (first.Task("fit"), second.Task("fit"));
        Assert.Equal(made.Outputs["model"].Artifacts[0].Name, again.Outputs["model"].Artifacts[0].Name);
        Assert.Equal((Execution.Types.State.Cached, made.Execution.Name), (again.Execution.State, again.Execution.Metadata.Fields["cached_execution"].StringValue));
        Assert.False(again.Execution.Metadata.Fields.ContainsKey("image"));
        var graph = await vertex.Metadata.QueryArtifactLineageSubgraphAsync(new QueryArtifactLineageSubgraphRequest { Artifact = made.Outputs["model"].Artifacts[0].Name, MaxHops = 1 }, cancellationToken: TestVertex.Cancel);
        Assert.Equal(["CACHED", "COMPLETE"], graph.Executions.Select(execution => execution.State.ToString().ToUpperInvariant()).Order());
        Assert.Equal(first.CreateTime, (await vertex.Metadata.GetContextAsync(new GetContextRequest { Name = second.JobDetail.PipelineContext.Name }, cancellationToken: TestVertex.Cancel)).CreateTime);
    }

    [Fact]
    public async Task What_was_imported_before_is_the_same_artifact_unless_it_is_to_be_imported_anew()
    {
        static JsonObject Importing(string rest) => Ir.Pipeline(
            Ir.Component("in", "\"outputDefinitions\": {\"artifacts\": {\"artifact\": {\"artifactType\": {\"schemaTitle\": \"system.Dataset\", \"schemaVersion\": \"0.0.1\"}}}}"),
            "\"exec-in\": {\"importer\": {\"artifactUri\": {\"constant\": \"gs://elsewhere/raw.csv\"}, \"typeSchema\": {\"schemaTitle\": \"system.Dataset\", \"schemaVersion\": \"0.0.1\"}" + rest + "}}",
            Ir.Root([Ir.Task("in")]));
        async Task<string> ImportedAsync(string rest) => (await vertex.RunAsync(Importing(rest))).Task("in").Outputs["artifact"].Artifacts.Single().Name;

        var first = await ImportedAsync("");
        Assert.Equal(first, await ImportedAsync(""));
        var described = await ImportedAsync(", \"metadata\": {\"rows\": 3}");
        var anew = await ImportedAsync(", \"reimport\": true");
        Assert.Equal(3, new[] { first, described, anew }.Distinct().Count());
        var graph = await vertex.Metadata.QueryArtifactLineageSubgraphAsync(new QueryArtifactLineageSubgraphRequest { Artifact = first }, cancellationToken: TestVertex.Cancel);
        Assert.Equal(2, graph.Executions.Count(execution => execution.SchemaTitle == "system.ImporterExecution"));
    }

    [Fact]
    public async Task A_run_that_is_gone_on_with_after_a_restart_is_recorded_once()
    {
        await using var engine = await TestVertex.EngineAsync(TestVertex.Busybox);
        await using var own = new TestVertex();
        await own.InitializeAsync();
        var name = (await own.CreateAsync(own.Job(Pipeline("restarted", cached: false, "echo begun; while ! test -e /gcs/test-bucket/go; do sleep 0.05; done; echo model > \"$1\"")), "restarted-1")).Name;
        await own.PrintedAsync(name, "fit", "begun");
        var running = await GraphAsync(own, "restarted-1");
        Assert.Contains(running.Executions, execution => execution.DisplayName == "fit" && execution.State == Execution.Types.State.Running && execution.Metadata.Fields["image"].StringValue == TestVertex.Busybox);

        await own.RestartAsync();
        Directory.CreateDirectory(Path.Combine(own.StorageFolder, "test-bucket"));
        await File.WriteAllTextAsync(Path.Combine(own.StorageFolder, "test-bucket", "go"), "", TestVertex.Cancel);
        (await own.EndedAsync(name)).Succeeded();

        var ended = await GraphAsync(own, "restarted-1");
        Assert.Equal(["fit COMPLETE", "make COMPLETE", "restarted COMPLETE"], ended.Executions.Select(execution => $"{execution.DisplayName} {execution.State.ToString().ToUpperInvariant()}").Order());
        Assert.Equal((2, 3), (ended.Artifacts.Count, ended.Events.Count));
        Assert.Equal(TestVertex.Busybox, ended.Executions.Single(execution => execution.DisplayName == "fit").Metadata.Fields["image"].StringValue);
        await own.RestartAsync();
        Assert.Equal(ended, await GraphAsync(own, "restarted-1"));

        // An artifact of the store goes into the next run; what that run read is on record.
        var data = ended.Artifacts.Single(artifact => artifact.SchemaTitle == "system.Dataset");
        const string input = "\"inputDefinitions\": {\"artifacts\": {\"data\": {\"artifactType\": {\"schemaTitle\": \"system.Dataset\", \"schemaVersion\": \"0.0.1\"}}}}";
        var reading = own.Job(Ir.Pipeline(
            Ir.Component("read", input), Ir.Shell("read", "grep -q restarted \"$0\"", "{{$.inputs.artifacts['data'].path}}"), Ir.Root([Ir.Task("read", "\"inputs\": {\"artifacts\": {\"data\": {\"componentInputArtifact\": \"data\"}}}")]) + ", " + input));
        reading.RuntimeConfig.InputArtifacts.Add("data", new PipelineJob.Types.RuntimeConfig.Types.InputArtifact { ArtifactId = data.Name.Split('/')[^1] });
        var read = await own.EndedAsync((await own.CreateAsync(reading)).Name);
        read.Succeeded();
        var readBy = await own.Metadata.QueryExecutionInputsAndOutputsAsync(new QueryExecutionInputsAndOutputsRequest { Execution = read.Task("read").Execution.Name }, cancellationToken: TestVertex.Cancel);
        Assert.Equal([data], readBy.Artifacts);
    }

    private async Task<int> CountAsync(string filter) =>
        (await vertex.Metadata.ListExecutionsAsync(new ListExecutionsRequest { Parent = Store, Filter = filter }, cancellationToken: TestVertex.Cancel)).Executions.Count;

    private static async Task<LineageSubgraph> GraphAsync(TestVertex own, string run) =>
        await own.Metadata.QueryContextLineageSubgraphAsync(new QueryContextLineageSubgraphRequest { Context = $"{Store}/contexts/{run}" }, cancellationToken: TestVertex.Cancel);
}

using System.Text.Json.Nodes;
using Google.Cloud.AIPlatform.V1;
using MlOps.LocalCloud.Tests.Vertex.Jobs;
using MlOps.Testing;
using TaskState = Google.Cloud.AIPlatform.V1.PipelineTaskDetail.Types.State;

namespace MlOps.LocalCloud.Tests.Vertex.Pipelines.Running;

/// <summary>
/// Pipelines in the form that TFX's Kubeflow V2 runner writes (tfx/orchestration/kubeflow/v2), with a stand-in for TFX in
/// their containers that takes the same arguments.
/// </summary>
public sealed class TfxTests(TestVertex vertex) : IClassFixture<TestVertex>
{
    private const string Blessing = "Resolver.latest_blessed_model_resolver-model-blessing-resolver", Blessed = "Resolver.latest_blessed_model_resolver-model-resolver", Latest = "Resolver.latest_model_resolver";

    private static string Folder => Path.Combine(Shared.Checkout(), "tests", "MlOps.LocalCloud.Tests", "Vertex", "Pipelines", "Running", "Tfx");

    private async Task<PipelineJob> RunAsync(string name, bool blessed = true)
    {
        var standIn = Path.Combine(Folder, "standin");
        foreach (var file in Directory.EnumerateFiles(standIn, "*.py", SearchOption.AllDirectories))
        {
            vertex.Write($"gs://test-bucket/standin/{Path.GetRelativePath(standIn, file)}", await File.ReadAllTextAsync(file, TestVertex.Cancel));
        }

        vertex.Write("gs://test-bucket/data/part.csv", "a,b\n1,2\n");
        var job = PipelineJob.Parser.ParseJson(await File.ReadAllTextAsync(Path.Combine(Folder, name), TestVertex.Cancel));
        if (!blessed)
        {
            job.RuntimeConfig.ParameterValues["eval-config"] = global::Google.Protobuf.WellKnownTypes.Value.ForString("{\"blessed\": false}");
        }

        return await vertex.EndedAsync((await vertex.CreateAsync(job)).Name);
    }

    private JsonNode Saved(PipelineJob job, string task, string output) => JsonNode.Parse(vertex.Read($"{Assert.Single(job.Task(task).Outputs[output].Artifacts).Uri}/saved.json"))!;

    [Fact]
    public async Task A_whole_pipeline_runs_and_the_next_one_finds_its_models()
    {
        await using var engine = await TestVertex.EngineAsync("python:3.11-slim");
        var first = await RunAsync("taxi.json");
        first.Succeeded();
        Assert.All(new[] { Blessed, Blessing, Latest }, resolver => Assert.All(first.Task(resolver).Outputs.Values, list => Assert.Empty(list.Artifacts)));
        Assert.Empty(Saved(first, "Trainer", "model")["given"]!["base_model"]!.AsArray());
        Assert.Equal(TaskState.Succeeded, first.Task("Pusher").State);
        var examples = Saved(first, "CsvExampleGen", "examples")["values"]!;
        Assert.Equal(("num_files:1", 6), (examples["input_fingerprint"]!.ToString(), examples["output_data_format"]!.GetValue<int>()));
        await vertex.PrintedAsync(first.Name, "CsvExampleGen", "driver done");
        var model = Assert.Single(first.Task("Trainer").Outputs["model"].Artifacts);
        var blessing = Assert.Single(first.Task("Evaluator").Outputs["blessing"].Artifacts);
        Assert.Equal(("tfx.ModelBlessing", 1, model.Name), (blessing.SchemaTitle, blessing.Metadata.Fields["blessed"].NumberValue, blessing.Metadata.Fields["current_model_id"].StringValue));
        Assert.Equal("blessing", blessing.DisplayName);

        // Not blessed: nothing is pushed, and the first run's model stays the blessed one although there is a newer.
        var second = await RunAsync("taxi.json", blessed: false);
        second.Succeeded();
        Assert.Equal(model.Name, Assert.Single(second.Task(Latest).Outputs["model"].Artifacts).Name);
        Assert.Equal(model.Name, Assert.Single(second.Task(Blessed).Outputs["model"].Artifacts).Name);
        Assert.Equal(TaskState.NotTriggered, second.Task("Pusher").State);
        var newer = Assert.Single(second.Task("Trainer").Outputs["model"].Artifacts);
        Assert.NotEqual(model.Name, newer.Name);

        var third = await RunAsync("taxi.json", blessed: false);
        third.Succeeded();
        Assert.Equal(newer.Name, Assert.Single(third.Task(Latest).Outputs["model"].Artifacts).Name);
        Assert.Equal(model.Name, Assert.Single(third.Task(Blessed).Outputs["model"].Artifacts).Name);
        Assert.Equal(model.Uri, Saved(third, "Evaluator", "blessing")["given"]!["baseline_model"]![0]![0]!.ToString());
        Assert.Empty(await vertex.ContainersAsync());
    }

    [Fact]
    public async Task Schema_2_0_is_told_typed_values_and_imports_with_typed_properties()
    {
        await using var engine = await TestVertex.EngineAsync("python:3.11-slim");
        var job = await RunAsync("legacy.json");

        job.Succeeded();
        var saved = Saved(job, "Trainer", "model");
        Assert.Equal("""{"rate":0.5,"steps":7,"train_args":"{\n  \u0022num_steps\u0022: 10\n}"}""", saved["values"]!.ToJsonString());
        var vocabulary = saved["given"]!["vocabulary"]![0]!;
        Assert.Equal("""["gs://test-bucket/vocabulary",{"language":"en","size":3},"acme.types.Vocabulary"]""", Json(vocabulary));
        Assert.Equal("tfx.Examples", saved["given"]!["examples"]![0]![2]!.ToString());
        Assert.Equal(123, Assert.Single(job.Task("Importer.examples").Outputs["result"].Artifacts).Metadata.Fields["int_custom_property"].NumberValue);
    }

    private static string Json(JsonNode array) => new JsonArray(array[0]!.DeepClone(), new JsonObject(array[1]!.AsObject().OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => KeyValuePair.Create(pair.Key, pair.Value?.DeepClone()))), array[2]!.DeepClone()).ToJsonString();

    [Theory]
    [InlineData("schema_title=\"system.Model\" AND in_context(\"other\")", "o")]
    [InlineData("schema_title=\"system.Model\"", "")]
    [InlineData("artifact_type=\"system.Model\" AND in_context(\"none\")", "")]
    public async Task A_resolver_looks_into_its_own_pipeline_or_the_context_that_it_names(string filter, string found)
    {
        await using var engine = await TestVertex.EngineAsync(TestVertex.Busybox);
        const string model = "\"artifacts\": {\"model\": {\"artifactType\": {\"schemaTitle\": \"system.Model\", \"schemaVersion\": \"0.0.1\"}}}";
        var other = Ir.Pipeline(Ir.Component("o", $"\"outputDefinitions\": {{ {model} }}"), """ "exec-o": {"importer": {"artifactUri": {"constant": "gs://test-bucket/o"}, "typeSchema": {"schemaTitle": "system.Model"}}} """, Ir.Root([Ir.Task("o")]));
        other["pipelineInfo"]!["name"] = "other";
        (await vertex.RunAsync(other)).Succeeded();

        var spec = Ir.Pipeline(
            Ir.Component("find", $"\"outputDefinitions\": {{ {model} }}"), $$""" "exec-find": {"resolver": {"outputArtifactQueries": {"model": {"filter": {{JsonValue.Create(filter).ToJsonString()}}, "limit": 1} } } } """, Ir.Root([Ir.Task("find")]));
        spec["pipelineInfo"]!["name"] = $"finding-{Guid.NewGuid():N}";
        var job = await vertex.RunAsync(spec);

        job.Succeeded();
        Assert.Equal(found, string.Join(' ', job.Task("find").Outputs["model"].Artifacts.Select(artifact => artifact.Uri["gs://test-bucket/".Length..])));
    }

    [Theory]
    [InlineData("tfx.components.statistics_gen.executor.Executor", "--runner=DataflowRunner", "POST https://dataflow.googleapis.com/v1b3/projects/p/locations/europe-west4/jobs\n", "\"--temp_location=gs://b/t\"")]
    [InlineData("tfx.extensions.google_cloud_big_query.example_gen.executor.Executor", "--runner=DirectRunner", "POST https://bigquery.googleapis.com/bigquery/v2/projects/p/jobs\n", "\"query\": \"SELECT * FROM t\"")]
    public async Task A_task_on_Dataflow_or_BigQuery_tells_its_request(string executor, string runner, string request, string body)
    {
        var config = JsonValue.Create("{\"splits\": [{\"name\": \"all\", \"pattern\": \"SELECT * FROM t\"}]}").ToJsonString();
        var job = await vertex.RunAsync(Ir.Pipeline(
            Ir.Component("a", "\"inputDefinitions\": {\"parameters\": {\"input_config\": {\"parameterType\": \"STRING\"}}}"),
            $$""" "exec-a": {"container": {"image": "gcr.io/my-tfx:latest", "command": ["python", "-m", "tfx.orchestration.kubeflow.v2.container.kubeflow_v2_run_executor"], "args": ["--executor_class_path", "{{executor}}", "--json_serialized_invocation_args", "{{"{{$}}"}}", "--project=p", "{{runner}}", "--region=europe-west4", "--temp_location=gs://b/t"]} } """,
            Ir.Root([Ir.Task("a", $$""" "inputs": {"parameters": {"input_config": {"runtimeValue": {"constant": {{config}} } } } } """)])));

        Assert.Equal(12, job.Task("a").Error.Code);
        Assert.Contains(request, job.Task("a").Error.Message);
        Assert.Contains(body, job.Task("a").Error.Message);
    }

    [Fact]
    public async Task A_filter_that_cannot_be_read_fails_the_task_with_its_text()
    {
        var spec = Ir.Pipeline(
            Ir.Component("find", "\"outputDefinitions\": {\"artifacts\": {\"m\": {\"artifactType\": {\"schemaTitle\": \"system.Model\"}}}}"), """ "exec-find": {"resolver": {"outputArtifactQueries": {"m": {"filter": "schema_title ~ 'x'"}}}} """, Ir.Root([Ir.Task("find")]));
        var job = await vertex.RunAsync(spec);
        Assert.Contains("`schema_title ~ 'x'` cannot be read", job.Task("find").Error.Message);
    }
}

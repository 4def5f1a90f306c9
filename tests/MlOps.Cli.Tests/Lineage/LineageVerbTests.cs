using Google.Cloud.AIPlatform.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Net.Client;
using MlOps.LocalCloud.Hosting;
using MlOps.Testing;
using EventType = Google.Cloud.AIPlatform.V1.Event.Types.Type;

namespace MlOps.Cli.Tests.Lineage;

/// <summary>
/// The built command against a metadata store that a client has filled: the run train-1 as the local cloud records it, and
/// others-1 as Google's does, which says neither image nor job.
/// </summary>
public sealed class LineageVerbTests(FilledStore store) : IClassFixture<FilledStore>
{
    [Fact]
    public async Task The_way_back_from_an_artifact() => Golden.Matches((await store.AskAsync(0, "gs://bucket/root/train-1/fit_3/model/weights.bin")).Output, "artifact.txt");

    [Fact]
    public async Task The_way_back_from_a_run_that_took_all_from_the_cache() => Golden.Matches((await store.AskAsync(0, "train-2")).Output, "cached-run.txt");

    [Fact]
    public async Task The_way_back_where_the_store_tells_less() => Golden.Matches((await store.AskAsync(0, $"{FilledStore.Store}/artifacts/800001")).Output, "less.txt");

    [Fact]
    public async Task For_machines() => Golden.Matches((await store.AskAsync(0, "model-1", "--output", "json")).Output, "artifact.json");

    [Fact]
    public async Task As_a_picture()
    {
        Golden.Matches((await store.AskAsync(0, "model-1", "--output", "dot")).Output, "artifact.dot");
        Assert.StartsWith("<svg ", (await store.AskAsync(0, "train-1", "--output", "svg")).Output);
    }

    [Theory]
    [InlineData("no-such", "There is no artifact and no run no-such")]
    [InlineData("model", "artifacts that are called model: 800001 (gs://bucket/root/123456789/others-1/fit_-12345/other-model), model-1 (gs://bucket/root/train-1/fit_3/model).")]
    [InlineData("gs://bucket/root/train-1", "'mlops lineage train-1'")]
    [InlineData("gs://bucket/elsewhere", "No artifact")]
    [InlineData("out/model.bin", "expected an artifact's id")]
    public async Task Mistakes_are_told(string arguments, string expected) => Assert.Contains(expected, (await store.AskAsync(2, arguments.Split(' '))).Errors);
}

public sealed class FilledStore : IAsyncLifetime
{
    public const string Store = "projects/local/locations/us-central1/metadataStores/default";
    private readonly TemporaryFolder _folder = new();
    private CloudHost _cloud = null!;
    private MetadataService.MetadataServiceClient _client = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _cloud = await CloudHost.StartAsync(new LocalCloudOptions(Path.Combine(_folder.Path, "cloud")), Cancel);
        using var channel = GrpcChannel.ForAddress(_cloud.Grpc);
        _client = new MetadataService.MetadataServiceClient(channel);
        await FillAsync();
        await FillLessAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _cloud.DisposeAsync();
        _folder.Dispose();
    }

    internal async Task<Outcome> AskAsync(int exit, params string[] arguments)
    {
        var outcome = await new Mlops(_folder.Path, Path.Combine(_folder.Path, "home")) { Environment = new() { ["MLOPS_CLOUD"] = $"http://127.0.0.1:{_cloud.Http.Port}" } }.RunAsync(["lineage", .. arguments]);
        Assert.True(outcome.ExitCode == exit, outcome.All);
        return outcome;
    }

    /// <summary>raw → prepare → data → fit → model; train-2 does the same and takes it from the cache.</summary>
    private async Task FillAsync()
    {
        const string job = "\"pipeline_job\": \"projects/local/locations/us-central1/pipelineJobs/";
        await ContextAsync("train", "system.Pipeline", "{}");
        foreach (var (id, commit) in new[] { ("train-1", "0123456789abcdef0123456789abcdef01234567"), ("train-2", "fedcba9876543210fedcba9876543210fedcba98") })
        {
            await ContextAsync(id, "system.PipelineRun", $$"""{ {{job}}{{id}}", "pipeline": "train", "template_uri": "https://us-central1-kfp.pkg.dev/local/pipelines/train/sha256:7777", "template_version": "sha256:7777"}""", ("mlops-commit", commit), ("mlops-repo", "wildlife"), ("mlops-release", "aaaa"), ("mlops-environment", "local"));
            await _client.AddContextChildrenAsync(new AddContextChildrenRequest { Context = $"{Store}/contexts/train", ChildContexts = { $"{Store}/contexts/{id}" } }, cancellationToken: Cancel);
        }

        await ArtifactAsync("raw-1", "raw", "system.Dataset", "gs://data/raw.csv");
        await ArtifactAsync("data-1", "data", "system.Dataset", "gs://bucket/root/train-1/prepare_2/data");
        await ArtifactAsync("model-1", "model", "system.Model", "gs://bucket/root/train-1/fit_3/model");
        await ExecutionAsync("prepare-1", "train-1", Execution.Types.State.Complete, $$"""{ {{job}}train-1", "task_name": "prepare", "image": "us-central1-docker.pkg.dev/local/ml/prepare@sha256:1111", "image_digest": "sha256:1111"}""", ["raw-1"], ["data-1"]);
        await ExecutionAsync("fit-1", "train-1", Execution.Types.State.Complete, $$"""{ {{job}}train-1", "task_name": "fit", "image": "us-central1-docker.pkg.dev/local/ml/fit:latest", "image_digest": "sha256:2222", "input:rate": 0.5, "input:epochs": 3, "output:loss": 1}""", ["data-1"], ["model-1"]);
        await ExecutionAsync("prepare-2", "train-2", Execution.Types.State.Cached, $$"""{ {{job}}train-2", "cached_execution": "{{Store}}/executions/prepare-1"}""", ["raw-1"], ["data-1"]);
        await ExecutionAsync("fit-2", "train-2", Execution.Types.State.Cached, $$"""{ {{job}}train-2", "cached_execution": "{{Store}}/executions/fit-1"}""", ["data-1"], ["model-1"]);
    }

    /// <summary>A group of tasks has its task's output for its own; the run is found by the artifact's URI.</summary>
    private async Task FillLessAsync()
    {
        await ContextAsync("others", "system.Pipeline", "{}");
        await ContextAsync("others-1", "system.PipelineRun", "{}", ("mlops-commit", "abc"));
        await _client.AddContextChildrenAsync(new AddContextChildrenRequest { Context = $"{Store}/contexts/others", ChildContexts = { $"{Store}/contexts/others-1" } }, cancellationToken: Cancel);
        await ArtifactAsync("800001", "model", "system.Model", "gs://bucket/root/123456789/others-1/fit_-12345/other-model");
        await ExecutionAsync("900000", "others-1", Execution.Types.State.Complete, "{}", [], ["800001"], "system.DagExecution");
        await ExecutionAsync("900001", "others-1", Execution.Types.State.Complete, """{"input:epochs": 7}""", [], ["800001"]);
    }

    private async Task ContextAsync(string id, string schema, string metadata, params (string Key, string Value)[] labels)
    {
        var context = new Context { DisplayName = id, SchemaTitle = schema, Metadata = Struct.Parser.ParseJson(metadata) };
        context.Labels.Add(labels.ToDictionary(label => label.Key, label => label.Value));
        await _client.CreateContextAsync(new CreateContextRequest { Parent = Store, ContextId = id, Context = context }, cancellationToken: Cancel);
    }

    private async Task ArtifactAsync(string id, string title, string schema, string uri) => await _client.CreateArtifactAsync(
        new CreateArtifactRequest { Parent = Store, ArtifactId = id, Artifact = new Artifact { DisplayName = title, SchemaTitle = schema, Uri = uri, State = Artifact.Types.State.Live } }, cancellationToken: Cancel);

    private async Task ExecutionAsync(string id, string run, Execution.Types.State state, string metadata, string[] inputs, string[] outputs, string schema = "system.ContainerExecution")
    {
        var execution = new Execution { DisplayName = id, SchemaTitle = schema, State = state, Metadata = Struct.Parser.ParseJson(metadata) };
        var name = (await _client.CreateExecutionAsync(new CreateExecutionRequest { Parent = Store, ExecutionId = id, Execution = execution }, cancellationToken: Cancel)).Name;
        var events = new AddExecutionEventsRequest { Execution = name };
        events.Events.Add(inputs.Select(input => new Event { Artifact = $"{Store}/artifacts/{input}", Type = EventType.Input }));
        events.Events.Add(outputs.Select(output => new Event { Artifact = $"{Store}/artifacts/{output}", Type = EventType.Output }));
        await _client.AddExecutionEventsAsync(events, cancellationToken: Cancel);
        await _client.AddContextArtifactsAndExecutionsAsync(new AddContextArtifactsAndExecutionsRequest { Context = $"{Store}/contexts/{run}", Executions = { name }, Artifacts = { outputs.Select(output => $"{Store}/artifacts/{output}") } }, cancellationToken: Cancel);
    }
}

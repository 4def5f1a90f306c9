using System.Text.Json.Nodes;
using Google.Cloud.AIPlatform.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace MlOps.LocalCloud.Tests.Vertex.Metadata;

/// <summary>MetadataService over REST and gRPC, filled by its own calls.</summary>
public sealed class MetadataCallTests(TestCloud cloud) : IClassFixture<TestCloud>
{
    private readonly MetadataService.MetadataServiceClient _client = new(cloud.Grpc);

    [Fact]
    public async Task The_store_is_there_and_no_other()
    {
        const string location = "projects/p/locations/us-central1";
        Assert.Equal($"{location}/metadataStores/default", (await cloud.GetAsync($"/v1/{location}/metadataStores/default")).Ok()["name"]);
        Assert.Equal($"{location}/metadataStores/default", (string?)(await cloud.GetAsync($"/v1/{location}/metadataStores")).Ok().Json["metadataStores"]![0]!["name"]);
        Assert.Equal(404, (await cloud.GetAsync($"/v1/{location}/metadataStores/other")).Status);
        Assert.Equal(409, (await cloud.PostAsync($"/v1/{location}/metadataStores?metadataStoreId=default", "{}")).Status);
        var second = await cloud.PostAsync($"/v1/{location}/metadataStores?metadataStoreId=second", "{}");
        Assert.Equal((501, true), (second.Status, second.Text.Contains("one metadata store", StringComparison.Ordinal)));
        Assert.Contains("metadataSchemas/system-model-v0-0-1", (await cloud.GetAsync($"/v1/{location}/metadataStores/default/metadataSchemas?filter=schema_title%3D%22system.Model%22")).Ok().Text);
        Assert.Equal("ARTIFACT_TYPE", (await cloud.GetAsync($"/v1/{location}/metadataStores/default/metadataSchemas/system-model-v0-0-1")).Ok()["schemaType"]);
    }

    [Fact]
    public async Task A_node_is_made_changed_with_its_etag_and_deleted_over_REST()
    {
        const string store = "projects/rest/locations/l/metadataStores/default";
        var made = (await cloud.PostAsync($"/v1/{store}/artifacts?artifactId=data", """{"displayName": "data", "uri": "gs://b/data", "state": "LIVE", "schemaTitle": "system.Dataset", "metadata": {"rows": 3}, "labels": {"team": "ml"}}""")).Ok();
        Assert.Equal($"{store}/artifacts/data", made["name"]);
        Assert.Equal(409, (await cloud.PostAsync($"/v1/{store}/artifacts?artifactId=data", "{}")).Status);
        Assert.Equal(400, (await cloud.PostAsync($"/v1/{store}/artifacts?artifactId=X", "{}")).Status);

        var changed = (await cloud.SendAsync(HttpMethod.Patch, $"/v1/{store}/artifacts/data?updateMask=labels,metadata", TestCloud.Json($$"""{"labels": {"stage": "gold"}, "metadata": {"rows": 4}, "displayName": "not in the mask", "etag": "{{made["etag"]}}"}"""))).Ok();
        Assert.Equal("""{"stage":"gold"}""", changed.Json["labels"]!.ToJsonString());
        Assert.Equal(("data", 4), (changed["displayName"], (int)changed.Json["metadata"]!["rows"]!));
        Assert.NotEqual(made["etag"], changed["etag"]);
        var late = await cloud.SendAsync(HttpMethod.Patch, $"/v1/{store}/artifacts/data", TestCloud.Json($$"""{"displayName": "late", "etag": "{{made["etag"]}}"}"""));
        Assert.Equal((400, true), (late.Status, late.Text.Contains("FAILED_PRECONDITION", StringComparison.Ordinal)));
        Assert.Contains("what can be changed", (await cloud.SendAsync(HttpMethod.Patch, $"/v1/{store}/artifacts/data?updateMask=createTime", TestCloud.Json("{}"))).Text);
        Assert.Equal(404, (await cloud.SendAsync(HttpMethod.Patch, $"/v1/{store}/artifacts/none", TestCloud.Json("{}"))).Status);
        Assert.Equal("new", (await cloud.SendAsync(HttpMethod.Patch, $"/v1/{store}/artifacts/missing?allowMissing=true", TestCloud.Json("""{"displayName": "new"}"""))).Ok()["displayName"]);

        var deleted = (await cloud.SendAsync(HttpMethod.Delete, $"/v1/{store}/artifacts/data")).Ok();
        Assert.Equal("true", deleted["done"]);
        Assert.Contains("google.protobuf.Empty", (await cloud.GetAsync($"/v1/{deleted["name"]}")).Ok().Text);
        Assert.Equal(404, (await cloud.GetAsync($"/v1/{store}/artifacts/data")).Status);
        var purge = await cloud.PostAsync($"/v1/{store}/artifacts:purge", """{"filter": "state=LIVE"}""");
        Assert.Equal((501, true), (purge.Status, purge.Text.Contains("delete each", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("", "m1 m2 d1")]
    [InlineData("display_name = \"m*\"", "m1 m2")]
    [InlineData("schema_title=\"system.Dataset\" OR uri=\"gs://b/m1\"", "m1 d1")]
    [InlineData("state = LIVE AND NOT display_name = \"m1\"", "d1")]
    [InlineData("metadata.accuracy.number_value > 0.85", "m2")]
    [InlineData("metadata.accuracy.number_value = 0.80", "m1")]
    [InlineData("metadata.\"odd:key\".string_value = \"x\"", "m1")]
    [InlineData("metadata.good.bool_value = true", "m2")]
    [InlineData("metadata.accuracy.string_value = \"0.8\"", "")]
    [InlineData("(display_name=\"m1\" OR display_name=\"m2\") AND in_context(\"projects/filters/locations/l/metadataStores/default/contexts/train-1\")", "m1")]
    [InlineData("in_context(\"projects/filters/locations/l/metadataStores/default/contexts/none\")", "")]
    [InlineData("create_time >= \"2020-01-01T00:00:00Z\" AND create_time < \"2021-01-01T00:00:00Z\"", "")]
    [InlineData("name = \"projects/filters/locations/l/metadataStores/default/artifacts/node-m1\"", "m1")]
    public async Task Filters_find_what_the_documentation_says(string filter, string expected)
    {
        var store = await FilledAsync();
        var found = await _client.ListArtifactsAsync(new ListArtifactsRequest { Parent = store, Filter = filter }, cancellationToken: TestCloud.Cancel);
        Assert.Equal(expected.Split(' ', StringSplitOptions.RemoveEmptyEntries).Order(), found.Artifacts.Select(artifact => artifact.DisplayName).Order());
    }

    [Theory]
    [InlineData("nosuch = 1", "no field 'nosuch'")]
    [InlineData("outside(\"x\")", "no function 'outside'")]
    [InlineData("metadata.accuracy > 0.5", "no field 'metadata.accuracy'")]
    [InlineData("metadata.accuracy.number_value = \"high\"", "'high' is not a number")]
    [InlineData("create_time > \"yesterday\"", "'yesterday' is not a time")]
    [InlineData("display_name = ", "cannot be read")]
    [InlineData("(display_name = \"a\"", "cannot be read")]
    [InlineData("((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((display_name=\"a\"", "deeper than 50")]
    public async Task Faulty_filters_are_refused_with_their_reason(string filter, string expected)
    {
        var error = await Assert.ThrowsAsync<RpcException>(async () => await _client.ListArtifactsAsync(
            new ListArtifactsRequest { Parent = "projects/filters/locations/l/metadataStores/default", Filter = filter }, cancellationToken: TestCloud.Cancel));
        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
        Assert.Contains(expected, error.Status.Detail);
    }

    [Fact]
    public async Task Lists_are_ordered_and_come_in_pages()
    {
        var store = await FilledAsync();
        var request = new ListArtifactsRequest { Parent = store, PageSize = 2, OrderBy = "schema_title, display_name desc" };
        var first = await _client.ListArtifactsAsync(request, cancellationToken: TestCloud.Cancel);
        request.PageToken = first.NextPageToken;
        var second = await _client.ListArtifactsAsync(request, cancellationToken: TestCloud.Cancel);
        Assert.Equal(["d1", "m2", "m1"], first.Artifacts.Concat(second.Artifacts).Select(artifact => artifact.DisplayName));
        Assert.Equal("", second.NextPageToken);
        request.OrderBy = "size";
        Assert.Contains("order_by 'size'", (await Assert.ThrowsAsync<RpcException>(async () => await _client.ListArtifactsAsync(request, cancellationToken: TestCloud.Cancel))).Status.Detail);
    }

    [Fact]
    public async Task Lineage_goes_both_ways_as_far_as_it_is_asked_for()
    {
        var store = await FilledAsync();
        async Task<string> AskAsync(string query) => Told((await cloud.GetAsync($"/v1/{store}/{query}")).Ok().Json);
        Assert.Equal("d1 m1 | fit use | m1>fit d1<fit m1<use", await AskAsync("artifacts/node-m1:queryArtifactLineageSubgraph"));
        Assert.Equal("m1 | fit use | m1>fit m1<use", await AskAsync("artifacts/node-m1:queryArtifactLineageSubgraph?maxHops=1"));
        Assert.Equal("m1 | fit use | m1>fit m1<use", await AskAsync("artifacts/node-m1:queryArtifactLineageSubgraph?filter=schema_title%3D%22system.Model%22"));
        Assert.Equal("d1 m1 | fit | m1>fit d1<fit", await AskAsync("executions/node-fit:queryExecutionInputsAndOutputs"));
        Assert.Equal("m1 | fit | m1>fit", await AskAsync("contexts/train-1:queryContextLineageSubgraph"));
        Assert.Equal("m2 | | ", await AskAsync("artifacts/node-m2:queryArtifactLineageSubgraph"));
        Assert.Equal(400, (await cloud.GetAsync($"/v1/{store}/artifacts/node-m1:queryArtifactLineageSubgraph?maxHops=-1")).Status);
        Assert.Equal(404, (await cloud.GetAsync($"/v1/{store}/artifacts/none:queryArtifactLineageSubgraph")).Status);
    }

    [Fact]
    public async Task Contexts_have_parents_and_never_themselves()
    {
        var store = await FilledAsync();
        var (train, run) = ($"{store}/contexts/train", $"{store}/contexts/train-1");
        Assert.Equal([train], (await _client.GetContextAsync(new GetContextRequest { Name = run }, cancellationToken: TestCloud.Cancel)).ParentContexts);
        async Task<IEnumerable<string>> ListAsync(string filter) =>
            (await _client.ListContextsAsync(new ListContextsRequest { Parent = store, Filter = filter }, cancellationToken: TestCloud.Cancel)).Contexts.Select(context => context.DisplayName);
        Assert.Equal(["run 1"], await ListAsync($"parent_contexts:\"{train}\""));
        Assert.Equal(["pipeline"], await ListAsync($"child_contexts:\"{run}\" AND schema_title=\"system.Pipeline\""));

        var loop = await Assert.ThrowsAsync<RpcException>(async () => await _client.AddContextChildrenAsync(new AddContextChildrenRequest { Context = run, ChildContexts = { train } }, cancellationToken: TestCloud.Cancel));
        Assert.Equal(StatusCode.InvalidArgument, loop.StatusCode);
        var own = await _client.CreateContextAsync(new CreateContextRequest { Parent = store, Context = new Context { DisplayName = "own" } }, cancellationToken: TestCloud.Cancel);
        await _client.AddContextChildrenAsync(new AddContextChildrenRequest { Context = train, ChildContexts = { own.Name } }, cancellationToken: TestCloud.Cancel);
        await _client.RemoveContextChildrenAsync(new RemoveContextChildrenRequest { Context = train, ChildContexts = { own.Name } }, cancellationToken: TestCloud.Cancel);
        Assert.Empty((await _client.GetContextAsync(new GetContextRequest { Name = own.Name }, cancellationToken: TestCloud.Cancel)).ParentContexts);
        await _client.DeleteContextAsync(new DeleteContextRequest { Name = own.Name }, cancellationToken: TestCloud.Cancel);
    }

    private static string Told(JsonObject graph)
    {
        string Short(JsonNode? name) => ((string)name!).Split('/')[^1]["node-".Length..];
        var artifacts = (graph["artifacts"]?.AsArray() ?? []).Select(artifact => Short(artifact!["name"])).Order();
        var executions = (graph["executions"]?.AsArray() ?? []).Select(execution => Short(execution!["name"])).Order();
        var events = (graph["events"]?.AsArray() ?? []).Select(happened => $"{Short(happened!["artifact"])}{((string?)happened["type"] == "OUTPUT" ? ">" : "<")}{Short(happened["execution"])}").OrderBy(text => text.Split('<', '>')[1]).ThenByDescending(text => text.Contains('>'));
        return $"{string.Join(' ', artifacts)} | {string.Join(' ', executions)}{(executions.Any() ? " " : "")}| {string.Join(' ', events)}";
    }

    /// <summary>d1 → fit → m1 → use, m2 alone, and fit and m1 in the run train-1 of train; the same again where it is there.</summary>
    private async Task<string> FilledAsync()
    {
        const string store = "projects/filters/locations/l/metadataStores/default";
        try
        {
            await _client.CreateArtifactAsync(new CreateArtifactRequest { Parent = store, ArtifactId = "node-d1", Artifact = new Artifact { DisplayName = "d1", Uri = "gs://b/d1", SchemaTitle = "system.Dataset", State = Artifact.Types.State.Live } }, cancellationToken: TestCloud.Cancel);
        }
        catch (RpcException error) when (error.StatusCode == StatusCode.AlreadyExists)
        {
            return store;
        }

        await ModelAsync("m1", """{"accuracy": 0.8, "odd:key": "x", "good": false}""", Artifact.Types.State.Live);
        await ModelAsync("m2", """{"accuracy": 0.9, "good": true}""", Artifact.Types.State.Pending);
        foreach (var (id, input, output) in new[] { ("fit", "d1", "m1"), ("use", "m1", "") })
        {
            var execution = await _client.CreateExecutionAsync(new CreateExecutionRequest { Parent = store, ExecutionId = $"node-{id}", Execution = new Execution { DisplayName = id, State = Execution.Types.State.Complete } }, cancellationToken: TestCloud.Cancel);
            var events = new AddExecutionEventsRequest { Execution = execution.Name, Events = { new Event { Artifact = $"{store}/artifacts/node-{input}", Type = Event.Types.Type.Input } } };
            if (output.Length > 0)
            {
                events.Events.Add(new Event { Artifact = $"{store}/artifacts/node-{output}", Type = Event.Types.Type.Output });
            }

            await _client.AddExecutionEventsAsync(events, cancellationToken: TestCloud.Cancel);
            await _client.AddExecutionEventsAsync(events, cancellationToken: TestCloud.Cancel);
        }

        foreach (var (id, title, schema) in new[] { ("train", "pipeline", "system.Pipeline"), ("train-1", "run 1", "system.PipelineRun") })
        {
            await _client.CreateContextAsync(new CreateContextRequest { Parent = store, ContextId = id, Context = new Context { DisplayName = title, SchemaTitle = schema } }, cancellationToken: TestCloud.Cancel);
        }

        await _client.AddContextChildrenAsync(new AddContextChildrenRequest { Context = $"{store}/contexts/train", ChildContexts = { $"{store}/contexts/train-1" } }, cancellationToken: TestCloud.Cancel);
        await _client.AddContextArtifactsAndExecutionsAsync(
            new AddContextArtifactsAndExecutionsRequest { Context = $"{store}/contexts/train-1", Artifacts = { $"{store}/artifacts/node-m1" }, Executions = { $"{store}/executions/node-fit" } }, cancellationToken: TestCloud.Cancel);
        return store;

        async Task ModelAsync(string id, string metadata, Artifact.Types.State state) => await _client.CreateArtifactAsync(
            new CreateArtifactRequest { Parent = store, ArtifactId = $"node-{id}", Artifact = new Artifact { DisplayName = id, Uri = $"gs://b/{id}", SchemaTitle = "system.Model", State = state, Metadata = Struct.Parser.ParseJson(metadata) } },
            cancellationToken: TestCloud.Cancel);
    }
}

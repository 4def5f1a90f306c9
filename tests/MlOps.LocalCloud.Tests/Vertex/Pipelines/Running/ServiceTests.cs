using Google.Cloud.AIPlatform.V1;
using Grpc.Core;
using MlOps.LocalCloud.Vertex;

namespace MlOps.LocalCloud.Tests.Vertex.Pipelines.Running;

/// <summary>The service's contract, with pipelines that need no engine.</summary>
public sealed class ServiceTests(TestVertex vertex) : IClassFixture<TestVertex>
{
    // A loop over nothing is a run without containers.
    private static System.Text.Json.Nodes.JsonObject Empty => Ir.Pipeline("", "", """ "dag": {"tasks": {} }, "inputDefinitions": {"parameters": {"n": {"parameterType": "NUMBER_INTEGER", "isOptional": true}, "s": {"parameterType": "STRING", "defaultValue": "d"} } } """);

    private async Task<StatusCode> RefusedAsync(Func<Task> call) => (await Assert.ThrowsAsync<RpcException>(call)).StatusCode;

    [Fact]
    public async Task A_job_is_created_found_and_listed()
    {
        var job = vertex.Job(Empty, ("n", "3"));
        job.Labels["commit"] = "abc";
        var created = await vertex.CreateAsync(job, "found-1");
        var ended = await vertex.EndedAsync(created.Name);

        Assert.Equal($"{TestVertex.Parent}/pipelineJobs/found-1", created.Name);
        Assert.Equal(PipelineState.Pending, created.State);
        Assert.Equal("test", created.DisplayName);
        Assert.Equal(PipelineState.Succeeded, ended.State);
        var root = Assert.Single(ended.JobDetail.TaskDetails);
        Assert.Equal(("test", "system.Run"), (root.TaskName, root.Execution.SchemaTitle));
        Assert.Equal(3, root.Execution.Metadata.Fields["input:n"].NumberValue);
        Assert.Equal("d", root.Execution.Metadata.Fields["input:s"].StringValue);

        var listed = await vertex.Client.ListPipelineJobsAsync(new ListPipelineJobsRequest { Parent = TestVertex.Parent, Filter = "labels.commit=abc AND state=\"PIPELINE_STATE_SUCCEEDED\"" }, cancellationToken: TestVertex.Cancel);
        Assert.Equal([created.Name], listed.PipelineJobs.Select(found => found.Name));
        Assert.Null(listed.PipelineJobs[0].JobDetail);
    }

    [Fact]
    public async Task An_id_is_used_once()
    {
        await vertex.CreateAsync(vertex.Job(Empty), "once");

        Assert.Equal(StatusCode.AlreadyExists, await RefusedAsync(() => vertex.CreateAsync(vertex.Job(Empty), "once")));
    }

    [Theory]
    [InlineData("Upper")]
    [InlineData("1st")]
    [InlineData("a_b")]
    public async Task An_id_that_is_none_is_refused(string id) => Assert.Equal(StatusCode.InvalidArgument, await RefusedAsync(() => vertex.CreateAsync(vertex.Job(Empty), id)));

    [Fact]
    public async Task All_problems_are_told_at_once()
    {
        var refusal = await Assert.ThrowsAsync<RpcException>(() => vertex.CreateAsync(vertex.Job(Empty, ("n", "\"three\""), ("m", "1"))));

        Assert.Equal(StatusCode.InvalidArgument, refusal.StatusCode);
        Assert.Contains("no parameter 'm'. Known: n, s", refusal.Status.Detail);
        Assert.Contains("'n' must be an integer", refusal.Status.Detail);
    }

    [Fact]
    public async Task A_pipeline_that_leads_nowhere_is_refused_whole()
    {
        var spec = Ir.Pipeline(
            Ir.Component("a"),
            "",
            Ir.Root([Ir.Task("a", "\"dependentTasks\": [\"b\", \"x\"]"), Ir.Task("b", "\"dependentTasks\": [\"a\"], \"triggerPolicy\": {\"condition\": \"a ==\"}", "nope")]));
        var refusal = await Assert.ThrowsAsync<RpcException>(() => vertex.CreateAsync(vertex.Job(spec)));

        foreach (var said in new[] { "executor 'exec-a' is not in", "waits for the task 'x'", "component 'comp-nope'", "a -> b -> a", "expression `a ==` cannot be read" })
        {
            Assert.Contains(said, refusal.Status.Detail);
        }
    }

    [Fact]
    public async Task A_root_is_needed()
    {
        var job = vertex.Job(Empty);
        job.RuntimeConfig.GcsOutputDirectory = "";
        Assert.Equal(StatusCode.InvalidArgument, await RefusedAsync(() => vertex.CreateAsync(job)));
        job.RuntimeConfig.GcsOutputDirectory = "/tmp/root";
        Assert.Equal(StatusCode.InvalidArgument, await RefusedAsync(() => vertex.CreateAsync(job)));
    }

    [Fact]
    public async Task A_template_is_fetched_and_its_version_told()
    {
        vertex.Template = new PipelineTemplate("pipelineInfo: {name: from-yaml}\nschemaVersion: 2.1.0\nroot:\n  dag: {tasks: {}}\n", "sha256:abc");
        var job = new PipelineJob { TemplateUri = "https://us-central1-kfp.pkg.dev/p/r/n/v", RuntimeConfig = vertex.Job(Empty).RuntimeConfig };
        var ended = await vertex.EndedAsync((await vertex.CreateAsync(job)).Name);

        Assert.Equal(("from-yaml", "sha256:abc"), (ended.DisplayName, ended.TemplateMetadata.Version));
        vertex.Template = null;
        Assert.Equal(StatusCode.NotFound, await RefusedAsync(() => vertex.CreateAsync(job)));
    }

    [Fact]
    public async Task What_is_not_there_is_not_found_and_what_is_not_implemented_says_so()
    {
        var name = $"{TestVertex.Parent}/pipelineJobs/nowhere";
        Assert.Equal(StatusCode.NotFound, await RefusedAsync(() => vertex.GetAsync(name)));
        Assert.Equal(StatusCode.NotFound, await RefusedAsync(async () => await vertex.Client.CancelPipelineJobAsync(new CancelPipelineJobRequest { Name = name }, cancellationToken: TestVertex.Cancel)));
        Assert.Equal(StatusCode.Unimplemented, await RefusedAsync(async () => await vertex.Client.CreateTrainingPipelineAsync(new CreateTrainingPipelineRequest(), cancellationToken: TestVertex.Cancel)));
    }

    [Fact]
    public async Task A_deleted_job_is_gone_and_batches_are_all_or_none()
    {
        var names = new List<string>();
        foreach (var id in new[] { "gone-1", "gone-2", "gone-3" })
        {
            names.Add((await vertex.CreateAsync(vertex.Job(Empty), id)).Name);
            await vertex.EndedAsync(names[^1]);
        }

        var operation = await vertex.Client.DeletePipelineJobAsync(new DeletePipelineJobRequest { Name = names[0] }, cancellationToken: TestVertex.Cancel);
        Assert.True(operation.Done);
        Assert.Equal(StatusCode.NotFound, await RefusedAsync(async () => await vertex.Client.BatchDeletePipelineJobsAsync(new BatchDeletePipelineJobsRequest { Parent = TestVertex.Parent, Names = { names } }, cancellationToken: TestVertex.Cancel)));
        Assert.NotNull(await vertex.GetAsync(names[1]));
        await vertex.Client.BatchDeletePipelineJobsAsync(new BatchDeletePipelineJobsRequest { Parent = TestVertex.Parent, Names = { names[1..] } }, cancellationToken: TestVertex.Cancel);
        Assert.Equal(StatusCode.NotFound, await RefusedAsync(() => vertex.GetAsync(names[2])));
    }

    [Fact]
    public async Task Lists_come_newest_first_page_by_page()
    {
        const string parent = "projects/pages/locations/l";
        foreach (var index in Enumerable.Range(0, 5))
        {
            var job = vertex.Job(Empty);
            job.DisplayName = index % 2 == 0 ? $"even-{index}" : $"odd-{index}";
            await vertex.Client.CreatePipelineJobAsync(new CreatePipelineJobRequest { Parent = parent, PipelineJobId = $"p{index}", PipelineJob = job }, cancellationToken: TestVertex.Cancel);
        }

        async Task<(List<string> Names, string Token)> Page(string filter, string order, int size, string token)
        {
            var page = await vertex.Client.ListPipelineJobsAsync(new ListPipelineJobsRequest { Parent = parent, Filter = filter, OrderBy = order, PageSize = size, PageToken = token }, cancellationToken: TestVertex.Cancel);
            return ([.. page.PipelineJobs.Select(job => job.Name.Split('/')[^1])], page.NextPageToken);
        }

        var first = await Page("", "", 3, "");
        Assert.Equal(["p4", "p3", "p2"], first.Names);
        Assert.Equal(["p1", "p0"], (await Page("", "", 3, first.Token)).Names);
        Assert.Equal(["p0", "p2", "p4"], (await Page("display_name:\"even*\"", "create_time", 0, "")).Names);
        Assert.Equal(["p3"], (await Page("NOT (display_name=\"even*\" OR display_name=odd-1)", "", 0, "")).Names);
        Assert.Empty((await Page("create_time<\"2020-01-01T00:00:00Z\"", "", 0, "")).Names);
        Assert.Equal(StatusCode.InvalidArgument, await RefusedAsync(() => Page("colour=\"red\"", "", 0, "")));
        Assert.Equal(StatusCode.InvalidArgument, await RefusedAsync(() => Page("", "colour", 0, "")));
        Assert.Equal(StatusCode.InvalidArgument, await RefusedAsync(() => Page("", "", 0, "nonsense")));
    }
}

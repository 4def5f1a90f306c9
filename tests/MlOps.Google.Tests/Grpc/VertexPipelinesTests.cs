using Google.Cloud.AIPlatform.V1;
using Grpc.Core;
using MlOps.Google.Errors;
using MlOps.Google.Grpc;
using MlOps.Google.Tests.Servers;

namespace MlOps.Google.Tests.Grpc;

public sealed class VertexPipelinesTests
{
    private const string Name = "projects/p/locations/us-central1/pipelineJobs/run-1";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_run_is_started_found_listed_and_cancelled()
    {
        await using var vertex = await TestVertex.StartAsync();
        using var channels = vertex.Channels();
        var pipelines = new VertexPipelines(channels, "p", "us-central1");
        var started = await pipelines.CreateAsync(new PipelineJob { DisplayName = "one" }, "run-1", Cancel);
        Assert.Equal((Name, "one"), (started.Name, started.DisplayName));
        Assert.Equal(started, await pipelines.GetAsync(Name, Cancel));
        Assert.Equal(Name, pipelines.JobName("run-1"));

        foreach (var number in Enumerable.Range(2, 4))
        {
            await pipelines.CreateAsync(new PipelineJob(), $"run-{number}", Cancel);
        }

        Assert.Equal(5, await pipelines.ListAsync("", Cancel).CountAsync(Cancel));
        await pipelines.CancelAsync(Name, Cancel);
        Assert.Equal(PipelineState.Cancelling, vertex.Jobs[Name].State);
    }

    [Fact]
    public async Task A_run_that_is_not_there_is_null()
    {
        await using var vertex = await TestVertex.StartAsync();
        using var channels = vertex.Channels();
        Assert.Null(await new VertexPipelines(channels, "p", "us-central1").GetAsync(Name, Cancel));
    }

    [Fact]
    public async Task Starting_a_run_again_gives_the_one_that_exists()
    {
        await using var vertex = await TestVertex.StartAsync();
        using var channels = vertex.Channels();
        var pipelines = new VertexPipelines(channels, "p", "us-central1");
        await pipelines.CreateAsync(new PipelineJob { DisplayName = "first" }, "run-1", Cancel);
        Assert.Equal("first", (await pipelines.CreateAsync(new PipelineJob { DisplayName = "second" }, "run-1", Cancel)).DisplayName);
        Assert.Single(vertex.Jobs);
    }

    [Fact]
    public async Task A_start_whose_answer_is_lost_starts_one_run()
    {
        await using var vertex = await TestVertex.StartAsync();
        using var channels = vertex.Channels();
        vertex.LoseNextAnswer = true;
        Assert.Equal(Name, (await new VertexPipelines(channels, "p", "us-central1").CreateAsync(new PipelineJob(), "run-1", Cancel)).Name);
        Assert.Single(vertex.Jobs);
    }

    [Fact]
    public async Task A_failure_that_may_pass_is_tried_again_with_growing_waits()
    {
        var time = new SkippingTime();
        await using var vertex = await TestVertex.StartAsync();
        vertex.Jobs[Name] = new PipelineJob { Name = Name };
        using var channels = vertex.Channels(time);
        vertex.Fail(StatusCode.Unavailable, StatusCode.ResourceExhausted, StatusCode.Aborted);
        Assert.NotNull(await new VertexPipelines(channels, "p", "us-central1").GetAsync(Name, Cancel));
        Assert.Equal(3, time.Waits.Count);
        vertex.Fail(StatusCode.Internal, StatusCode.DeadlineExceeded);
        Assert.NotNull(await new VertexPipelines(channels, "p", "us-central1").GetAsync(Name, Cancel));
    }

    [Theory]
    [InlineData(StatusCode.InvalidArgument)]
    [InlineData(StatusCode.PermissionDenied)]
    [InlineData(StatusCode.FailedPrecondition)]
    [InlineData(StatusCode.Unauthenticated)]
    [InlineData(StatusCode.Unimplemented)]
    [InlineData(StatusCode.Unknown)]
    public async Task A_refusal_is_told_at_once(StatusCode status)
    {
        await using var vertex = await TestVertex.StartAsync();
        using var channels = vertex.Channels();
        vertex.Fail(status);
        var error = await Assert.ThrowsAsync<CloudException>(() => new VertexPipelines(channels, "p", "us-central1").CreateAsync(new PipelineJob(), "run-1", Cancel));
        Assert.Equal((status, false), (error.Status, error.IsTransient));
        Assert.StartsWith($"us-central1-aiplatform.googleapis.com (at {vertex.Server.Host}) could not start the pipeline job run-1: {EnumName.Of(status)}: by order of the test", error.Message, StringComparison.Ordinal);
        Assert.Single(vertex.Headers);
    }

    [Fact]
    public async Task A_service_that_is_not_there_is_named()
    {
        var nobody = TestServer.Nobody();
        using var channels = new GrpcChannels(GcpEndpoint.Local(nobody, nobody), Clients.Policy());
        var error = await Assert.ThrowsAsync<CloudException>(() => new VertexPipelines(channels, "p", "europe-west1").GetAsync(Name, Cancel));
        Assert.StartsWith($"europe-west1-aiplatform.googleapis.com (at {nobody.Authority}) could not tell about {Name} after 4 attempts: UNAVAILABLE", error.Message, StringComparison.Ordinal);
        Assert.True(error.IsTransient);
    }

    [Fact]
    public async Task Cancelling_what_has_ended_or_never_was_is_no_error()
    {
        await using var vertex = await TestVertex.StartAsync();
        using var channels = vertex.Channels();
        var pipelines = new VertexPipelines(channels, "p", "us-central1");
        await pipelines.CancelAsync(Name, Cancel);
        vertex.Jobs[Name] = new PipelineJob { Name = Name, State = PipelineState.Succeeded };
        await pipelines.CancelAsync(Name, Cancel);
        Assert.Equal(PipelineState.Succeeded, vertex.Jobs[Name].State);
    }

    [Fact]
    public async Task A_call_carries_who_we_are_where_it_goes_and_when_it_is_late()
    {
        await using var vertex = await TestVertex.StartAsync();
        using var channels = vertex.Channels();
        await new VertexPipelines(channels, "p", "us-central1").GetAsync(Name, Cancel);
        var headers = Assert.Single(vertex.Headers);
        Assert.Contains("mlops/", headers.GetValue("user-agent"), StringComparison.Ordinal);
        Assert.Equal($"name={Uri.EscapeDataString(Name)}", headers.GetValue("x-goog-request-params"));
        Assert.Null(headers.GetValue("authorization"));
        Assert.True(Assert.Single(vertex.Deadlines) < DateTime.MaxValue);
    }

    [Fact]
    public async Task Giving_up_ourselves_is_not_a_failure_of_the_service()
    {
        await using var vertex = await TestVertex.StartAsync();
        using var channels = vertex.Channels();
        using var ours = new CancellationTokenSource();
        await ours.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new VertexPipelines(channels, "p", "us-central1").GetAsync(Name, ours.Token));
    }
}

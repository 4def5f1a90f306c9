using Google.Cloud.CloudBuild.V1;
using Grpc.Core;
using MlOps.Google.Errors;
using MlOps.Google.Grpc;
using MlOps.Google.Tests.Servers;

namespace MlOps.Google.Tests.Grpc;

public sealed class CloudBuildsTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_build_is_started_read_listed_approved_and_cancelled()
    {
        await using var service = await TestCloudBuild.StartAsync();
        using var channels = service.Channels();
        var builds = new CloudBuilds(channels, "p");
        var started = await builds.CreateAsync(new Build { Tags = { "one" } }, Cancel);
        Assert.Equal(("b0", "projects/p/locations/global/builds/b0"), (started.Id, started.Name));
        Assert.Equal(started, await builds.GetAsync("b0", Cancel));
        await builds.CreateAsync(new Build(), Cancel);
        await builds.CreateAsync(new Build(), Cancel);
        Assert.Equal(3, await builds.ListAsync("", Cancel).CountAsync(Cancel));
        var approved = await builds.ApproveAsync("b0", new ApprovalResult { Decision = ApprovalResult.Types.Decision.Approved }, Cancel);
        Assert.Equal(ApprovalResult.Types.Decision.Approved, approved.Approval.Result.Decision);
        Assert.Equal(Build.Types.Status.Cancelled, (await builds.CancelAsync("b0", Cancel))!.Status);
    }

    [Fact]
    public async Task What_is_not_there_is_null_and_what_has_ended_stays()
    {
        await using var service = await TestCloudBuild.StartAsync();
        using var channels = service.Channels();
        var builds = new CloudBuilds(channels, "p", "us-central1");
        Assert.Null(await builds.GetAsync("b0", Cancel));
        Assert.Null(await builds.CancelAsync("b0", Cancel));
        await builds.CreateAsync(new Build(), Cancel);
        service.Builds[builds.BuildName("b0")].Status = Build.Types.Status.Success;
        Assert.Null(await builds.CancelAsync("b0", Cancel));
    }

    [Fact]
    public async Task Reading_is_tried_again_and_starting_is_not()
    {
        await using var service = await TestCloudBuild.StartAsync();
        using var channels = service.Channels();
        var builds = new CloudBuilds(channels, "p");
        service.Fail(StatusCode.Unavailable);
        var error = await Assert.ThrowsAsync<CloudException>(() => builds.CreateAsync(new Build(), Cancel));
        Assert.StartsWith($"cloudbuild.googleapis.com (at {service.Server.Host}) could not start the build: UNAVAILABLE", error.Message, StringComparison.Ordinal);
        Assert.Single(service.Headers);
        await builds.CreateAsync(new Build(), Cancel);
        service.Fail(StatusCode.Unavailable, StatusCode.Internal);
        Assert.NotNull(await builds.GetAsync("b0", Cancel));
    }

    [Fact]
    public async Task Calls_are_routed_by_their_location()
    {
        await using var service = await TestCloudBuild.StartAsync();
        using var channels = service.Channels();
        await new CloudBuilds(channels, "p", "europe-west1").GetAsync("x", Cancel);
        Assert.Equal("location=europe-west1", Assert.Single(service.Headers).GetValue("x-goog-request-params"));
    }
}

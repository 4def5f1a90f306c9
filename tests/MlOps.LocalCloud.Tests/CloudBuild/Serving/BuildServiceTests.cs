using Google.Cloud.CloudBuild.V1;
using Google.LongRunning;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using static MlOps.LocalCloud.Tests.CloudBuild.TestBuilds;
using Status = Google.Cloud.CloudBuild.V1.Build.Types.Status;
using TimeSpan = System.TimeSpan;

namespace MlOps.LocalCloud.Tests.CloudBuild.Serving;

/// <summary>The service's contract, over gRPC and REST.</summary>
public sealed class BuildServiceTests(TestBuilds builds) : IClassFixture<TestBuilds>
{
    private const string Busy = "until [ -e /workspace/never ]; do sleep 0.1; done";

    [Fact]
    public async Task A_created_build_has_all_that_Google_fills_in()
    {
        var sent = Shell("true");
        sent.Tags.Add(["nightly", "", "nightly"]);
        sent.Substitutions["_WHO"] = "me";
        sent.Options = new BuildOptions { SubstitutionOption = BuildOptions.Types.SubstitutionOption.AllowLoose };
        var build = await builds.CreateAsync(sent, "projects/filled/locations/us-central1");

        Assert.Equal($"projects/filled/locations/us-central1/builds/{build.Id}", build.Name);
        Assert.True(Guid.TryParse(build.Id, out _));
        Assert.Equal((Status.Queued, "filled"), (build.Status, build.ProjectId));
        Assert.Equal((3600, 3600), (build.Timeout.Seconds, build.QueueTtl.Seconds));
        Assert.Equal("gs://filled_cloudbuild-logs", build.LogsBucket);
        Assert.StartsWith($"https://console.cloud.google.com/cloud-build/builds;region=us-central1/{build.Id}?project=", build.LogUrl);
        Assert.Equal(["nightly"], build.Tags);
        Assert.Equal("_WHO", Assert.Single(build.Substitutions).Key);
        Assert.NotNull(build.CreateTime);
        Assert.Equal(Status.Success, (await builds.EndedAsync(build)).Status);
    }

    [Fact]
    public async Task An_operation_tells_its_build_until_it_is_done()
    {
        var operations = new global::Google.LongRunning.Operations.OperationsClient(builds.Cloud.Grpc);
        var created = await builds.Client.CreateBuildAsync(new CreateBuildRequest { ProjectId = Project, Build = Shell("true") }, cancellationToken: Cancel);
        var build = created.Metadata.Unpack<BuildOperationMetadata>().Build;
        Assert.False(created.Done);
        Assert.StartsWith($"operations/build/{Project}/", created.Name);

        var done = await operations.WaitOperationAsync(new WaitOperationRequest { Name = created.Name, Timeout = TimeSpan.FromSeconds(30).ToDuration() }, cancellationToken: Cancel);

        Assert.Equal((build.Id, Status.Success), (done.Response.Unpack<Build>().Id, done.Response.Unpack<Build>().Status));
        var rest = (await builds.Cloud.GetAsync($"/v1/{created.Name}")).Ok().Json;
        Assert.Equal("type.googleapis.com/google.devtools.cloudbuild.v1.Build", rest["response"]!["@type"]!.ToString());
    }

    [Fact]
    public async Task A_failed_builds_operation_is_an_error_and_a_cancelled_operation_cancels_its_build()
    {
        var operations = new global::Google.LongRunning.Operations.OperationsClient(builds.Cloud.Grpc);
        var created = await builds.Client.CreateBuildAsync(new CreateBuildRequest { Parent = Parent, Build = Shell(Busy) }, cancellationToken: Cancel);
        await operations.CancelOperationAsync(new CancelOperationRequest { Name = created.Name }, cancellationToken: Cancel);

        var done = await operations.GetOperationAsync(new GetOperationRequest { Name = created.Name }, cancellationToken: Cancel);

        Assert.True(done.Done);
        Assert.Equal((int)StatusCode.Cancelled, done.Error.Code);
        Assert.Equal(Status.Cancelled, done.Metadata.Unpack<BuildOperationMetadata>().Build.Status);
    }

    [Fact]
    public async Task Global_and_regional_paths_of_REST_are_two_queues()
    {
        var body = """{"steps": [{"name": "IMAGE", "args": ["true"]}], "tags": ["rest"]}""".Replace("IMAGE", Image, StringComparison.Ordinal);
        var global = Id(await builds.Cloud.PostAsync("/v1/projects/rest/builds", body));
        var regional = Id(await builds.Cloud.PostAsync("/v1/projects/rest/locations/europe-west1/builds", body));

        Assert.Equal(global, (await builds.Cloud.GetAsync($"/v1/projects/rest/builds/{global}")).Ok()["id"]);
        Assert.Equal(global, (await builds.Cloud.GetAsync($"/v1/projects/rest/locations/global/builds/{global}")).Ok()["id"]);
        Assert.Equal(404, (await builds.Cloud.GetAsync($"/v1/projects/rest/builds/{regional}")).Status);
        Assert.Equal([regional], Ids(await builds.Cloud.GetAsync("/v1/projects/rest/locations/europe-west1/builds?filter=tags%3D%22rest%22")));
        Assert.Equal([global], Ids(await builds.Cloud.GetAsync("/v1/projects/rest/builds")));
        var answered = (await builds.Cloud.PostAsync($"/v1/projects/rest/builds/{global}:cancel", "{}")).Status;
        Assert.True(answered is 200 or 400);
    }

    [Fact]
    public async Task Lists_are_newest_first_filtered_and_paged()
    {
        const string Own = "projects/listed/locations/global";
        var made = new List<Build>();
        for (var i = 0; i < 5; i++)
        {
            var build = Shell(i == 3 ? "exit 1" : "true");
            build.Tags.Add([$"n{i}", i % 2 == 0 ? "even" : "odd"]);
            build.Substitutions["_N"] = $"{i}";
            build.Options = new BuildOptions { SubstitutionOption = BuildOptions.Types.SubstitutionOption.AllowLoose };
            made.Add(await builds.EndedAsync(await builds.CreateAsync(build, Own)));
        }

        async Task<string> ListAsync(string filter) => string.Concat(await NumbersAsync(Own, filter));
        Assert.Equal("43210", await ListAsync(""));
        Assert.Equal("420", await ListAsync("status=\"SUCCESS\" AND tags=\"even\""));
        Assert.Equal("3", await ListAsync("status=FAILURE"));
        Assert.Equal("32", await ListAsync("tags=n2 OR tags=n3"));
        Assert.Equal("31", await ListAsync("NOT tags=\"even\""));
        Assert.Equal("1", await ListAsync("substitutions._N=\"1\""));
        Assert.Equal("43", await ListAsync($"create_time>\"{made[2].CreateTime.ToDateTimeOffset():O}\""));
        Assert.Equal("0", await ListAsync($"id=\"{made[0].Id}\" AND createTime<=\"{made[0].CreateTime.ToDateTimeOffset():O}\""));
        Assert.Equal("43210", await ListAsync($"steps.name=\"{Image}\" AND trigger_id!=\"x\""));
        var first = await builds.Client.ListBuildsAsync(new ListBuildsRequest { Parent = Own, PageSize = 2 }, cancellationToken: Cancel);
        var second = await builds.Client.ListBuildsAsync(new ListBuildsRequest { Parent = Own, PageSize = 2, PageToken = first.NextPageToken }, cancellationToken: Cancel);
        Assert.Equal([made[4].Id, made[3].Id, made[2].Id, made[1].Id], first.Builds.Concat(second.Builds).Select(build => build.Id));
    }

    [Theory]
    [InlineData("no_such_field=1")]
    [InlineData("status=")]
    [InlineData("(status=SUCCESS")]
    [InlineData("create_time>yesterday")]
    public async Task A_filter_that_cannot_be_read_is_refused(string filter) =>
        Assert.Equal(StatusCode.InvalidArgument, (await RefusedAsync(() => NumbersAsync(Parent, filter))).StatusCode);

    [Fact]
    public async Task A_page_token_that_no_list_has_given_is_refused() =>
        Assert.Equal(StatusCode.InvalidArgument, (await RefusedAsync(async () => await builds.Client.ListBuildsAsync(new ListBuildsRequest { Parent = Parent, PageToken = "x" }, cancellationToken: Cancel))).StatusCode);

    [Fact]
    public async Task A_running_build_is_cancelled_at_once_and_an_ended_one_is_not()
    {
        var build = await builds.CreateAsync(new Build { Steps = { ShellStep(Busy), ShellStep("true") } });
        await builds.ReachedAsync(build, now => now.Steps[0].Status == Status.Working);

        var cancelled = await builds.Client.CancelBuildAsync(new CancelBuildRequest { Name = build.Name }, cancellationToken: Cancel);

        Assert.Equal((Status.Cancelled, Status.Cancelled, Status.Queued), (cancelled.Status, cancelled.Steps[0].Status, cancelled.Steps[1].Status));
        Assert.Empty(await builds.LeftAsync(build));
        Assert.EndsWith("CANCELLED\nERROR: context canceled\n", await builds.LogAsync(cancelled));
        Assert.Equal(StatusCode.FailedPrecondition, (await RefusedAsync(async () => await builds.Client.CancelBuildAsync(new CancelBuildRequest { Name = build.Name }, cancellationToken: Cancel))).StatusCode);
    }

    [Fact]
    public async Task What_waits_behind_the_builds_that_run_is_cancelled_or_expires_unstarted()
    {
        const string Own = "projects/waiting/locations/global";
        var running = new List<Build>();
        for (var i = 0; i < 10; i++)
        {
            running.Add(await builds.CreateAsync(Shell(Busy), Own));
        }

        var expiring = Shell("true");
        expiring.QueueTtl = TimeSpan.FromMilliseconds(100).ToDuration();
        var expired = await builds.EndedAsync(await builds.CreateAsync(expiring, Own));
        var waiting = await builds.CreateAsync(Shell("true"), Own);
        var cancelled = await builds.Client.CancelBuildAsync(new CancelBuildRequest { Name = waiting.Name }, cancellationToken: Cancel);
        await Task.WhenAll(running.Select(async build => await builds.Client.CancelBuildAsync(new CancelBuildRequest { Name = build.Name }, cancellationToken: Cancel)));

        Assert.Equal(Status.Expired, expired.Status);
        Assert.Equal(Status.Cancelled, cancelled.Status);
        Assert.Null(expired.StartTime ?? cancelled.StartTime);
    }

    [Fact]
    public async Task A_retry_asks_for_the_same_again()
    {
        var sent = Shell("echo $_X; exit 1");
        sent.Steps[0].Args[1] = "echo $_X; exit 1";
        sent.Substitutions["_X"] = "again";
        var (failed, _) = await builds.RunAsync(sent);

        var operation = await builds.Client.RetryBuildAsync(new RetryBuildRequest { Name = failed.Name }, cancellationToken: Cancel);
        var retried = await builds.EndedAsync(operation.Metadata.Unpack<BuildOperationMetadata>().Build);

        Assert.NotEqual(failed.Id, retried.Id);
        Assert.Equal((Status.Failure, "echo again; exit 1"), (retried.Status, retried.Steps[0].Args[1]));
    }

    [Fact]
    public async Task All_that_cannot_be_run_is_refused_at_once_with_what_to_do()
    {
        var build = Shell("true");
        build.Steps[0].SecretEnv.Add("TOKEN");
        var value = global::Google.Protobuf.ByteString.CopyFromUtf8("cipher");
        build.AvailableSecrets = new Secrets { Inline = { new InlineSecret { KmsKeyName = "projects/p/locations/l/keyRings/r/cryptoKeys/k", EnvMap = { ["TOKEN"] = value } } } };
        build.Artifacts = new() { NpmPackages = { new global::Google.Cloud.CloudBuild.V1.Artifacts.Types.NpmPackage { Repository = "https://us-npm.pkg.dev/p/r", PackagePath = "." } } };

        var refusal = await RefusedAsync(() => builds.CreateAsync(build));

        Assert.Equal(StatusCode.Unimplemented, refusal.StatusCode);
        Assert.Contains("artifacts.npmPackages", refusal.Status.Detail);
        Assert.Contains("availableSecrets.secretManager", refusal.Status.Detail);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("projects/p/locations", "")]
    [InlineData("", "a/b")]
    public async Task A_parent_that_is_none_is_refused(string parent, string project) => Assert.Equal(
        StatusCode.InvalidArgument,
        (await RefusedAsync(async () => await builds.Client.CreateBuildAsync(new CreateBuildRequest { Parent = parent, ProjectId = project, Build = Shell("true") }, cancellationToken: Cancel))).StatusCode);

    [Fact]
    public async Task A_build_that_is_not_there_is_not_found() =>
        Assert.Equal(StatusCode.NotFound, (await RefusedAsync(async () => await builds.Client.GetBuildAsync(new GetBuildRequest { ProjectId = Project, Id = "none" }, cancellationToken: Cancel))).StatusCode);

    [Fact]
    public async Task Two_hundred_builds_all_run_in_their_order()
    {
        const string Own = "projects/many/locations/global";
        var made = new List<Build>();
        for (var i = 0; i < 200; i++)
        {
            // An image that is nowhere: a build of a few milliseconds.
            made.Add(await builds.CreateAsync(new Build { Steps = { new BuildStep { Name = "127.0.0.1:9/none" } } }, Own));
        }

        var ended = new List<Build>();
        foreach (var build in made)
        {
            ended.Add(await builds.EndedAsync(build));
        }

        Assert.All(ended, build => Assert.Equal(Status.Failure, build.Status));
        var starts = ended.ConvertAll(build => build.StartTime.ToDateTimeOffset());
        Assert.All(Enumerable.Range(10, 190), i => Assert.True(starts[i] > starts[i - 10], $"{i} started before {i - 10}"));
    }

    private async Task<List<string>> NumbersAsync(string parent, string filter) =>
        [.. (await builds.Client.ListBuildsAsync(new ListBuildsRequest { Parent = parent, Filter = filter }, cancellationToken: Cancel)).Builds.Select(build => build.Substitutions.GetValueOrDefault("_N", "?"))];

    private static string Id(Answer created) => created.Ok().Json["metadata"]!["build"]!["id"]!.ToString();

    private static List<string> Ids(Answer listed) => [.. listed.Ok().Json["builds"]!.AsArray().Select(build => build!["id"]!.ToString())];
}

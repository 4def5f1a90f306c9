using Google.Cloud.CloudBuild.V1;
using Google.Cloud.PubSub.V1;
using Google.Protobuf;
using Grpc.Net.Client;
using MlOps.LocalCloud.Hosting;
using MlOps.Testing;
using Api = Google.Cloud.CloudBuild.V1.CloudBuild;

namespace MlOps.Cli.Tests.Builds;

/// <summary><c>mlops builds</c> of a cloud in which nothing runs: a build that waits, one that was rejected, and one that failed before it began.</summary>
public sealed class BuildsVerbTests(ThreeBuilds builds) : IClassFixture<ThreeBuilds>
{
    [Fact]
    public async Task Following_a_build_that_has_ended_gives_its_exit_code_and_says_how_it_ended()
    {
        var cancelled = await builds.AskAsync(1, "log", builds.Rejected, "--follow");
        var failed = await builds.AskAsync(1, "log", builds.Failed, "--follow");
        Assert.Contains($"error: build {builds.Rejected}: CANCELLED", cancelled.Errors);
        Assert.Contains($"error: build {builds.Failed}: FAILURE: Your build failed to run: ", failed.Errors);
    }

    [Fact]
    public async Task A_build_without_a_log_says_why_it_has_none() =>
        Assert.Contains($"Build {builds.Failed} ended as FAILURE and has no log: Your build failed to run: The trigger 'homeless' reads its build from a repository", (await builds.AskAsync(0, "log", builds.Failed)).Errors);

    [Fact]
    public async Task The_log_of_a_build_that_waits_says_for_what() =>
        Assert.Contains($"Build {builds.Pending} waits for an approval: mlops builds approve {builds.Pending} --project acme --region us-central1", (await builds.AskAsync(0, "log", builds.Pending)).Errors);

    [Fact]
    public async Task A_decision_is_shown_with_its_comment_and_steps_that_never_ran_are_QUEUED()
    {
        var shown = (await builds.AskAsync(0, "show", builds.Rejected)).Output;
        Assert.Contains("Approval  REJECTED: not today", shown);
        Assert.Matches(@"Step #0 +QUEUED +busybox:1\.36", shown);
        Assert.Matches(@"Step #0 +QUEUED +busybox:1\.36", (await builds.AskAsync(0, "show", builds.Pending)).Output);
    }

    [Fact]
    public async Task A_list_without_builds_says_what_was_looked_for()
    {
        Assert.Equal("No build in projects/acme/locations/us-central1 that fits status=SUCCESS. --region and --project look elsewhere.\n", (await builds.AskAsync(0, "list", "--filter", "status=SUCCESS")).Output);
        var elsewhere = await builds.RunAsync("builds", "list", "--project", "nope");
        Assert.Equal("No build in projects/nope/locations/global; 'mlops submit --project nope' starts one. --region and --project look elsewhere.\n", elsewhere.Output);
    }

    [Theory]
    [InlineData("--limit 0: expected how many builds to list, 1 or more.", "--limit", "0")]
    [InlineData("--limit -3: expected how many builds to list, 1 or more.", "--limit", "-3")]
    [InlineData("'SUCESS' is no value of 'status'. Did you mean 'SUCCESS'?", "--filter", "status=\"SUCESS\"")]
    [InlineData("There is no field 'colour'.", "--filter", "colour=red")]
    public async Task What_cannot_be_listed_is_refused(string said, params string[] arguments) => Assert.Contains(said, (await builds.AskAsync(2, ["list", .. arguments])).Errors);
}

public sealed class ThreeBuilds : IAsyncLifetime
{
    private const string Parent = "projects/acme/locations/us-central1";
    private readonly TemporaryFolder _folder = new();
    private CloudHost _cloud = null!;

    public string Pending { get; private set; } = "";

    public string Rejected { get; private set; } = "";

    public string Failed { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        var cancel = TestContext.Current.CancellationToken;
        _cloud = await CloudHost.StartAsync(new LocalCloudOptions(Path.Combine(_folder.Path, "cloud")), cancel);
        using var channel = GrpcChannel.ForAddress(_cloud.Grpc);
        var client = new Api.CloudBuildClient(channel);
        var gate = new BuildTrigger
        {
            Name = "gate",
            Build = new Build { Steps = { new BuildStep { Name = "busybox:1.36" } } },
            ApprovalConfig = new ApprovalConfig { ApprovalRequired = true },
        };
        await client.CreateBuildTriggerAsync(new CreateBuildTriggerRequest { Parent = Parent, Trigger = gate }, cancellationToken: cancel);
        Pending = await RunAsync();
        Rejected = await RunAsync();
        var result = new ApprovalResult { Decision = ApprovalResult.Types.Decision.Rejected, Comment = "not today" };
        await client.ApproveBuildAsync(new ApproveBuildRequest { Name = $"{Parent}/builds/{Rejected}", ApprovalResult = result }, cancellationToken: cancel);

        // The repository that the message's build is in stands nowhere on this machine.
        var homeless = new BuildTrigger
        {
            Name = "homeless",
            PubsubConfig = new PubsubConfig { Topic = "projects/acme/topics/news" },
            SourceToBuild = new GitRepoSource { Uri = "https://github.com/acme/nowhere", Ref = "refs/heads/main" },
            Filename = "cloudbuild.yaml",
        };
        await client.CreateBuildTriggerAsync(new CreateBuildTriggerRequest { Parent = Parent, Trigger = homeless }, cancellationToken: cancel);
        // Its topic was not made: that a trigger names it is enough.
        var publisher = new Publisher.PublisherClient(channel);
        var message = new PubsubMessage { Data = ByteString.CopyFromUtf8("hello") };
        await publisher.PublishAsync(new PublishRequest { Topic = "projects/acme/topics/news", Messages = { message } }, cancellationToken: cancel);
        Failed = (await client.ListBuildsAsync(new ListBuildsRequest { Parent = Parent, Filter = "status=FAILURE" }, cancellationToken: cancel)).Builds.Single().Id;

        async Task<string> RunAsync() =>
            (await client.RunBuildTriggerAsync(new RunBuildTriggerRequest { Name = $"{Parent}/triggers/gate" }, cancellationToken: cancel)).Metadata.Unpack<BuildOperationMetadata>().Build.Id;
    }

    public async ValueTask DisposeAsync()
    {
        await _cloud.DisposeAsync();
        _folder.Dispose();
    }

    internal async Task<Outcome> AskAsync(int exit, params string[] arguments)
    {
        var outcome = await RunAsync(["builds", .. arguments, "--project", "acme", "--region", "us-central1"]);
        Assert.True(outcome.ExitCode == exit, outcome.All);
        return outcome;
    }

    internal Task<Outcome> RunAsync(params string[] arguments) =>
        new Mlops(_folder.Path, Path.Combine(_folder.Path, "home")) { Environment = new() { ["MLOPS_CLOUD"] = $"http://127.0.0.1:{_cloud.Http.Port}" } }.RunAsync(arguments);
}

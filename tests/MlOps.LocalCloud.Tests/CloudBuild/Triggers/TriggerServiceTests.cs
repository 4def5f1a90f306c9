using Google.Cloud.CloudBuild.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using static MlOps.LocalCloud.Tests.CloudBuild.Triggers.TriggerLab;
using Status = Google.Cloud.CloudBuild.V1.Build.Types.Status;

namespace MlOps.LocalCloud.Tests.CloudBuild.Triggers;

/// <summary>The service's calls about triggers, over gRPC and REST.</summary>
public sealed class TriggerServiceTests(TriggerLab lab) : IClassFixture<TriggerLab>
{
    private static BuildTrigger Manual(string name) => new()
    {
        Name = name,
        Build = new Build { Steps = { new BuildStep { Name = "busybox", Args = { "echo", "$_WHO of $TRIGGER_NAME" } } }, Substitutions = { ["_WHO"] = "nobody" } },
        ApprovalConfig = new ApprovalConfig { ApprovalRequired = true },
    };

    [Theory]
    [InlineData("projects/crud/locations/global")]
    [InlineData("projects/crud/locations/us-central1")]
    public async Task A_trigger_is_found_by_id_and_by_name_and_gone_when_deleted(string parent)
    {
        var made = await lab.CreateAsync(parent, Manual("one"));

        Assert.Equal($"{parent}/triggers/{made.Id}", made.ResourceName);
        Assert.NotNull(made.CreateTime);
        foreach (var name in new[] { made.Id, "one" })
        {
            Assert.Equal(made, await lab.Client.GetBuildTriggerAsync(new GetBuildTriggerRequest { Name = $"{parent}/triggers/{name}" }, cancellationToken: Cancel));
        }

        Assert.Equal([made], (await lab.Client.ListBuildTriggersAsync(new ListBuildTriggersRequest { Parent = parent }, cancellationToken: Cancel)).Triggers);
        await lab.Client.DeleteBuildTriggerAsync(new DeleteBuildTriggerRequest { Name = $"{parent}/triggers/one" }, cancellationToken: Cancel);
        var gone = await RefusedAsync(() => lab.Client.DeleteBuildTriggerAsync(new DeleteBuildTriggerRequest { Name = $"{parent}/triggers/one" }, cancellationToken: Cancel).ResponseAsync);
        Assert.Equal((StatusCode.NotFound, $"There is no trigger 'one' in {parent}."), gone);
    }

    [Fact]
    public async Task Pages_hold_every_trigger_once()
    {
        const string parent = "projects/pages/locations/global";
        foreach (var name in new[] { "a", "b", "c" })
        {
            await lab.CreateAsync(parent, Manual(name));
        }

        var first = await lab.Client.ListBuildTriggersAsync(new ListBuildTriggersRequest { Parent = parent, PageSize = 2 }, cancellationToken: Cancel);
        var second = await lab.Client.ListBuildTriggersAsync(new ListBuildTriggersRequest { Parent = parent, PageSize = 2, PageToken = first.NextPageToken }, cancellationToken: Cancel);

        Assert.Equal((2, 1, ""), (first.Triggers.Count, second.Triggers.Count, second.NextPageToken));
        Assert.Equal(["a", "b", "c"], first.Triggers.Concat(second.Triggers).Select(trigger => trigger.Name).Order());
    }

    [Fact]
    public async Task An_update_changes_what_its_mask_names_and_without_one_everything()
    {
        const string parent = "projects/masks/locations/global";
        var made = await lab.CreateAsync(parent, Manual("one"));
        await lab.CreateAsync(parent, Manual("taken"));
        var given = new BuildTrigger { ResourceName = made.ResourceName, Description = "new", Disabled = true };

        var masked = await lab.Client.UpdateBuildTriggerAsync(new UpdateBuildTriggerRequest { Trigger = given, TriggerId = made.Id, UpdateMask = new FieldMask { Paths = { "description" } } }, cancellationToken: Cancel);
        var whole = Manual("renamed");
        whole.ResourceName = made.ResourceName;
        var replaced = await lab.Client.UpdateBuildTriggerAsync(new UpdateBuildTriggerRequest { Trigger = whole, TriggerId = made.Id }, cancellationToken: Cancel);
        whole.Name = "taken";
        var taken = await RefusedAsync(() => lab.Client.UpdateBuildTriggerAsync(new UpdateBuildTriggerRequest { Trigger = whole, TriggerId = made.Id }, cancellationToken: Cancel).ResponseAsync);
        var unknown = await RefusedAsync(() => lab.Client.UpdateBuildTriggerAsync(new UpdateBuildTriggerRequest { Trigger = given, UpdateMask = new FieldMask { Paths = { "descriptin" } } }, cancellationToken: Cancel).ResponseAsync);

        Assert.Equal(("one", "new", false, 1), (masked.Name, masked.Description, masked.Disabled, masked.Build.Steps.Count));
        Assert.Equal((made.Id, "renamed", "", made.CreateTime), (replaced.Id, replaced.Name, replaced.Description, replaced.CreateTime));
        Assert.Equal(StatusCode.AlreadyExists, taken.Code);
        Assert.Equal(StatusCode.InvalidArgument, unknown.Code);
        Assert.Contains("'descriptin', which is no field of a trigger. Did you mean 'description'?", unknown.Message);
    }

    [Theory]
    [InlineData("/v1/projects/rest1/triggers", "projects/rest1/locations/global")]
    [InlineData("/v1/projects/rest2/locations/europe-west1/triggers", "projects/rest2/locations/europe-west1")]
    public async Task REST_keeps_the_fields_that_only_it_has(string path, string parent)
    {
        var made = (await lab.Cloud.PostAsync(path, """
            {"name": "t", "github": {"owner": "acme", "name": "x", "push": {"branch": "^main$"}}, "filename": "cloudbuild.yaml",
             "approvalConfig": {"approvalRequired": true}, "includeBuildLogs": "INCLUDE_BUILD_LOGS_WITH_STATUS"}
            """)).Ok();

        var changed = (await lab.Cloud.SendAsync(HttpMethod.Patch, $"{path}/{made["id"]}?updateMask=description,ignoredFiles", TestCloud.Json("""{"description": "d", "ignoredFiles": ["*.md"]}"""))).Ok();
        var got = (await lab.Cloud.GetAsync($"{path}/t")).Ok();

        Assert.Equal(made["resourceName"], $"{parent}/triggers/{made["id"]}");
        Assert.Equal(changed.Text, got.Text);
        Assert.Equal(("d", "INCLUDE_BUILD_LOGS_WITH_STATUS", true), (got["description"], got["includeBuildLogs"], got.Json["approvalConfig"]!["approvalRequired"]!.GetValue<bool>()));
        Assert.Single((await lab.Cloud.GetAsync(path)).Ok().Json["triggers"]!.AsArray());
        (await lab.Cloud.SendAsync(HttpMethod.Delete, $"{path}/t")).Ok();
        Assert.Equal(404, (await lab.Cloud.GetAsync($"{path}/t")).Status);
    }

    [Fact]
    public async Task Everything_wrong_with_a_trigger_is_told_at_once()
    {
        const string parent = "projects/wrong/locations/global";
        var wrong = new BuildTrigger
        {
            Name = "wrong",
            Github = new GitHubEventsConfig { Owner = "acme", Push = new PushFilter { Branch = "(" } },
            PubsubConfig = new PubsubConfig { Topic = "mine" },
            Filename = "cloudbuild.yaml",
            IgnoredFiles = { "[" },
        };

        var (code, message) = await RefusedAsync(() => lab.CreateAsync(parent, wrong));

        Assert.Equal(StatusCode.InvalidArgument, code);
        Assert.All(new[] { "one event source", "'github.name' is missing", "'(' is not a regular expression of RE2", "'[' is not a glob" }, part => Assert.Contains(part, message));
        await lab.CreateAsync(parent, Manual("one"));
        Assert.Equal(StatusCode.AlreadyExists, (await RefusedAsync(() => lab.CreateAsync(parent, Manual("one")))).Code);
        Assert.Equal(StatusCode.InvalidArgument, (await RefusedAsync(() => lab.Client.GetBuildTriggerAsync(new GetBuildTriggerRequest { Name = "triggers/one" }, cancellationToken: Cancel).ResponseAsync)).Code);
        Assert.Equal(StatusCode.NotFound, (await RefusedAsync(() => lab.Client.RunBuildTriggerAsync(new RunBuildTriggerRequest { Name = $"{parent}/triggers/none" }, cancellationToken: Cancel).ResponseAsync)).Code);
    }

    [Fact]
    public async Task A_trigger_with_its_build_inside_runs_by_hand_with_the_substitutions_given_even_when_it_is_disabled()
    {
        var trigger = Manual("by-hand");
        trigger.Disabled = true;
        trigger = await lab.CreateAsync("projects/hand/locations/us-central1", trigger);

        var plain = await RunAsync(trigger.ResourceName, null);
        var given = await RunAsync("projects/hand/locations/us-central1/triggers/by-hand", new RepoSource { Substitutions = { ["_WHO"] = "somebody" } });

        Assert.Equal("projects/hand/locations/us-central1", plain.Name[..plain.Name.IndexOf("/builds/", StringComparison.Ordinal)]);
        Assert.Equal((Status.Pending, "nobody of by-hand", "somebody of by-hand"), (plain.Status, plain.Steps[0].Args[1], given.Steps[0].Args[1]));
    }

    [Fact]
    public async Task A_branch_a_tag_or_a_commit_of_the_repository_is_built_on_demand()
    {
        var repo = lab.Repo("demand");
        var (first, second) = (repo.Commit("first", ("cloudbuild.yaml", TriggerRepo.Config)), repo.Commit("second", ("a", "1")));
        repo.Tag("v1");
        await repo.PushAsync("main", "v1", $"{first}:refs/heads/old");
        var trigger = await lab.CreateAsync("projects/demand/locations/global", OnBranch("demand", "^main$"));

        var builds = new[]
        {
            await RunAsync(trigger.ResourceName, null),
            await RunAsync(trigger.ResourceName, new RepoSource { BranchName = "old" }),
            await RunAsync(trigger.ResourceName, new RepoSource { TagName = "v1" }),
            await RunAsync(trigger.ResourceName, new RepoSource { CommitSha = first }),
        };

        Assert.Equal([second, first, second, first], builds.Select(build => build.Source.GitSource.Revision));
        Assert.Equal(["main", "old", "v1", ""], builds.Select(build => build.Substitutions.GetValueOrDefault("REF_NAME", "")));
        var none = await RefusedAsync(() => RunAsync(trigger.ResourceName, new RepoSource { BranchName = "none" }));
        Assert.Equal((StatusCode.InvalidArgument, "Couldn't read commit: there is no refs/heads/none in demand. Push it with 'git push local'."), none);
    }

    [Fact]
    public async Task Approved_it_leaves_its_waiting_and_rejected_it_is_cancelled()
    {
        var trigger = await lab.CreateAsync("projects/approved/locations/global", Manual("gate"));
        var rejected = await RunAsync(trigger.ResourceName, null);

        (await lab.Cloud.PostAsync($"/v1/{rejected.Name}:approve", """{"approvalResult": {"decision": "REJECTED", "comment": "not today"}}""")).Ok();

        var after = await lab.Client.GetBuildAsync(new GetBuildRequest { Name = rejected.Name }, cancellationToken: Cancel);
        Assert.Equal((Status.Cancelled, "not today"), (after.Status, after.Approval.Result.Comment));
        Assert.True(after.Approval.Config.ApprovalRequired);
    }

    private async Task<Build> RunAsync(string name, RepoSource? source) =>
        (await lab.Client.RunBuildTriggerAsync(new RunBuildTriggerRequest { Name = name, Source = source }, cancellationToken: Cancel)).Metadata.Unpack<BuildOperationMetadata>().Build;
}

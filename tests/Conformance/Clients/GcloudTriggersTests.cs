using System.Text.Json.Nodes;
using MlOps.LocalCloud.CloudBuild.Sources;
using MlOps.Testing;

namespace MlOps.Conformance.Tests.Clients;

/// <summary>The real gcloud makes, reads, runs and removes triggers of a real local cloud.</summary>
[Trait("speed", "slow")]
public sealed class GcloudTriggersTests(GcloudCloud gcloud) : IClassFixture<GcloudCloud>
{
    [Fact]
    public async Task A_trigger_is_imported_listed_described_exported_run_and_deleted()
    {
        GcloudCloud.EngineRequired();
        var commit = Repository("by-gcloud", $"steps: [{{name: '{GcloudCloud.Image}', args: [echo, '$_WHO at $SHORT_SHA of $BRANCH_NAME']}}]\n");
        var file = gcloud.Write("trigger.yaml", """
            name: imported
            description: first
            triggerTemplate: {repoName: by-gcloud, branchName: ^main$}
            filename: cloudbuild.yaml
            substitutions: {_WHO: nobody}

            """);
        var exported = Path.Combine(gcloud.Folder, "exported.yaml");

        await gcloud.OkAsync("builds", "triggers", "import", $"--source={file}");
        Assert.Contains("imported", (await gcloud.OkAsync("builds", "triggers", "list", "--format=value(name)")).Split('\n'));
        await gcloud.OkAsync("beta", "builds", "triggers", "export", "imported", $"--destination={exported}");
        await File.WriteAllTextAsync(exported, (await File.ReadAllTextAsync(exported, Cancel)).Replace("first", "second", StringComparison.Ordinal), Cancel);
        await gcloud.OkAsync("builds", "triggers", "import", $"--source={exported}");
        Assert.Matches(@"^second\s+\^main\$$", await gcloud.OkAsync("builds", "triggers", "describe", "imported", "--format=value(description,triggerTemplate.branchName)"));

        var run = JsonNode.Parse(await gcloud.OkAsync("builds", "triggers", "run", "imported", "--branch=main", "--substitutions=_WHO=somebody", "--format=json"))!["metadata"]!["build"]!;
        Assert.Equal(commit, run["source"]!["repoSource"]!["commitSha"]!.ToString());
        Assert.Contains($"somebody at {commit[..7]} of main", await gcloud.OkAsync("builds", "log", "--stream", run["id"]!.ToString()));

        await gcloud.OkAsync("builds", "triggers", "delete", "imported");
        Assert.Contains("NOT_FOUND: There is no trigger 'imported'", (await gcloud.RunAsync("builds", "triggers", "describe", "imported")).Errors);
    }

    [Fact]
    public async Task A_message_that_gcloud_publishes_starts_a_build_that_waits_for_its_approval()
    {
        GcloudCloud.EngineRequired();
        var file = gcloud.Write("message.yaml", $$"""
            name: on-message
            pubsubConfig: {topic: projects/local/topics/images}
            substitutions: {_TAG: $(body.message.data.tag), _ACTION: $(body.message.data.action)}
            filter: _ACTION == "INSERT"
            build: {steps: [{name: '{{GcloudCloud.Image}}', args: [echo, 'tag is $_TAG']}]}
            approvalConfig: {approvalRequired: true}

            """);
        await gcloud.OkAsync("pubsub", "topics", "create", "images");
        await gcloud.OkAsync("builds", "triggers", "import", $"--source={file}");
        await gcloud.OkAsync("pubsub", "topics", "publish", "images", """--message={"action": "INSERT", "tag": "a/b:1"}""");
        await gcloud.OkAsync("pubsub", "topics", "publish", "images", """--message={"action": "DELETE", "tag": "a/b:1"}""");

        var id = await gcloud.OkAsync("builds", "list", "--filter=status=PENDING", "--format=value(id)");
        Assert.True(Guid.TryParse(id, out _), id);
        await gcloud.OkAsync("beta", "builds", "approve", id, "--comment=fine");
        Assert.Contains("tag is a/b:1", await gcloud.OkAsync("builds", "log", "--stream", id));
        Assert.Matches(@"^SUCCESS\s+fine$", await gcloud.OkAsync("builds", "describe", id, "--format=value(status,approval.result.comment)"));
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>A repository that the cloud knows by that name; gives its commit.</summary>
    private string Repository(string name, string config)
    {
        gcloud.Write($"{name}/cloudbuild.yaml", config);
        var folder = Path.Combine(gcloud.Folder, name);
        GitCommand.Run(folder, "init", "--quiet", "-b", "main");
        GitCommand.Run(folder, "add", "--all");
        GitCommand.Run(folder, "commit", "--quiet", "--message", "first");
        new LocalRepositories(Path.Combine(gcloud.Folder, "home", "cloud")).Register(name, [], folder);
        return GitCommand.Run(folder, "rev-parse", "HEAD");
    }
}

using System.Text.Json.Nodes;
using MlOps.Testing;

namespace MlOps.Conformance.Tests.Clients;

/// <summary>Google's official clients for Node, over gRPC, against a real local cloud; their packages come by `npm ci`.</summary>
[Trait("speed", "slow")]
public sealed class NodeClientTests(GcloudCloud cloud) : IClassFixture<GcloudCloud>
{
    private static string Folder => Path.Combine(Shared.Checkout(), "tests", "Conformance", "Clients", "node");

    [Fact]
    public async Task Builds_are_created_listed_got_and_cancelled()
    {
        GcloudCloud.EngineRequired();
        Assert.Equal("""{"built":"SUCCESS","got":true,"cancelled":"CANCELLED","listed":["long","node"],"filtered":["long"]}""", await RunAsync("builds.mjs"));
    }

    [Fact]
    public async Task Pipeline_jobs_are_created_got_listed_cancelled_and_deleted()
    {
        GcloudCloud.EngineRequired();
        Assert.Equal(
            """{"doubled":"PIPELINE_STATE_SUCCEEDED","twice":42,"cancelled":"PIPELINE_STATE_CANCELLED","listed":["long","doubled"],"filtered":["long"],"gone":5}""", await RunAsync("pipelines.mjs"));
    }

    [Fact]
    public async Task Custom_jobs_are_created_got_cancelled_listed_and_deleted()
    {
        GcloudCloud.EngineRequired();
        Assert.Equal("""{"failed":"broken","cancelled":"JOB_STATE_CANCELLED","listed":["long"],"left":1}""", await RunAsync("jobs.mjs"));
    }

    [Fact]
    public async Task Secrets_are_made_read_and_destroyed() => Assert.Equal(
        """{"name":"projects/node/secrets/by-node/versions/1","read":"value","state":"DESTROYED","listed":["projects/node/secrets/by-node"]}""", await RunAsync("secrets.mjs"));

    [Fact]
    public async Task Lineage_is_recorded_and_asked_for() => Assert.Equal(
        """{"events":["data-by-node INPUT","model-by-node OUTPUT"],"listed":["model-by-node"],"left":["model-by-node"]}""", await RunAsync("metadata.mjs"));

    private async Task<string> RunAsync(string script)
    {
        if (!Directory.Exists(Path.Combine(Folder, "node_modules")))
        {
            var restored = await cloud.RunAsync("npm", Folder, ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]);
            Assert.SkipUnless(restored.ExitCode == 0, $"npm cannot restore the clients here: {restored.Errors.Trim()}");
        }

        var outcome = await cloud.RunAsync("env", Folder, [$"ADDRESS={cloud.Grpc.Authority}", $"IMAGE={GcloudCloud.Image}", "node", script]);
        Assert.True(outcome.ExitCode == 0, outcome.All);
        return JsonNode.Parse(outcome.Output)!.ToJsonString();
    }
}

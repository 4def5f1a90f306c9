using MlOps.Google.Cloud;
using MlOps.Steps;
using MlOps.Steps.Promotion;
using MlOps.Testing;

namespace MlOps.Cli.Tests.Triggers;

/// <summary>Cloud Build's approval, as the promotion that runs in the build finds it.</summary>
public sealed class ApprovedBuildTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_let_the_build_go_has_approved_the_commit_that_it_is_of()
    {
        await using var repo = new TriggerRepository();
        await repo.OkAsync("cloud", "up");
        await repo.OkAsync("cloud", "watch");
        await repo.OkAsync("triggers", "apply");
        GitCommand.Run(repo.Root, "config", "user.email", "ann@acme.example");
        GitCommand.Run(repo.Root, "push", "--quiet", "local", "HEAD:dev");
        var id = Assert.Single((await repo.OkAsync("builds", "list", "--env", "dev", "--output", "json")).Json.AsArray())!["id"]!.ToString();
        var status = (await repo.OkAsync("cloud", "status", "--output", "json")).Json;
        var endpoint = (await LocalCloudAddress.AskAsync(new Uri(status["http"]!.ToString()), Cancel)).Endpoint();
        var build = Actor.Of(repo.Root, name => name switch { "BUILD_ID" => id, "PROJECT_ID" => "acme-dev", "LOCATION" => "global", _ => null });

        var before = await BuildApprovals.FindAsync(endpoint, build, Cancel);
        await repo.OkAsync("builds", "approve", id, "--env", "dev");
        var after = await BuildApprovals.FindAsync(endpoint, build, Cancel);
        var outside = await BuildApprovals.FindAsync(endpoint, Actor.Of(repo.Root, _ => null), Cancel);

        Assert.Null(before);
        Assert.Equal((id, "ann@acme.example", GitCommand.Run(repo.Root, "rev-parse", "HEAD")), (after!.Build, after.Approver, after.Commit));
        Assert.Null(outside);
    }

    [Fact]
    public async Task An_environment_with_promoteFrom_is_not_delivered_to()
    {
        await using var repo = new TriggerRepository();
        repo.Write("mlops.yaml", TriggerRepository.Yaml.Replace("  prod:\n", "  prod:\n    promoteFrom: dev\n", StringComparison.Ordinal));

        var refused = await repo.RunAsync("ci", "--env", "prod");

        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("'mlops promote --to prod' brings one through them", refused.Errors);
        Assert.Contains("[promoted-only]", refused.Errors);
        await repo.OkAsync("ci", "--env", "prod", "--only", "checkout");
    }
}

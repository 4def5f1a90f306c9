using System.Text.Json.Nodes;

namespace MlOps.Conformance.Tests.Clients;

/// <summary>The real `gcloud builds` against a real local cloud and the machine's engine.</summary>
[Trait("speed", "slow")]
public sealed class GcloudBuildsTests(GcloudCloud gcloud) : IClassFixture<GcloudCloud>
{
    [Fact]
    public async Task A_build_of_a_folder_streams_its_log_and_is_listed_described_and_read_again()
    {
        GcloudCloud.EngineRequired();
        gcloud.Write("app/hello.txt", "hello from the source\n");
        gcloud.Write("app/.gcloudignore", "left-out.txt\n");
        gcloud.Write("app/left-out.txt", "x");
        gcloud.Write("app/cloudbuild.yaml", $"steps:\n- {{name: '{GcloudCloud.Image}', script: 'cat hello.txt; ls; sleep 2; echo later'}}\ntags: [streamed]\n");
        var submitted = await gcloud.RunAsync("builds", "submit", "app", "--config=app/cloudbuild.yaml", "--format=value(id)");
        Assert.True(submitted.ExitCode == 0, submitted.All);
        Assert.Contains("hello from the source", submitted.All);
        Assert.Contains("later", submitted.All);
        Assert.DoesNotContain("left-out.txt", submitted.All);
        var id = submitted.Output.Trim().Split('\n')[^1];
        string[] answers = await Task.WhenAll(
            gcloud.OkAsync("builds", "list", "--filter=status=SUCCESS AND tags=streamed", "--format=value(id)"),
            gcloud.OkAsync("builds", "list", "--filter=status=FAILURE AND tags=streamed", "--format=value(id)"),
            gcloud.OkAsync("builds", "describe", id, "--format=json"),
            gcloud.OkAsync("builds", "log", id));
        Assert.Equal(id, answers[0]);
        Assert.Equal("", answers[1]);
        var described = JsonNode.Parse(answers[2])!;
        Assert.Equal(("SUCCESS", id), (described["status"]!.ToString(), described["id"]!.ToString()));
        Assert.NotNull(described["sourceProvenance"]!["resolvedStorageSource"]);
        Assert.Contains("hello from the source", answers[3]);
        Assert.Contains("DONE", answers[3]);
    }

    [Fact]
    public async Task A_failing_build_fails_the_command_with_its_reason()
    {
        GcloudCloud.EngineRequired();
        var config = gcloud.Write("fail.yaml", $"steps: [{{name: '{GcloudCloud.Image}', args: [sh, -c, 'echo broken; exit 3']}}]\n");
        var failed = await gcloud.RunAsync("builds", "submit", "--no-source", $"--config={config}");
        Assert.Equal(1, failed.ExitCode);
        Assert.Contains("broken", failed.All);
        Assert.Contains("BUILD FAILURE: Build step failure: build step 0", failed.Errors);
        Assert.Contains("completed with status \"FAILURE\"", failed.Errors);
    }

    [Fact]
    public async Task A_build_that_nobody_waits_for_is_cancelled()
    {
        GcloudCloud.EngineRequired();
        var config = gcloud.Write("long.yaml", $"steps: [{{name: '{GcloudCloud.Image}', args: [sleep, '600']}}]\n");
        var id = await gcloud.OkAsync("builds", "submit", "--no-source", $"--config={config}", "--async", "--format=value(id)");
        await gcloud.OkAsync("builds", "cancel", id);
        string status;
        do
        {
            status = await gcloud.OkAsync("builds", "describe", id, "--format=value(status)");
        }
        while (status is "QUEUED" or "WORKING");
        Assert.Equal("CANCELLED", status);
    }

    [Fact]
    public async Task A_step_uses_a_secret_that_gcloud_made_and_its_log_does_not_show_it()
    {
        GcloudCloud.EngineRequired();
        var value = gcloud.Write("token.txt", "tok3n-of-the-test");
        await gcloud.OkAsync("secrets", "create", "token", $"--data-file={value}");
        var config = gcloud.Write("secret.yaml", $$"""
            steps:
            - {name: '{{GcloudCloud.Image}}', entrypoint: sh, args: [-c, 'printf %s "$$TOKEN" | wc -c; echo it is $$TOKEN'], secretEnv: [TOKEN]}
            availableSecrets: {secretManager: [{versionName: projects/$PROJECT_ID/secrets/token/versions/latest, env: TOKEN}]}
            """);
        var built = await gcloud.RunAsync("builds", "submit", "--no-source", $"--config={config}");
        Assert.True(built.ExitCode == 0, built.All);
        Assert.Contains("17", built.All);
        Assert.Contains("it is ***", built.All);
        Assert.DoesNotContain("tok3n", built.All);
    }
}

using System.Text.Json.Nodes;

namespace MlOps.Conformance.Tests.Clients;

/// <summary>The real gcloud against Storage, Artifact Registry, Secret Manager and projects of a real local cloud.</summary>
[Trait("speed", "slow")]
public sealed class GcloudServicesTests(GcloudCloud gcloud) : IClassFixture<GcloudCloud>
{
    [Fact]
    public async Task Objects_are_copied_listed_read_moved_and_removed()
    {
        var file = gcloud.Write("tree/a.txt", "one\n");
        gcloud.Write("tree/sub/b.txt", "two\n");
        await gcloud.OkAsync("storage", "buckets", "create", "gs://by-gcloud");
        await gcloud.OkAsync("storage", "cp", file, "gs://by-gcloud/x/");
        await gcloud.OkAsync("storage", "cp", "-r", Path.Combine(gcloud.Folder, "tree"), "gs://by-gcloud/tree");
        var read = await Task.WhenAll(
            gcloud.OkAsync("storage", "ls", "gs://by-gcloud/**"),
            gcloud.OkAsync("storage", "cat", "gs://by-gcloud/x/a.txt"),
            gcloud.OkAsync("storage", "cp", "gs://by-gcloud/x/a.txt", Path.Combine(gcloud.Folder, "back.txt")));
        Assert.Equal("gs://by-gcloud/tree/a.txt\ngs://by-gcloud/tree/sub/b.txt\ngs://by-gcloud/x/a.txt", read[0]);
        Assert.Equal("one", read[1]);
        Assert.Equal("one\n", await File.ReadAllTextAsync(Path.Combine(gcloud.Folder, "back.txt"), TestContext.Current.CancellationToken));
        await gcloud.OkAsync("storage", "mv", "gs://by-gcloud/tree/sub/b.txt", "gs://by-gcloud/moved.txt");
        Assert.Equal("two", await gcloud.OkAsync("storage", "cat", "gs://by-gcloud/moved.txt"));
        await gcloud.OkAsync("storage", "rm", "-r", "gs://by-gcloud");
        Assert.NotEqual(0, (await gcloud.RunAsync("storage", "ls", "gs://by-gcloud")).ExitCode);
    }

    [Fact]
    public async Task Secrets_are_made_read_disabled_and_destroyed()
    {
        var text = gcloud.Write("text", "top+secret>?");
        var binary = Path.Combine(gcloud.Folder, "binary");
        await File.WriteAllBytesAsync(binary, [0xfb, 0xff, 0xbf, 0], TestContext.Current.CancellationToken);
        await gcloud.OkAsync("secrets", "create", "s", $"--data-file={text}", "--labels=team=ml");
        await gcloud.OkAsync("secrets", "versions", "add", "s", $"--data-file={binary}");
        Assert.Equal("top+secret>?", await gcloud.OkAsync("secrets", "versions", "access", "1", "--secret=s"));
        await gcloud.OkAsync("secrets", "versions", "access", "latest", "--secret=s", $"--out-file={binary}.back");
        Assert.Equal(await File.ReadAllBytesAsync(binary, TestContext.Current.CancellationToken), await File.ReadAllBytesAsync($"{binary}.back", TestContext.Current.CancellationToken));
        await gcloud.OkAsync("secrets", "versions", "disable", "1", "--secret=s");
        var refused = await gcloud.RunAsync("secrets", "versions", "access", "1", "--secret=s");
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("is in DISABLED state", refused.Errors);
        await gcloud.OkAsync("secrets", "versions", "enable", "1", "--secret=s");
        await gcloud.OkAsync("secrets", "versions", "destroy", "1", "--secret=s");
        var read = await Task.WhenAll(
            gcloud.OkAsync("secrets", "versions", "list", "s", "--format=value(name,state)"),
            gcloud.OkAsync("secrets", "list", "--filter=name:s AND labels.team=ml", "--format=value(name)"),
            gcloud.OkAsync("secrets", "describe", "s", "--format=value(labels.team)"),
            gcloud.OkAsync("secrets", "versions", "describe", "1", "--secret=s", "--format=value(state)"));
        Assert.Matches(@"^2\s+ENABLED\n1\s+DESTROYED$", read[0].Replace("enabled", "ENABLED", StringComparison.Ordinal).Replace("destroyed", "DESTROYED", StringComparison.Ordinal));
        Assert.Equal(("s", "ml", "DESTROYED"), (read[1], read[2], read[3]));
        await gcloud.OkAsync("secrets", "create", "regional", "--location=us-central1", $"--data-file={text}");
        Assert.Equal("top+secret>?", await gcloud.OkAsync("secrets", "versions", "access", "latest", "--secret=regional", "--location=us-central1"));
        await gcloud.OkAsync("secrets", "delete", "s");
        Assert.Equal("", await gcloud.OkAsync("secrets", "list", "--format=value(name)"));
    }

    [Fact]
    public async Task Repositories_are_made_and_listed()
    {
        await gcloud.OkAsync("artifacts", "repositories", "create", "ml", "--repository-format=docker", "--location=us-central1", "--labels=a=b");
        await gcloud.OkAsync("artifacts", "repositories", "update", "ml", "--location=us-central1", "--update-labels=c=d");
        var read = await Task.WhenAll(
            gcloud.OkAsync("artifacts", "repositories", "list", "--format=value(name)"),
            gcloud.OkAsync("artifacts", "repositories", "describe", "ml", "--location=us-central1", "--format=json"),
            gcloud.OkAsync("artifacts", "docker", "images", "list", "us-central1-docker.pkg.dev/local/ml", "--format=json"));
        Assert.EndsWith("ml", read[0]);
        Assert.Equal("""{"a":"b","c":"d"}""", JsonNode.Parse(read[1])!["labels"]!.ToJsonString());
        Assert.Equal("[]", read[2]);
    }

    [Fact]
    public async Task Projects_and_services_are_told()
    {
        var told = await Task.WhenAll(
            gcloud.OkAsync("projects", "describe", "any-project", "--format=value(projectId,lifecycleState)"),
            gcloud.OkAsync("services", "list", "--format=value(config.name)"),
            gcloud.OkAsync("services", "enable", "cloudbuild.googleapis.com", "secretmanager.googleapis.com"));
        Assert.Matches(@"^any-project\s+ACTIVE$", told[0]);
        Assert.Contains("cloudbuild.googleapis.com", told[1]);
        var refused = await gcloud.RunAsync("services", "enable", "run.googleapis.com");
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("The local cloud has no service run.googleapis.com", refused.Errors);
    }
}

using System.Text.Json.Nodes;
using MlOps.Testing;

namespace MlOps.Cli.Tests;

/// <summary>From a commit to a release, with the real command, engine, registry and local cloud.</summary>
public sealed class DeliveryTests
{
    private static JsonNode Record(SampleRepo repo, string name) => JsonNode.Parse(File.ReadAllText(repo.PathOf($".mlops/{name}.json")))!;

    private static async Task<Outcome> CiAsync(SampleRepo repo, params string[] more)
    {
        var outcome = await new Mlops(repo.Root, repo.Home).RunAsync(["ci", "--env", "local", .. more]);
        Assert.True(outcome.ExitCode == 0, outcome.All);
        return outcome;
    }

    [Fact]
    [Trait("speed", "slow")]
    public async Task A_commit_becomes_a_release_and_the_next_worker_builds_only_what_changed()
    {
        Engine.Required();
        using var repo = new SampleRepo();
        var commit = repo.Git("rev-parse", "HEAD").Trim();
        await CiAsync(repo);

        var run = Record(repo, "run")["runs"]![0]!;
        Assert.Equal("SUCCEEDED", run["state"]!.GetValue<string>());
        Assert.Equal("hello everybody", run["outputs"]!["greeting"]!.GetValue<string>());
        var digest = Record(repo, "push")["images"]![0]!["digest"]!.GetValue<string>();
        Assert.Contains($"us-central1-docker.pkg.dev/local/ml/hello@{digest}", File.ReadAllText(repo.PathOf(".mlops/pipelines/greet.json")));

        var releases = await new Mlops(repo.Root, repo.Home).RunAsync("release", "list", "--output", "json");
        var release = Assert.Single(releases.Json.AsArray())!;
        Assert.Equal((commit, digest), (release["commit"]!.GetValue<string>(), release["components"]!["hello"]!.GetValue<string>()));

        // The run leads back to the commit and the image.
        var lineage = await new Mlops(repo.Root, repo.Home).RunAsync("lineage", run["job"]!.GetValue<string>(), "--output", "json");
        Assert.True(lineage.ExitCode == 0, lineage.All);
        Assert.Equal(commit, Assert.Single(lineage.Json["runs"]!.AsArray())!["commit"]!.GetValue<string>());
        Assert.Contains(lineage.Json["executions"]!.AsArray(), execution => execution!["imageDigest"]?.GetValue<string>() == digest);

        // Nothing changed: nothing is done again.
        var second = await CiAsync(repo);
        foreach (var step in new[] { "build", "push", "compile", "upload", "run", "release" })
        {
            Assert.Matches($@"(?m)^{step} += ", second.Output);
        }

        // A fresh worker, with another commit that does not touch the component: found by its inputs, tagged anew.
        Directory.Delete(repo.PathOf(".mlops"), recursive: true);
        foreach (var image in Engine.Images("us-central1-docker.pkg.dev/local/ml/hello").Distinct())
        {
            Engine.Run("rmi", "-f", image);
        }

        repo.Write("README.md", "words\n");
        var next = repo.Commit("words only");
        await CiAsync(repo);
        var built = Record(repo, "build")["images"]![0]!;
        Assert.True(built["found"]!.GetValue<bool>(), built.ToJsonString());
        var pushed = Record(repo, "push")["images"]![0]!;
        Assert.Equal(digest, pushed["digest"]!.GetValue<string>());
        Assert.EndsWith(":" + next, pushed["image"]!.GetValue<string>());
        Assert.Equal(2, (await new Mlops(repo.Root, repo.Home).RunAsync("release", "list", "--output", "json")).Json.AsArray().Count);
    }

    [Fact]
    [Trait("speed", "slow")]
    public async Task What_is_not_committed_has_a_release_of_its_own_and_evidence_stays_as_it_was_first()
    {
        Engine.Required();
        using var repo = new SampleRepo();
        var commit = repo.Git("rev-parse", "HEAD");
        await CiAsync(repo);
        var mlops = new Mlops(repo.Root, repo.Home);
        var first = (await mlops.RunAsync("release", "show", commit, "--output", "json")).Output;
        await CiAsync(repo);
        Assert.Equal(first, (await mlops.RunAsync("release", "show", commit, "--output", "json")).Output);

        repo.Write("components/hello/greet.sh", File.ReadAllText(repo.PathOf("components/hello/greet.sh")) + "# not committed\n");
        await CiAsync(repo);
        Assert.Equal(first, (await mlops.RunAsync("release", "show", commit, "--output", "json")).Output);
        var all = (await mlops.RunAsync("release", "list", "--output", "json")).Json.AsArray();
        Assert.Equal([true, false], all.Select(release => release!["commit"]!.GetValue<string>().StartsWith(commit + "-dirty-", StringComparison.Ordinal)));
        Assert.Contains("-dirty", (await mlops.RunAsync("release", "list")).Output);
    }

    [Fact]
    [Trait("speed", "slow")]
    public async Task A_run_that_is_not_waited_for_is_submitted_and_says_what_becomes_of_it()
    {
        Engine.Required();
        using var repo = new SampleRepo();
        await CiAsync(repo);
        var outcome = await new Mlops(repo.Root, repo.Home).RunAsync("run", ".mlops/pipelines/greet.json", "--parameter", "who=you", "--wait", "false");
        Assert.True(outcome.ExitCode == 0, outcome.All);
        Assert.Contains("submitted projects/", outcome.Output);
        Assert.Contains("the run goes on when it starts again", outcome.Errors);
    }

    [Fact]
    [Trait("speed", "slow")]
    public async Task A_cloud_that_was_removed_gets_everything_again()
    {
        Engine.Required();
        using var repo = new SampleRepo();
        await CiAsync(repo);
        Directory.Delete(repo.Home, recursive: true);
        var again = await CiAsync(repo);
        foreach (var step in new[] { "push", "upload", "run", "release" })
        {
            Assert.Matches($@"(?m)^{step} +✓ ", again.Output);
        }
    }

    [Fact]
    [Trait("speed", "slow")]
    public async Task A_failing_task_is_named_with_its_last_lines_and_the_next_delivery_is_the_next_attempt()
    {
        Engine.Required();
        using var repo = new SampleRepo();
        repo.Write("components/hello/greet.sh", "echo no greetings today >&2\nexit 3\n");
        repo.Commit("break it");
        var mlops = new Mlops(repo.Root, repo.Home);
        var outcome = await mlops.RunAsync("ci", "--env", "local");
        Assert.True(outcome.ExitCode == 1, outcome.All);
        Assert.Contains("task 'hello' failed", outcome.Errors);
        Assert.Contains("no greetings today", outcome.Errors);
        Assert.False(File.Exists(repo.PathOf(".mlops/release.json")));

        var again = await mlops.RunAsync("ci", "--env", "local");
        Assert.Equal(1, again.ExitCode);
        Assert.NotEqual(Job(outcome), Job(again));
    }

    [Fact]
    [Trait("speed", "slow")]
    public async Task A_run_that_takes_too_long_is_cancelled()
    {
        Engine.Required();
        using var repo = new SampleRepo();
        repo.Write("components/hello/greet.sh", "sleep 600\n");
        repo.Replace("mlops.yaml", "run: {pipeline: greet,", "run: {pipeline: greet, timeout: 2s,");
        repo.Commit("slow");
        var outcome = await new Mlops(repo.Root, repo.Home).RunAsync("ci", "--env", "local");
        Assert.True(outcome.ExitCode == 1, outcome.All);
        Assert.Contains("cancelled", outcome.Errors);
        Assert.Empty(Engine.Containers("mlops.cloud=" + Instance(repo)));
    }

    [Fact]
    [Trait("speed", "slow")]
    public async Task Every_environment_lives_in_one_local_cloud_where_MLOPS_CLOUD_says_so()
    {
        Engine.Required();
        using var repo = new SampleRepo();
        repo.Write("mlops.yaml", SampleRepo.MlopsYaml + """
              dev:
                project: acme-dev
                region: europe-west4
                images: europe-west4-docker.pkg.dev/acme-dev/ml
                pipelines: https://europe-west4-kfp.pkg.dev/acme-dev/pipelines
                pipelineRoot: gs://acme-dev/root
                run: {pipeline: greet}

            """);
        repo.Commit("dev");
        var outcome = await (new Mlops(repo.Root, repo.Home) { Environment = { ["MLOPS_CLOUD"] = "local" } }).RunAsync("ci", "--env", "dev");
        Assert.True(outcome.ExitCode == 0, outcome.All);
        var run = Record(repo, "run")["runs"]![0]!;
        Assert.StartsWith("projects/acme-dev/locations/europe-west4/pipelineJobs/greet-", run["job"]!.GetValue<string>());
        Assert.Equal("hello world", run["outputs"]!["greeting"]!.GetValue<string>());
    }

    private static string Job(Outcome outcome) => outcome.Errors.Split('\n').First(line => line.Contains("/pipelineJobs/", StringComparison.Ordinal)).Trim();

    private static string Instance(SampleRepo repo) => JsonNode.Parse(File.ReadAllText(Directory.GetFiles(Path.Combine(repo.Home, "cloud"), "*.json").First()))!["instance"]!.GetValue<string>();
}

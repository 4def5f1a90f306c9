using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using MlOps.LocalCloud.Hosting;
using MlOps.Testing;

namespace MlOps.Cli.Tests;

/// <summary>Releases from dev to prod by the command, as people use it: three projects of one local cloud, prod with a registry of its own.</summary>
public sealed partial class PromotionTests
{
    private const int SigKill = 9;

    private const string Environments = """
        environments:
          dev:
            project: acme-dev
            region: us-central1
            images: us-central1-docker.pkg.dev/acme-dev/ml
            pipelines: https://us-central1-kfp.pkg.dev/acme-dev/pipelines
            pipelineRoot: gs://acme-dev/root
            run: {pipeline: greet, parameters: settings.yaml}
          staging:
            project: acme-staging
            region: us-central1
            images: us-central1-docker.pkg.dev/acme-dev/ml
            pipelines: https://us-central1-kfp.pkg.dev/acme-dev/pipelines
            pipelineRoot: gs://acme-staging/root
            promoteFrom: dev
            gates: {tests: off}
            run: {pipeline: greet, parameters: staging.yaml}
          prod:
            project: acme-prod
            region: us-central1
            images: us-central1-docker.pkg.dev/acme-prod/ml
            pipelines: https://us-central1-kfp.pkg.dev/acme-prod/pipelines
            pipelineRoot: gs://acme-prod/root
            promoteFrom: staging
            approval: required
            gates: {tests: off, approvers: [ann@example.com], skippable: [soak]}
            run: {pipeline: greet, parameters: settings.yaml}

        """;

    private static SampleRepo Repo(int seconds = 0)
    {
        var repo = new SampleRepo();
        var yaml = File.ReadAllText(repo.PathOf("mlops.yaml"));
        repo.Write("mlops.yaml", yaml[..yaml.IndexOf("environments:", StringComparison.Ordinal)] + Environments);
        repo.Write("staging.yaml", "who: staging\n");
        repo.Write("components/hello/greet.sh", $"if [ \"$1\" = staging ]; then sleep {seconds}; fi\nmkdir -p \"$(dirname \"$2\")\"\nprintf 'hello %s' \"$1\" > \"$2\"\n");
        repo.Git("config", "user.email", "ann@example.com");
        repo.Commit("three environments");
        return repo;
    }

    private static Mlops In(SampleRepo repo) => new(repo.Root, repo.Home) { Environment = { ["MLOPS_CLOUD"] = "local", ["BUILD_ID"] = null } };

    [Fact(Timeout = 180_000)]
    [Trait("speed", "slow")]
    public async Task One_release_runs_in_all_three_environments_with_the_digests_that_were_tested()
    {
        Engine.Required();
        using var repo = Repo();
        await using var cloud = await CloudHost.StartAsync(new LocalCloudOptions(Path.Combine(repo.Home, "cloud")), TestContext.Current.CancellationToken);
        var mlops = In(repo);
        async Task<JsonNode> JsonAsync(params string[] arguments)
        {
            var outcome = await mlops.RunAsync([.. arguments, "--output", "json"]);
            Assert.True(outcome.ExitCode == 0, outcome.All);
            return outcome.Json;
        }

        async Task<string> RefusedAsync(int code, params string[] arguments)
        {
            var outcome = await mlops.RunAsync(arguments);
            Assert.True(outcome.ExitCode == code, outcome.All);
            return outcome.Errors + outcome.Output;
        }

        await JsonAsync("ci", "--env", "dev");
        var release = Assert.Single((await JsonAsync("release", "list", "--env", "dev")).AsArray())!;
        var id = release["id"]!.GetValue<string>();
        var digest = release["components"]!["hello"]!.GetValue<string>();
        Assert.Equal((repo.Git("rev-parse", "HEAD"), true), (release["commit"]!.GetValue<string>(), release["pipelines"]!["greet"]!.GetValue<string>().StartsWith("sha256:", StringComparison.Ordinal)));

        await JsonAsync("promote", "--to", "staging");
        Assert.Contains("nobody approved it", await RefusedAsync(1, "promote", "--to", "prod"), StringComparison.Ordinal);
        Assert.Contains("The policy of prod lets nobody skip the gate 'approval': only soak may be", await RefusedAsync(2, "promote", "--to", "prod", "--skip-gate", "approval", "--why", "now"), StringComparison.Ordinal);
        Assert.Contains("There is no release 'abad1dea' in staging.", await RefusedAsync(2, "promote", "abad1dea", "--to", "prod"), StringComparison.Ordinal);
        repo.Git("config", "user.email", "eve@example.com");
        Assert.Contains("eve@example.com is not among the approvers of prod: ann@example.com", await RefusedAsync(2, "approve", "--to", "prod"), StringComparison.Ordinal);
        repo.Git("config", "user.email", "ann@example.com");
        await JsonAsync("approve", "--to", "prod");
        await JsonAsync("promote", repo.Git("rev-parse", "HEAD"), "--to", "prod");

        var status = (await JsonAsync("status")).AsArray();
        Assert.Equal([("dev", id), ("staging", id), ("prod", id)], status.Where(one => one!["environment"]!.GetValue<string>() != "local").Select(one => (one!["environment"]!.GetValue<string>(), one["release"]!.GetValue<string>())));
        var ledger = (await JsonAsync("ledger")).AsArray();
        Assert.Equal(
            ["dev deliver completed", "staging promote started", "staging promote completed", "prod approve completed", "prod promote started", "prod promote completed"],
            ledger.Select(entry => $"{entry!["environment"]} {entry["action"]} {entry["state"]}"));
        Assert.All(ledger, entry => Assert.Equal((id, true), (entry!["release"]!.GetValue<string>(), DateTimeOffset.TryParse(entry["time"]!.GetValue<string>(), System.Globalization.CultureInfo.InvariantCulture, out _))));
        Assert.True((await JsonAsync("promote", "--to", "prod"))["alreadyThere"]!.GetValue<bool>());
        Assert.Contains("takes its releases from staging", await RefusedAsync(2, "ci", "--env", "prod"), StringComparison.Ordinal);

        // The registries are read by somebody else's client.
        Assert.SkipUnless(Skopeo("--version") is { Code: 0 }, "All but the last check passed: there is no skopeo on this machine (apt-get install skopeo).");
        foreach (var project in new[] { "acme-dev", "acme-prod" })
        {
            var (code, manifest, errors) = Skopeo("inspect", "--raw", "--tls-verify=false", $"docker://{cloud.Http.Authority}/us-central1/{project}/ml/hello@{digest}");
            Assert.True(code == 0, errors);
            Assert.Equal(digest, "sha256:" + Convert.ToHexStringLower(SHA256.HashData(manifest)));
        }
    }

    [Fact]
    public async Task Mistakes_are_told_with_what_to_do()
    {
        using var repo = Repo();
        await using var cloud = await CloudHost.StartAsync(new LocalCloudOptions(Path.Combine(repo.Home, "cloud")), TestContext.Current.CancellationToken);
        var text = "";
        foreach (var words in new[]
        {
            "promote --to stagin", "promote --to dev", "promote --to staging", "promote c0ffee --to staging", "approve --to prod", "rollback prod", "hold prod", "hold prod --lift", "hold prod --why x --for soon",
            "promote --to staging --skip-gate soak", "ledger prd", "ci --env prod",
        })
        {
            var outcome = await In(repo).RunAsync(words.Split(' '));
            text += $"$ mlops {words}\n{outcome.Errors}exit code {outcome.ExitCode}\n\n";
        }

        repo.Replace("mlops.yaml", "skippable: [soak]", "skippable: [soack], sook: 1h");
        text += $"$ mlops status\n{(await In(repo).RunAsync("status")).Errors}";
        Golden.Matches(text.Replace(repo.Root + "/", "", StringComparison.Ordinal), "promotion-mistakes.txt");
    }

    [Fact(Timeout = 120_000)]
    [Trait("speed", "slow")]
    public async Task After_a_kill_the_next_promotion_goes_on_with_the_same_job()
    {
        Engine.Required();
        using var repo = Repo(seconds: 5);
        var mlops = In(repo);
        var delivered = await mlops.RunAsync("ci", "--env", "dev");
        Assert.True(delivered.ExitCode == 0, delivered.All);
        var job = await KillWhenRunningAsync(repo, TestContext.Current.CancellationToken);
        var after = await mlops.RunAsync("promote", "--to", "staging");
        Assert.True(after.ExitCode == 0, after.All);
        Assert.Contains($"found {job}", after.Output + after.Errors, StringComparison.Ordinal);
        var ledger = (await mlops.RunAsync("ledger", "staging", "--output", "json")).Json.AsArray();
        Assert.Equal(["started", "started", "completed"], ledger.Select(entry => entry!["state"]!.GetValue<string>()));
    }

    /// <returns>The job that ran when its promotion was killed.</returns>
    private static async Task<string> KillWhenRunningAsync(SampleRepo repo, CancellationToken cancel)
    {
        var start = new ProcessStartInfo("dotnet", [Mlops.Program, "promote", "--to", "staging"]) { WorkingDirectory = repo.Root, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        (start.Environment["MLOPS_HOME"], start.Environment["MLOPS_CLOUD"]) = (repo.Home, "local");
        using var process = Process.Start(start)!;
        var job = "";
        var errors = process.StandardError.ReadToEndAsync(cancel);
        while (await process.StandardOutput.ReadLineAsync(cancel) is { } line)
        {
            job = line.Split(' ').FirstOrDefault(word => word.Contains("/pipelineJobs/", StringComparison.Ordinal)) ?? job;
            if (line.Contains("hello running", StringComparison.Ordinal))
            {
                Assert.Equal(0, Kill(process.Id, SigKill));
            }
        }

        await process.WaitForExitAsync(cancel);
        Assert.True(process.ExitCode != 0 && job.Length > 0, await errors);
        return job;
    }

    private static (int Code, byte[] Output, string Errors) Skopeo(params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo("skopeo", arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;
            using var output = new MemoryStream();
            process.StandardOutput.BaseStream.CopyTo(output);
            var errors = process.StandardError.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, output.ToArray(), errors);
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            return (127, [], error.Message);
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int pid, int signal);
}

using System.Text.Json.Nodes;
using MlOps.Testing;

namespace MlOps.Cli.Tests;

/// <summary>
/// What comes after a compiler that is not ours: check, pin, upload, run. In place of KFP and TFX, which are not in every
/// registry's reach, scripts hand over what KFP has once compiled, TFX's as the job that it makes around a pipeline.
/// </summary>
public sealed class OtherCompilerTests
{
    private static readonly string Compiled = Path.Combine(Shared.Path("goldens", "run"), "loop_maps.json");

    private static readonly string Kfp = $"""
        #!/bin/sh
        # kfp dsl compile --py FILE --output FILE
        [ "$1 $2 $3 $5" = 'dsl compile --py --output' ] && [ -f "$4" ] && sed "s|busybox:1.36|$IMAGE_HELLO|" '{Compiled}' >"$6"

        """;

    private static readonly string Tfx = $"""
        import json, os
        spec = json.load(open('{Compiled}'))
        for executor in spec['deploymentSpec']['executors'].values():
            executor['container']['image'] = os.environ['IMAGE_HELLO']
        job = dict(displayName='scoring', pipelineSpec=spec, runtimeConfig=dict(gcsOutputDirectory='gs://unused'))
        json.dump(job, open(os.environ['MLOPS_OUTPUT'], 'w'))

        """;

    [Fact]
    [Trait("speed", "slow")]
    public async Task What_another_compiler_made_is_checked_and_runs_with_the_image_just_pushed()
    {
        Engine.Required();
        using var repo = Repo();
        var kfp = repo.Write("../bin/kfp", Kfp);
        File.SetUnixFileMode(kfp, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var mlops = new Mlops(repo.Root, repo.Home) { Environment = { ["PATH"] = $"{Path.GetDirectoryName(kfp)}:{Environment.GetEnvironmentVariable("PATH")}" } };

        var outcome = await mlops.RunAsync("ci", "--env", "local");

        Assert.True(outcome.ExitCode == 0, outcome.All);
        AssertRan(repo, "training", "scoring");
        await AssertIsComponentAsync(repo);

        // An image that is not the one just pushed is refused.
        repo.Write("../bin/kfp", Kfp.Replace("$IMAGE_HELLO", "${IMAGE_HELLO%@*}@sha256:" + new string('0', 64), StringComparison.Ordinal));
        repo.Write("pipelines/inner/other.py", "# a module that a pipeline may take in\n");
        var refused = await mlops.RunAsync("compile", "--env", "local");
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("[foreign-digest]", refused.Errors);

        // So is one that is not pinned, at its line of what was compiled.
        repo.Write("../bin/kfp", Kfp.Replace("$IMAGE_HELLO", "python:3.11", StringComparison.Ordinal));
        repo.Write("pipelines/inner/other.py", "# changed\n");
        var unpinned = await mlops.RunAsync("compile", "--env", "local");
        Assert.Equal(2, unpinned.ExitCode);
        Assert.Matches(@"\.mlops/compiled/training\.json:\d+:\d+: error: The image 'python:3\.11' .* \[unpinned-image\]", unpinned.Errors);
    }

    /// <summary>What was uploaded is a component of other pipelines: by version, and by tag with a warning that tells the version.</summary>
    private static async Task AssertIsComponentAsync(SampleRepo repo)
    {
        var uploaded = JsonNode.Parse(File.ReadAllText(repo.PathOf(".mlops/upload.json")))!["pipelines"]![0]!;
        var (uri, tag) = (uploaded["uri"]!.GetValue<string>(), uploaded["tags"]![0]!.GetValue<string>());
        var byTag = uri[..(uri.LastIndexOf('/') + 1)] + tag;
        repo.Write("../nest.yaml", $"name: nest\ntasks:\n  a: {{component: '{uri}'}}\n  b: {{component: '{byTag}', after: [a]}}\noutputs: {{all: '${{{{ tasks.b.outputs.all }}}}'}}\n");

        var outcome = await new Mlops(repo.Root, repo.Home).RunAsync("compile", "../nest.yaml", "--out-dir", "..");

        Assert.True(outcome.ExitCode == 0, outcome.All);
        Assert.Contains($"nest.yaml:4:18: warning: {byTag} may be another one tomorrow. Pin it: {uri} [unpinned-reference]", outcome.Errors);
        Assert.Contains("\"comp-a\"", File.ReadAllText(repo.PathOf("../nest.json")));
    }

    private static SampleRepo Repo()
    {
        var repo = new SampleRepo();
        repo.Write("pipelines/training.py", "from kfp import dsl\n");
        repo.Write("pipelines/scoring.py", Tfx);
        repo.Replace("mlops.yaml", "greet: {source: pipelines/greet.yaml}", "training: {source: pipelines/training.py}\n  scoring: {source: pipelines/scoring.py, compiler: tfx}");
        repo.Replace("mlops.yaml", "run: {pipeline: greet, parameters: settings.yaml}", "run: [training, scoring]");
        repo.Commit("other compilers");
        return repo;
    }

    private static void AssertRan(SampleRepo repo, params string[] pipelines)
    {
        var runs = JsonNode.Parse(File.ReadAllText(repo.PathOf(".mlops/run.json")))!["runs"]!.AsArray();
        Assert.Equal(pipelines, runs.Select(run => run!["pipeline"]!.GetValue<string>()));
        Assert.All(runs, run =>
        {
            Assert.Equal("SUCCEEDED", run!["state"]!.GetValue<string>());
            Assert.Equal(["x|k1", "y|k2"], run["outputs"]!["all"]!.AsArray().Select(one => one!.GetValue<string>()));
        });
        Assert.All(pipelines, name => Assert.Matches("ml/hello@sha256:[0-9a-f]{64}", File.ReadAllText(repo.PathOf($".mlops/pipelines/{name}.json"))));
    }
}

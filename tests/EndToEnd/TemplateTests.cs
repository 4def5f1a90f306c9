using System.Diagnostics;
using System.Text.Json.Nodes;
using MlOps.Core.Problems;
using MlOps.Pipelines.Ir;
using MlOps.Testing;

namespace MlOps.Cli.Tests;

/// <summary>The small templates, from `mlops init` to a release.</summary>
public sealed class TemplateTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Repo => Path.Combine(_folder.Path, "repo");

    private string Home => Path.Combine(_folder.Path, "home");

    [Fact]
    [Trait("speed", "slow")]
    public async Task The_pipeline_in_Csharp_is_delivered()
    {
        Engine.Required();
        await InitAsync("csharp-pipeline");

        var outcome = await new Mlops(Repo, Home).RunAsync("ci", "--env", "local");

        Assert.True(outcome.ExitCode == 0, outcome.All);
        Assert.DoesNotContain("warning", outcome.Errors, StringComparison.Ordinal);
        Assert.Equal(["choose", "data", "final", "notify", "trial", "trial", "trial"], Tasks().Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("kfp-python", "components/train/train.py", "components/evaluate/evaluate.py")]
    [InlineData("tfx-python", "components/tfx/model.py")]
    public async Task A_template_in_Python_is_Python_and_lints_clean(string template, params string[] modules)
    {
        await InitAsync(template);
        await CompileAsync(["-m", "py_compile", "pipelines/training.py", .. modules], []);

        var outcome = await new Mlops(Repo, Home).RunAsync("lint", "--env", "local");

        Assert.True(outcome.ExitCode == 0 && !outcome.Errors.Contains("warning", StringComparison.Ordinal), outcome.All);
    }

    [Fact]
    [Trait("speed", "slow")]
    public async Task The_pipeline_of_KFP_is_delivered_where_KFP_is()
    {
        Engine.Required();
        await RequireAsync("kfp");
        await InitAsync("kfp-python");

        var outcome = await new Mlops(Repo, Home).RunAsync("ci", "--env", "local");

        Assert.True(outcome.ExitCode == 0, outcome.All);
        Assert.Equal(["choose", "evaluate", "make-data", "notify", "train", "train", "train", "train-2"], Tasks().Order(StringComparer.Ordinal));
    }

    /// <summary>Its image is several GB: what is compiled is checked, and not run.</summary>
    [Fact]
    [Trait("speed", "slow")]
    public async Task The_pipeline_of_TFX_compiles_and_checks_clean_where_TFX_is()
    {
        await RequireAsync("tfx");
        await InitAsync("tfx-python");
        var output = Path.Combine(_folder.Path, "training.json");
        await CompileAsync(["pipelines/training.py"], new() { ["MLOPS_OUTPUT"] = output, ["IMAGE_TFX"] = "reg.example/tfx@sha256:" + new string('a', 64) });

        var problems = new List<Problem>();
        PipelineChecker.Check(PipelineFile.Parse(output, File.ReadAllText(output), problems)!, allowTags: false, problems);

        Assert.Empty(problems);
    }

    // Neither is in every registry's reach.
    private static async Task RequireAsync(string module) => Assert.SkipUnless(
        (await PythonAsync(["-c", $"import {module}"], Directory.GetCurrentDirectory(), [])).Code == 0,
        $"python3 cannot import {module}: pip install {module}.");

    private async Task CompileAsync(string[] arguments, Dictionary<string, string> environment)
    {
        var (code, errors) = await PythonAsync(arguments, Repo, environment);
        Assert.True(code == 0, errors);
    }

    private static async Task<(int Code, string Errors)> PythonAsync(string[] arguments, string folder, Dictionary<string, string> environment)
    {
        var start = new ProcessStartInfo("python3", arguments) { WorkingDirectory = folder, RedirectStandardError = true, UseShellExecute = false };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var python = Process.Start(start)!;
        var errors = await python.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await python.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (python.ExitCode, errors);
    }

    private async Task InitAsync(string template)
    {
        var made = await new Mlops(_folder.Path, Home).RunAsync("init", template, "repo");
        Assert.True(made.ExitCode == 0, made.All);
    }

    /// <summary>Names of the tasks that ran, all of which succeeded.</summary>
    private IEnumerable<string> Tasks()
    {
        var run = JsonNode.Parse(File.ReadAllText(Path.Combine(Repo, ".mlops", "run.json")))!["runs"]![0]!;
        Assert.Equal("SUCCEEDED", run["state"]!.GetValue<string>());
        Assert.All(run["tasks"]!.AsArray(), task => Assert.Equal("SUCCEEDED", task!["state"]!.GetValue<string>()));
        return run["tasks"]!.AsArray().Select(task => task!["name"]!.GetValue<string>());
    }

    public void Dispose() => _folder.Dispose();
}

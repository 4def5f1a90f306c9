using System.Text.Json.Nodes;
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

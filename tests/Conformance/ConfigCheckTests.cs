using MlOps.Cli.Tests;
using MlOps.Testing;

namespace MlOps.Conformance.Tests;

/// <summary><c>mlops config check</c> against the verdicts of cloud-build-local and of the documentation, all files in one call.</summary>
public sealed class ConfigCheckTests
{
    [Fact]
    public async Task Every_configuration_gets_its_verdict()
    {
        using var folder = new TemporaryFolder();
        var cases = VectorSet.Read("validation");
        foreach (var vector in cases)
        {
            folder.Write($"{vector["id"]}.yaml", vector["text"]!.GetValue<string>());
        }

        var outcome = await new Mlops(folder.Path, folder.Path).RunAsync(["config", "check", "--output", "json", .. cases.Select(vector => $"{vector["id"]}.yaml")]);
        var refused = outcome.Json.AsArray().Where(problem => problem!["severity"]!.GetValue<string>() == "error").Select(problem => problem!["file"]!.GetValue<string>()).ToHashSet();
        Assert.Equal(2, outcome.ExitCode);
        VectorSet.AssertNone([.. cases.Where(vector => !VectorSet.IsDoubted(vector) && vector["ok"]!.GetValue<bool>() == refused.Contains($"{vector["id"]}.yaml")).Select(vector => vector.ToJsonString())]);
    }
}

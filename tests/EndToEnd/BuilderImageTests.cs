using MlOps.Testing;

namespace MlOps.Cli.Tests;

/// <summary>
/// The builder image as a build step of Cloud Build's: the repo mounted at /workspace, the engine's socket beside it
/// (https://cloud.google.com/build/docs/build-config-file-schema).
/// </summary>
public sealed class BuilderImageTests
{
    private static Outcome Step(SampleRepo repo, string flavour, params string[] arguments) => Step(repo, ["--env", "MLOPS_HOME=/workspace/.mlops/home"], flavour, arguments);

    private static Outcome Step(SampleRepo repo, string[] options, string flavour, params string[] arguments)
    {
        var docker = Engine.Run(
        [
            "run", "--rm", "--volume", repo.Root + ":/workspace", "--volume", "/var/run/docker.sock:/var/run/docker.sock", .. options,
            "mlops-builder:" + flavour, .. arguments,
        ]);
        return new Outcome(docker.Code, docker.Output, docker.Errors);
    }

    private static void Required(string flavour)
    {
        Engine.Required();
        Assert.SkipUnless(Engine.Run("image", "inspect", "mlops-builder:" + flavour).Code == 0, $"The image mlops-builder:{flavour} is not on the engine: 'make image' makes it.");
    }

    [Fact]
    [Trait("speed", "slow")]
    public void Lint_build_and_compile_as_build_steps_that_share_a_workspace()
    {
        Required("slim");
        using var repo = new SampleRepo();
        var commit = repo.Git("rev-parse", "HEAD");
        foreach (var arguments in new string[][] { ["checkout"], ["lint"], ["build"], ["compile", "--allow-tags", "pipelines/greet.yaml", "--out-dir", ".mlops/out"] })
        {
            var outcome = Step(repo, "slim", arguments);
            Assert.True(outcome.ExitCode == 0, outcome.All);
        }

        Assert.Single(Engine.Images($"us-central1-docker.pkg.dev/local/ml/hello:{commit}"));
        Assert.Contains("\"pipelineInfo\"", File.ReadAllText(repo.PathOf(".mlops/out/greet.json")));
    }

    [Fact]
    [Trait("speed", "slow")]
    public async Task A_whole_delivery_in_the_image_against_the_cloud_of_the_machine()
    {
        Required("slim");
        using var repo = new SampleRepo();
        var mlops = new Mlops(repo.Root, repo.Home);
        Assert.Equal(0, (await mlops.RunAsync("cloud", "up")).ExitCode);
        try
        {
            var address = (await mlops.RunAsync("cloud", "status", "--output", "json")).Json["http"]!.GetValue<string>();
            var outcome = Step(repo, ["--network", "host", "--env", "MLOPS_CLOUD=" + address], "slim", "ci");
            Assert.True(outcome.ExitCode == 0, outcome.All);
            Assert.Single((await mlops.RunAsync("release", "list", "--output", "json")).Json.AsArray());
        }
        finally
        {
            await mlops.RunAsync("cloud", "down");
        }
    }

    [Fact]
    [Trait("speed", "slow")]
    public void A_build_that_needs_what_the_flavour_lacks_names_it()
    {
        Required("slim");
        using var repo = new SampleRepo();
        File.Delete(repo.PathOf("components/hello/Dockerfile"));
        repo.Write("components/hello/Hello.csproj", "<Project Sdk=\"Microsoft.NET.Sdk\"><PropertyGroup><TargetFramework>net10.0</TargetFramework><OutputType>Exe</OutputType></PropertyGroup></Project>\n");
        repo.Write("components/hello/Program.cs", "System.Console.WriteLine();\n");
        repo.Commit("a .NET project");
        Assert.Equal(0, Step(repo, "slim", "checkout").ExitCode);
        var outcome = Step(repo, "slim", "build");

        Assert.True(outcome.ExitCode == 3, outcome.All);
        Assert.Contains("mlops-builder:dotnet", outcome.Errors);
    }

    [Fact]
    public void Every_flavour_says_its_version_and_needs_no_root()
    {
        foreach (var flavour in new[] { "slim", "dotnet" })
        {
            Required(flavour);
            var (code, output, errors) = Engine.Run("run", "--rm", "--user", "65534:65534", "mlops-builder:" + flavour, "--version");
            Assert.True(code == 0, errors);
            Assert.Matches(@"^\d+\.\d+\.\d+", output);
        }
    }
}

using System.Diagnostics;
using MlOps.LocalCloud.Hosting;
using MlOps.Cli.Tests;
using MlOps.Testing;

namespace MlOps.Conformance.Tests.Clients;

/// <summary>A local cloud with its proxy for one class of tests, and the machine's own gcloud pointed at it by `mlops cloud env`.</summary>
public sealed class GcloudCloud : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private Dictionary<string, string?> _environment = [];

    public string Folder => _folder.Path;

    public Uri Grpc { get; private set; } = null!;

    /// <summary>Of builds' steps: it is on the engine already, so that nothing is pulled.</summary>
    public const string Image = "busybox:1.36";

    private Mlops Mlops => new(Folder, Path.Combine(Folder, "home"));

    public async ValueTask InitializeAsync()
    {
        var up = await Mlops.RunAsync("cloud", "up", "--gcloud");
        Assert.True(up.ExitCode == 0, up.All);
        var env = await Mlops.RunAsync("cloud", "env", "--output", "json");
        Assert.True(env.ExitCode == 0, env.All);
        _environment = env.Json.AsObject().ToDictionary(variable => variable.Key, variable => (string?)variable.Value!.ToString());
        _environment["CLOUDSDK_CONFIG"] = Path.Combine(Folder, "gcloud");
        _environment["CLOUDSDK_CORE_DISABLE_PROMPTS"] = "true";
        Grpc = LocalCloudOwner.Find(Path.Combine(Folder, "home", "cloud"))!.Grpc;
    }

    public async ValueTask DisposeAsync()
    {
        await Mlops.RunAsync("cloud", "down");
        _folder.Dispose();
    }

    /// <summary>Runs gcloud; skips the test, saying so, where it is not installed.</summary>
    internal Task<Outcome> RunAsync(params string[] arguments) => RunAsync("gcloud", Folder, arguments);

    /// <summary>What gcloud printed on stdout, trimmed, if it succeeded.</summary>
    public async Task<string> OkAsync(params string[] arguments)
    {
        var outcome = await RunAsync(arguments);
        Assert.True(outcome.ExitCode == 0, outcome.All);
        return outcome.Output.Trim();
    }

    public string Write(string name, string text) => _folder.Write(name, text);

    internal async Task<Outcome> RunAsync(string program, string folder, string[] arguments)
    {
        Assert.SkipUnless(IsInstalled(program), $"There is no {program} on this machine.");
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, UseShellExecute = false };
        foreach (var (name, value) in _environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var cancel = TestContext.Current.CancellationToken;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(cancel), process.StandardError.ReadToEndAsync(cancel));
        await process.WaitForExitAsync(cancel);
        return new Outcome(process.ExitCode, await output, await errors);
    }

    /// <summary>Skips the test, saying why, where no engine answers or it lacks the image.</summary>
    internal static void EngineRequired()
    {
        Assert.SkipUnless(IsInstalled("docker"), "There is no docker on this machine.");
        using var docker = Process.Start(new ProcessStartInfo("docker", ["image", "inspect", Image]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;
        docker.StandardOutput.ReadToEnd();
        docker.WaitForExit();
        Assert.SkipUnless(docker.ExitCode == 0, $"No Docker engine answers, or it has no image {Image}: 'make base-images' makes it.");
    }

    private static bool IsInstalled(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, program)));
}

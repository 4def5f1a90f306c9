using System.ComponentModel;
using System.Diagnostics;
using MlOps.Containers;
using MlOps.Core.Problems;

namespace MlOps.Cli.Sessions;

/// <param name="Needed">Nothing works without it; otherwise only what <paramref name="Detail"/> names.</param>
internal sealed record DoctorCheck(string Name, bool Found, bool Needed, string Detail);

/// <summary>Looks for what the verbs use on this machine.</summary>
internal static class Doctor
{
    public static IReadOnlyList<Func<CancellationToken, Task<DoctorCheck>>> Checks { get; } =
    [
        EngineAsync,
        cancel => ToolAsync("docker-registry", "--version", needed: false, "the local cloud's registry; Debian's package docker-registry, else the image registry:2 is run", cancel),
        cancel => ToolAsync("git", "--version", needed: false, "for people; mlops reads git repos by itself", cancel),
        cancel => ToolAsync("dotnet", "--version", needed: false, "publishes components that are .NET projects without a Dockerfile, runs pipelines in C#; https://dot.net", cancel),
        cancel => ToolAsync("python3", "--version", needed: false, "pipelines written in Python", cancel),
        cancel => ToolAsync("kfp", "--version", needed: false, "compiler: kfp; pip install kfp", cancel),
    ];

    private static async Task<DoctorCheck> EngineAsync(CancellationToken cancel)
    {
        try
        {
            await using var engine = await ContainerEngine.ConnectAsync(cancel);
            return new DoctorCheck("Docker engine", Found: true, Needed: true, $"version {engine.Version}");
        }
        catch (MachineLacksException lacks)
        {
            return new DoctorCheck("Docker engine", Found: false, Needed: true, $"{lacks.What} {lacks.Remedy}");
        }
    }

    private static async Task<DoctorCheck> ToolAsync(string name, string argument, bool needed, string use, CancellationToken cancel)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(name, argument) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;
            var output = await process.StandardOutput.ReadToEndAsync(cancel);
            await process.WaitForExitAsync(cancel);
            return new DoctorCheck(name, process.ExitCode == 0, needed, output.Split('\n')[0].Trim());
        }
        catch (Win32Exception)
        {
            return new DoctorCheck(name, Found: false, needed, use);
        }
    }
}

using System.ComponentModel;
using System.Diagnostics;
using MlOps.Core.Problems;

namespace MlOps.Cli.Sessions;

/// <summary>A command in a container, on this process's own terminal: Docker's command does that, window sizes and signals included.</summary>
internal static class Terminal
{
    /// <exception cref="MachineLacksException">There is no docker command.</exception>
    public static async Task ExecAsync(string container, IReadOnlyList<string> command, CancellationToken cancel)
    {
        var interactive = Console.IsInputRedirected ? "-i" : "-it";
        using var process = new Process { StartInfo = new ProcessStartInfo("docker", ["exec", interactive, container, .. command]) { UseShellExecute = false } };
        try
        {
            process.Start();
        }
        catch (Win32Exception)
        {
            throw new MachineLacksException("The command 'docker' is not on this machine; a shell in a container is opened with it.", "Install Docker's command line (Debian: docker.io or docker-cli).");
        }

        try
        {
            await process.WaitForExitAsync(cancel);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }
}

using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Xunit;

namespace MlOps.Testing;

/// <summary>The distribution project's registry (Debian's package <c>docker-registry</c>) as a child process on a port of its own; removed with all that it holds.</summary>
public sealed class RegistryProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly TemporaryFolder _folder;
    private int _disposed;

    private RegistryProcess(Process process, TemporaryFolder folder, int port) => (_process, _folder, Port) = (process, folder, port);

    public int Port { get; }

    /// <summary><c>127.0.0.1:PORT</c></summary>
    public string Host => $"127.0.0.1:{Port}";

    public Uri Address => new($"http://{Host}");

    /// <summary>Started and listening; skips the test, saying so, where the package is not installed.</summary>
    /// <param name="refuses">Nobody is let in without a password, which nobody has.</param>
    public static async Task<RegistryProcess> StartAsync(bool refuses = false)
    {
        Assert.SkipUnless(
            (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, "docker-registry"))),
            "There is no docker-registry on this machine: apt-get install docker-registry.");
        var folder = new TemporaryFolder();
        var port = FreePort();
        var config = folder.Write("config.yml", $$"""
            version: 0.1
            storage:
              filesystem: {rootdirectory: "{{folder.Path}}/data"}
              delete: {enabled: true}
            http: {addr: "127.0.0.1:{{port}}"}
            {{(refuses ? $"auth: {{htpasswd: {{realm: registry, path: \"{folder.Path}/passwords\"}}}}" : "")}}
            """);
        var process = new Process { StartInfo = new ProcessStartInfo("docker-registry", ["serve", config]) { UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true } };
        var listening = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is null)
            {
                listening.TrySetException(new InvalidOperationException("docker-registry ended before it listened."));
            }
            else if (line.Data.Contains("listening on", StringComparison.Ordinal))
            {
                listening.TrySetResult();
            }
        };
        process.Start();
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        await listening.Task;
        return new RegistryProcess(process, folder, port);
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync(CancellationToken.None);
        }

        _process.Dispose();
        _folder.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

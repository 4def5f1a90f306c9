using System.Diagnostics;
using MlOps.Core.Images;
using MlOps.Google.Registry;
using MlOps.Google.Retry;
using MlOps.Testing;

namespace MlOps.Google.Tests.Servers;

/// <summary>The real distribution registry as a process of its own, on a free port of the loopback interface.</summary>
internal sealed class DistributionRegistry : IAsyncDisposable
{
    private const string Program = "/usr/bin/docker-registry";
    private readonly TemporaryFolder _folder = new();
    private Process _process = null!;

    public string Host { get; private set; } = "";

    public ImageReference Image(string path) => ImageReference.Parse($"{Host}/{path}");

    public static async Task<DistributionRegistry> StartAsync()
    {
        Assert.SkipUnless(File.Exists(Program), "The distribution registry (Debian package docker-registry) is not installed.");
        var registry = new DistributionRegistry { Host = TestServer.Nobody().Authority };
        var config = registry._folder.Write("config.yml", $$"""
            version: 0.1
            log: {level: error}
            storage: {filesystem: {rootdirectory: "{{registry._folder.Path}}/data"}, delete: {enabled: true} }
            http: {addr: "{{registry.Host}}"}
            """);
        registry._process = Process.Start(new ProcessStartInfo(Program, ["serve", config]) { RedirectStandardError = true, RedirectStandardOutput = true, UseShellExecute = false })!;
        registry._process.BeginErrorReadLine();
        registry._process.BeginOutputReadLine();
        var patient = new RetryPolicy { Attempts = 100, FirstDelay = TimeSpan.FromMilliseconds(20), LongestDelay = TimeSpan.FromMilliseconds(200) };
        await new RegistryClient(GcpEndpoint.Google, RegistryCredentials.None, patient).PingAsync(registry.Host, TestContext.Current.CancellationToken);
        return registry;
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
        _folder.Dispose();
    }
}

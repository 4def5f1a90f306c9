using MlOps.Google.Cloud;
using MlOps.LocalCloud.Hosting;
using MlOps.Testing;

namespace MlOps.Google.Tests.LocalCloud;

/// <summary>A local cloud of a test's own, found by its address as a container finds it.</summary>
internal sealed class RunningCloud : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private CloudHost _cloud = null!;

    public GcpEndpoint Endpoint { get; private set; } = null!;

    public static async Task<RunningCloud> StartAsync(bool needsRegistry = false)
    {
        Assert.SkipWhen(needsRegistry && !File.Exists("/usr/bin/docker-registry"), "The distribution registry (Debian package docker-registry) is not installed.");
        var running = new RunningCloud();
        running._cloud = await CloudHost.StartAsync(new LocalCloudOptions(Path.Combine(running._folder.Path, "cloud")), TestContext.Current.CancellationToken);
        var address = await LocalCloudAddress.AskAsync(running._cloud.Http, TestContext.Current.CancellationToken);
        Assert.Equal((running._cloud.Instance, running._cloud.Http, running._cloud.Grpc), (address.Instance, address.Http, address.Grpc));
        running.Endpoint = address.Endpoint();
        return running;
    }

    public async ValueTask DisposeAsync()
    {
        await _cloud.DisposeAsync();
        _folder.Dispose();
    }
}

using MlOps.Google.Cloud;
using MlOps.LocalCloud.Hosting;
using MlOps.Testing;

[assembly: AssemblyFixture(typeof(MlOps.Google.Tests.LocalCloud.TwoClouds))]

namespace MlOps.Google.Tests.LocalCloud;

/// <summary>Two local clouds, each with its registry, shared by all tests that ask for them and started by the first.</summary>
public sealed class TwoClouds : IAsyncDisposable
{
    private readonly Lazy<Task<RunningCloud[]>> _started = new(() => Task.WhenAll(RunningCloud.StartAsync(), RunningCloud.StartAsync()));

    internal RunningCloud Source => _started.Value.Result[0];

    internal RunningCloud Target => _started.Value.Result[1];

    /// <summary>Skips the test where the machine has no registry.</summary>
    public Task StartedAsync()
    {
        Assert.SkipUnless(RunningCloud.HasRegistry, RunningCloud.NoRegistry);
        return _started.Value;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var cloud in _started.IsValueCreated ? await _started.Value : [])
        {
            await cloud.DisposeAsync();
        }
    }
}

/// <summary>A local cloud of a test's own, found by its address as a container finds it.</summary>
internal sealed class RunningCloud : IAsyncDisposable
{
    public const string NoRegistry = "The distribution registry (Debian package docker-registry) is not installed.";

    private readonly TemporaryFolder _folder = new();
    private CloudHost _cloud = null!;

    public static bool HasRegistry => File.Exists("/usr/bin/docker-registry");

    public GcpEndpoint Endpoint { get; private set; } = null!;

    public static async Task<RunningCloud> StartAsync(bool needsRegistry = false)
    {
        Assert.SkipWhen(needsRegistry && !HasRegistry, NoRegistry);
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

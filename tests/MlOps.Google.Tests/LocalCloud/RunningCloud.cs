using MlOps.Google.Cloud;
using MlOps.LocalCloud.Hosting;
using MlOps.Testing;

namespace MlOps.Google.Tests.LocalCloud;

/// <summary>Two local clouds, each with its registry, for one class of tests; null where the machine has no registry.</summary>
public sealed class TwoClouds : IAsyncLifetime
{
    private RunningCloud? _source, _target;

    internal RunningCloud Source => Required(_source);

    internal RunningCloud Target => Required(_target);

    public async ValueTask InitializeAsync()
    {
        if (RunningCloud.HasRegistry)
        {
            (_source, _target) = (await RunningCloud.StartAsync(), await RunningCloud.StartAsync());
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var cloud in new[] { _source, _target }.OfType<RunningCloud>())
        {
            await cloud.DisposeAsync();
        }
    }

    private static RunningCloud Required(RunningCloud? cloud)
    {
        Assert.SkipWhen(cloud is null, RunningCloud.NoRegistry);
        return cloud;
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

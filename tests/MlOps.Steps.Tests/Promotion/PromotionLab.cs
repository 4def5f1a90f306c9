using System.Globalization;
using MlOps.Google;
using MlOps.LocalCloud.Hosting;
using MlOps.Testing;

namespace MlOps.Steps.Tests.Promotion;

/// <summary>A local cloud of a test class's own, on real sockets; each test has a repo of its own in it. Nothing here needs an engine.</summary>
public sealed class PromotionLab : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<IAsyncDisposable> _later = [];
    private CloudHost _host = null!;
    private int _repos;

    internal ShiftedTime CloudTime { get; } = new();

    public GcpEndpoint Endpoint => GcpEndpoint.Local(_host.Http, _host.Grpc);

    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public string StorageFolder => Path.Combine(_folder.Path, "cloud", "storage");

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(
            (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, "docker-registry"))),
            "There is no docker-registry on this machine: apt-get install docker-registry.");
        _host = await CloudHost.StartAsync(new LocalCloudOptions(Path.Combine(_folder.Path, "cloud")) { Time = CloudTime }, Cancel);
    }

    /// <param name="registries">The environments have registries of their own; else all read dev's.</param>
    internal PromotionRepo Repo(bool registries = false, string gates = "", string stagingGates = "", PromotionRepo? devOf = null, TimeProvider? time = null) =>
        new(this, $"p{Interlocked.Increment(ref _repos).ToString(CultureInfo.InvariantCulture)}", registries, gates, stagingGates, devOf) { Time = time ?? TimeProvider.System };

    internal async Task<WriteProxy> ProxyAsync(int? diesAt = null, Fate fate = Fate.Killed, Func<Microsoft.AspNetCore.Http.HttpContext, Task<bool>>? answer = null)
    {
        var proxy = await WriteProxy.StartAsync(Endpoint, diesAt, fate, answer);
        lock (_later)
        {
            _later.Add(proxy);
        }

        return proxy;
    }

    /// <summary>What a killed client held has ended.</summary>
    internal void PassLease() => CloudTime.Pass(TimeSpan.FromSeconds(31));

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_later.Select(one => one.DisposeAsync().AsTask()));

        if (_host is not null)
        {
            await _host.DisposeAsync();
        }

        _folder.Dispose();
    }
}

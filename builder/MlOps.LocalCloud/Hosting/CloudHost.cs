using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MlOps.Google.Cloud;
using MlOps.LocalCloud.Hosting.Requests;
using MlOps.LocalCloud.Kfp;
using MlOps.LocalCloud.Proxy;

namespace MlOps.LocalCloud.Hosting;

/// <summary>
/// The part of Google Cloud that this project needs, in this process: REST, Storage, KFP and <c>/v2/</c> on one port of
/// loopback (HTTP/1.1), gRPC on another (h2c). State outlives it; stop it by disposing.
/// </summary>
public sealed class CloudHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly StateLock _lock;
    private readonly LocalCloudOptions _options;
    private readonly CloudServices _services;
    private int _disposed;

    private CloudHost(LocalCloudOptions options, CloudIdentity identity, StateLock stateLock, CloudServices services, WebApplication app)
    {
        (_options, _lock, _services, _app) = (options, stateLock, services, app);
        Proxy = options.Gcloud ? Address(identity.Proxy) : null;
        Instance = identity.Instance;
        Http = Address(identity.Http);
        Grpc = Address(identity.Grpc);
    }

    /// <summary>The cloud's id, kept with its state; everything made on the engine carries the label <c>mlops.cloud=INSTANCE</c>.</summary>
    public string Instance { get; }

    public Uri Http { get; }

    public Uri Grpc { get; }

    /// <summary>The proxy for Google's hosts; null where it was not asked for.</summary>
    public Uri? Proxy { get; }

    /// <summary>Where it is, for others.</summary>
    public LocalCloudOwner Owner => new(Instance, Environment.ProcessId, Http, Grpc, Proxy);

    /// <summary>How images come to the engine and leave it.</summary>
    internal Registry.ImageTransport Images => _services.Images;

    /// <summary>Returns when both ports answer.</summary>
    /// <exception cref="LocalCloudOwnedException">A cloud already runs on this state; the exception holds its addresses.</exception>
    public static async Task<CloudHost> StartAsync(LocalCloudOptions options, CancellationToken cancel)
    {
        options = options with { StateFolder = Path.GetFullPath(options.StateFolder) };
        var stateLock = await StateLock.TakeAsync(options.StateFolder, options.Time, cancel);
        try
        {
            LocalCloudOwner.Erase(options.StateFolder);
            var cloud = await ServeAsync(options, stateLock, cancel);
            cloud.Owner.Write(options.StateFolder);
            return cloud;
        }
        catch
        {
            stateLock.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        LocalCloudOwner.Erase(_options.StateFolder);
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
        await _services.DisposeAsync();
        _lock.Dispose();
    }

    private static async Task<CloudHost> ServeAsync(LocalCloudOptions options, StateLock stateLock, CancellationToken cancel)
    {
        var identity = CloudIdentity.Of(options.StateFolder);
        var services = new CloudServices(options, identity);
        var app = Build(options, identity, services);
        try
        {
            await app.StartAsync(cancel);
            var cloud = new CloudHost(options, identity, stateLock, services, app);
            await cloud.ResumeAsync(cancel);
            return cloud;
        }
        catch
        {
            await app.DisposeAsync();
            await services.DisposeAsync();
            throw;
        }
    }

    /// <summary>Goes on with the runs that an earlier process has left; where it cannot (no engine), the other services are of use all the same.</summary>
    private async Task ResumeAsync(CancellationToken cancel)
    {
        if (!_services.HasState)
        {
            return;
        }

        foreach (var resumeAsync in new[] { _services.Vertex.ResumeAsync, _services.CloudBuild.ResumeAsync })
        {
            try
            {
                await resumeAsync(cancel);
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                Faults.ReportResume(_app.Logger, fault);
            }
        }
    }

    private static Uri Address(int port) => new($"http://127.0.0.1:{port}");

    private static WebApplication Build(LocalCloudOptions options, CloudIdentity identity, CloudServices services)
    {
        var proxy = options.Gcloud
            ? new ConnectProxy(CertificateAuthority.Of(options.StateFolder, identity.Instance, options.Time), identity.Proxy, new HashSet<int> { identity.Http, identity.Grpc }, options.Time)
            : null;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Configure(services.Gateway.Endpoints, reloadOnChange: true);
            kestrel.Listen(IPAddress.Loopback, identity.Http, listen => listen.Protocols = HttpProtocols.Http1);
            kestrel.Listen(IPAddress.Loopback, identity.Grpc, listen => listen.Protocols = HttpProtocols.Http2);
            proxy?.Listen(kestrel);
        });
        builder.Services.AddRouting();
        builder.Services.AddSingleton<IHostLifetime, NoSignals>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(3));
        var log = new CloudLog(options.StateFolder, options.Time);
        builder.Logging.AddProvider(log);
        GrpcApis.Add(builder.Services, services);
        var app = builder.Build();
        app.Use(new Faults(log).CatchAsync);
        if (proxy is not null)
        {
            app.Use(proxy.GuardAsync);
        }

        app.Use(GoogleHosts.RewriteAsync);
        app.Use(KfpPaths.RewriteAsync);
        app.Use(RestErrors.RewriteAsync);
        app.Use(EmptyBodies.RewriteAsync);
        app.UseRouting();
        app.Use(StrictRequests.CheckAsync);
        app.Use(UrlBase64.RewriteAsync);
        services.Map(app);
        app.MapGet(LocalCloudAddress.Path, context => TellAddressesAsync(context, identity));
        return app;
    }

    /// <summary>The first port tells the other, under the name by which the caller reached it (loopback or a network's gateway).</summary>
    private static Task TellAddressesAsync(HttpContext context, CloudIdentity identity)
    {
        var owner = new LocalCloudOwner(
            identity.Instance, Environment.ProcessId, new Uri($"http://{context.Request.Host.Host}:{identity.Http}"), new Uri($"http://{context.Request.Host.Host}:{identity.Grpc}"));
        context.Response.ContentType = "application/json";
        return JsonSerializer.SerializeAsync(context.Response.Body, owner, OwnerJson.Default.LocalCloudOwner, context.RequestAborted);
    }

    /// <summary>Signals are the command's business: it decides what an interrupt means.</summary>
    private sealed class NoSignals : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}

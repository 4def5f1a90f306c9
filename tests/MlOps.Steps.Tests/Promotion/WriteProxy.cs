using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using MlOps.Google;

namespace MlOps.Steps.Tests.Promotion;

/// <summary>What becomes of the n-th write, and of everything after it where the client dies there.</summary>
internal enum Fate
{
    /// <summary>The client dies before the write leaves it.</summary>
    Killed,

    /// <summary>The write is applied, and the client dies before it hears of it.</summary>
    KilledAfter,
}

/// <summary>
/// Stands between one client and a cloud, on ports of its own: HTTP/1.1 and h2c. It counts what changes something, and from one such
/// request on it may leave the client without any answer, as if its machine were gone. Requests may be answered by a test, too.
/// </summary>
internal sealed class WriteProxy : IAsyncDisposable
{
    private static readonly string[] NotForwarded = ["Transfer-Encoding", "Connection", "Keep-Alive", "Proxy-Connection", "Upgrade"];
    private readonly HttpMessageInvoker _client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, EnableMultipleHttp2Connections = true });
    private readonly CancellationTokenSource _ends = new();
    private readonly TaskCompletionSource _killed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly GcpEndpoint _cloud;
    private readonly WebApplication _app;
    private int _writes;

    private WriteProxy(GcpEndpoint cloud)
    {
        _cloud = cloud;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1);
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
        });
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromMilliseconds(100));
        _app = builder.Build();
        _app.Run(HandleAsync);
    }

    /// <summary>The number of the write at which the client dies; null: never.</summary>
    public int? DiesAt { get; init; }

    public Fate Fate { get; init; }

    /// <summary>Answers a request itself, or leaves it to the cloud by false.</summary>
    public Func<HttpContext, Task<bool>> Answer { get; init; } = _ => Task.FromResult(false);

    /// <summary>Comes when the client has died.</summary>
    public Task Killed => _killed.Task;

    public ConcurrentQueue<string> Writes { get; } = new();

    public GcpEndpoint Endpoint { get; private set; } = null!;

    public static async Task<WriteProxy> StartAsync(GcpEndpoint cloud, int? diesAt = null, Fate fate = Fate.Killed, Func<HttpContext, Task<bool>>? answer = null)
    {
        var proxy = new WriteProxy(cloud) { DiesAt = diesAt, Fate = fate, Answer = answer ?? (_ => Task.FromResult(false)) };
        await proxy._app.StartAsync(CancellationToken.None);
        var addresses = proxy._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Select(address => new Uri(address)).ToArray();
        proxy.Endpoint = GcpEndpoint.Local(addresses[0], addresses[1]);
        return proxy;
    }

    public async ValueTask DisposeAsync()
    {
        await _ends.CancelAsync();
        await _app.DisposeAsync();
        _client.Dispose();
        _ends.Dispose();
    }

    private async Task HandleAsync(HttpContext context)
    {
        if (_killed.Task.IsCompleted)
        {
            await SilenceAsync();
        }

        if (await Answer(context))
        {
            return;
        }

        var dies = IsWrite(context.Request) && Count(context.Request) == DiesAt;
        if (dies && Fate == Fate.Killed)
        {
            _killed.TrySetResult();
            await SilenceAsync();
        }

        using var response = await SendAsync(context);
        if (dies)
        {
            // The whole answer has come by now, so that the write has been applied.
            await response.Content.LoadIntoBufferAsync(_ends.Token);
            _killed.TrySetResult();
        }

        if (_killed.Task.IsCompleted)
        {
            await SilenceAsync();
        }

        await HandBackAsync(context, response);
    }

    private Task SilenceAsync() => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, _ends.Token);

    private int Count(HttpRequest request)
    {
        Writes.Enqueue($"{request.Method} {request.Path}");
        return Interlocked.Increment(ref _writes);
    }

    private static bool IsWrite(HttpRequest request)
    {
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
        {
            return false;
        }

        var call = request.Path.Value![(request.Path.Value!.LastIndexOf('/') + 1)..];
        return !HttpProtocol.IsHttp2(request.Protocol) || !(call.StartsWith("Get", StringComparison.Ordinal) || call.StartsWith("List", StringComparison.Ordinal));
    }

    private async Task<HttpResponseMessage> SendAsync(HttpContext context)
    {
        var isGrpc = HttpProtocol.IsHttp2(context.Request.Protocol);
        var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        using var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), new Uri(isGrpc ? _cloud.Grpc! : _cloud.Http!, context.Request.Path + context.Request.QueryString.Value))
        {
            Version = isGrpc ? HttpVersion.Version20 : HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        if (body.Length > 0 || context.Request.ContentLength is not null || context.Request.ContentType is not null)
        {
            request.Content = new ByteArrayContent(body.ToArray());
        }

        foreach (var (name, values) in context.Request.Headers.Where(header => !header.Key.StartsWith(':') && !NotForwarded.Contains(header.Key, StringComparer.OrdinalIgnoreCase)))
        {
            if (!request.Headers.TryAddWithoutValidation(name, values.ToArray()))
            {
                request.Content?.Headers.TryAddWithoutValidation(name, values.ToArray());
            }
        }

        return await _client.SendAsync(request, _ends.Token);
    }

    private static async Task HandBackAsync(HttpContext context, HttpResponseMessage response)
    {
        context.Response.StatusCode = (int)response.StatusCode;
        foreach (var (name, values) in response.Headers.Concat(response.Content.Headers).Where(header => !NotForwarded.Contains(header.Key, StringComparer.OrdinalIgnoreCase)))
        {
            context.Response.Headers[name] = values.ToArray();
        }

        var body = await response.Content.ReadAsByteArrayAsync(context.RequestAborted);
        if (!HttpMethods.IsHead(context.Request.Method) && body.Length > 0)
        {
            await context.Response.Body.WriteAsync(body, context.RequestAborted);
        }

        foreach (var (name, values) in response.TrailingHeaders)
        {
            context.Response.AppendTrailer(name, values.ToArray());
        }
    }
}

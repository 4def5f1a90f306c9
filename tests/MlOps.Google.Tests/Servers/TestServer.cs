using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace MlOps.Google.Tests.Servers;

/// <summary>A request as the server saw it.</summary>
internal sealed record Seen(string Method, string Path, string Query, IReadOnlyDictionary<string, string> Headers)
{
    public string? Authorization => Headers.GetValueOrDefault("Authorization");

    public override string ToString() => $"{Method} {Path}{Query}";
}

/// <summary>A server on a socket of its own that answers as it is told, and misbehaves on demand.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<Seen> _seen = new();
    private readonly Lock _lock = new();
    private readonly List<(Func<HttpRequest, bool> When, Fault Then)> _faults = [];
    private int _running;

    private TestServer(WebApplication app) => _app = app;

    public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    public string Host => Address.Authority;

    public IReadOnlyList<Seen> Requests => [.. _seen];

    /// <summary>Until no request is being answered: what a client has left behind is over.</summary>
    public async Task IdleAsync()
    {
        while (Volatile.Read(ref _running) > 0)
        {
            await Task.Yield();
        }
    }

    /// <summary>Starts on a free port of the loopback interface.</summary>
    public static async Task<TestServer> StartAsync(RequestDelegate handle, HttpProtocols protocols = HttpProtocols.Http1, Action<IServiceCollection>? services = null, Action<WebApplication>? map = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = protocols);
        });
        services?.Invoke(builder.Services);
        var app = builder.Build();
        var server = new TestServer(app);
        app.Use((context, next) => server.HandleAsync(context, next));
        map?.Invoke(app);
        app.Run(handle);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return server;
    }

    /// <summary>An address at which nothing listens.</summary>
    public static Uri Nobody()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return new Uri($"http://127.0.0.1:{((IPEndPoint)socket.LocalEndPoint!).Port}");
    }

    /// <summary>The next request that matches goes wrong; once for each time it is called.</summary>
    public void Next(Func<HttpRequest, bool> when, Fault then)
    {
        lock (_lock)
        {
            _faults.Add((when, then));
        }
    }

    public void Next(string method, string pathPart, Fault then) =>
        Next(request => request.Method == method && (request.Path + request.QueryString.Value).Contains(pathPart, StringComparison.Ordinal), then);

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task HandleAsync(HttpContext context, RequestDelegate next)
    {
        Interlocked.Increment(ref _running);
        try
        {
            await AnswerAsync(context, next);
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    private Task AnswerAsync(HttpContext context, RequestDelegate next)
    {
        var request = context.Request;
        _seen.Enqueue(new Seen(request.Method, request.Path, request.QueryString.Value ?? "", request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase)));
        Fault? fault = null;
        lock (_lock)
        {
            var index = _faults.FindIndex(one => one.When(request));
            if (index >= 0)
            {
                fault = _faults[index].Then;
                _faults.RemoveAt(index);
            }
        }

        return fault is null ? next(context) : fault.RunAsync(context, next);
    }
}

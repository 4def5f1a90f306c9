using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using MlOps.Core.Images;
using MlOps.Google.Registry;
using MlOps.Google.Retry;

namespace MlOps.Google.Tests.Servers;

/// <summary>A registry that misbehaves on demand: hands on to a real one, at whose names it stands.</summary>
internal sealed class RegistryProxy : IAsyncDisposable
{
    private static readonly HashSet<string> NotHandedOn = new(StringComparer.OrdinalIgnoreCase) { "Connection", "Keep-Alive", "Transfer-Encoding", "Expect", "Host", "Authorization" };
    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false });
    private readonly ConcurrentQueue<Digest> _commits = new();
    private readonly Uri _real;

    private RegistryProxy(Uri real) => _real = real;

    public TestServer Server { get; private set; } = null!;

    /// <summary>Google's names lead here.</summary>
    public GcpEndpoint Endpoint => GcpEndpoint.Local(Server.Address, _real);

    /// <summary>Run for each request in place of handing it on.</summary>
    public Func<HttpContext, RequestDelegate, Task>? Each { get; set; }

    public static async Task<RegistryProxy> StartAsync(Uri real)
    {
        var proxy = new RegistryProxy(real);
        proxy.Server = await TestServer.StartAsync(context => proxy.Each is { } each ? each(context, proxy.HandOnAsync) : proxy.HandOnAsync(context));
        return proxy;
    }

    public RegistryClient Client(RetryPolicy? policy = null) => new(Endpoint, RegistryCredentials.None, policy ?? Clients.Policy());

    /// <summary>The blobs that were committed here, each time one was.</summary>
    public IReadOnlyCollection<Digest> Commits => _commits;

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        _http.Dispose();
    }

    private async Task HandOnAsync(HttpContext context)
    {
        // What the real one carries out is seen here, whether or not the client still waits for it.
        using var response = await _http.SendAsync(Request(context), CancellationToken.None);
        context.Response.StatusCode = (int)response.StatusCode;
        if (response.StatusCode == HttpStatusCode.Created && context.Request.Query["digest"] is [{ } digest])
        {
            _commits.Enqueue(Digest.Parse(digest));
        }

        foreach (var (name, values) in response.Headers.Concat(response.Content.Headers).Where(header => !NotHandedOn.Contains(header.Key)))
        {
            context.Response.Headers[name] = values.ToArray();
        }

        if (context.Request.Method != "HEAD" && context.Response.StatusCode != 204)
        {
            await response.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
        }
    }

    private HttpRequestMessage Request(HttpContext context)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var address = new Uri(_real.GetLeftPart(UriPartial.Authority) + target, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        var isRead = context.Request.Method is "GET" or "HEAD";
        var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), address) { Content = isRead ? null : new StreamContent(context.Request.Body) };
        foreach (var (name, values) in context.Request.Headers.Where(header => !NotHandedOn.Contains(header.Key)))
        {
            _ = request.Headers.TryAddWithoutValidation(name, values.ToArray()) || (request.Content?.Headers.TryAddWithoutValidation(name, values.ToArray()) ?? false);
        }

        return request;
    }
}

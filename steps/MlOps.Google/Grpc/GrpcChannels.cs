using System.Collections.Concurrent;
using Grpc.Core;
using Grpc.Net.Client;
using MlOps.Google.Http;
using MlOps.Google.Retry;

namespace MlOps.Google.Grpc;

/// <summary>gRPC channels to an endpoint's services, opened at the first call: h2c to a local cloud, TLS with access tokens to Google.</summary>
public sealed class GrpcChannels(GcpEndpoint endpoint, RetryPolicy? retry = null) : IDisposable
{
    private readonly ConcurrentDictionary<Uri, Lazy<GrpcChannel>> _open = new();

    public GcpEndpoint Endpoint => endpoint;

    internal RetryPolicy Policy { get; } = retry ?? RetryPolicy.Default;

    /// <summary>Vertex AI in a region.</summary>
    public CallInvoker Vertex(string region) => Channel(endpoint.Vertex(region)).CreateCallInvoker();

    public CallInvoker ArtifactRegistry() => Channel(endpoint.ArtifactRegistry).CreateCallInvoker();

    public CallInvoker CloudBuild() => Channel(endpoint.CloudBuild).CreateCallInvoker();

    /// <summary>A service of ours or Google's at another address.</summary>
    public GrpcChannel Channel(Uri address) => _open.GetOrAdd(address, at => new Lazy<GrpcChannel>(() => Open(at))).Value;

    public void Dispose()
    {
        foreach (var channel in _open.Values.Where(channel => channel.IsValueCreated))
        {
            channel.Value.Dispose();
        }
    }

    /// <summary>Deadline, user agent and the routing header that Google's front ends go by (https://google.aip.dev/client-libraries/4222).</summary>
    internal CallOptions Options(string field, string value, CancellationToken cancel) => new(
        new Metadata { { "user-agent", UserAgent.Value }, { "x-goog-request-params", $"{field}={Uri.EscapeDataString(value)}" } },
        TimeProvider.System.GetUtcNow().UtcDateTime + Policy.AttemptTimeout,
        cancel);

    private GrpcChannel Open(Uri address) => GrpcChannel.ForAddress(address, new GrpcChannelOptions
    {
        HttpHandler = new SocketsHttpHandler
        {
            EnableMultipleHttp2Connections = true,
            KeepAlivePingDelay = TimeSpan.FromSeconds(60),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(30),
            ConnectTimeout = TimeSpan.FromSeconds(15),
            Proxy = new DirectToPrivate(),
        },
        DisposeHttpClient = true,
        MaxReceiveMessageSize = 64 * 1024 * 1024,
        Credentials = endpoint.IsTls ? ChannelCredentials.Create(ChannelCredentials.SecureSsl, CallCredentials.FromInterceptor(AuthorizeAsync)) : ChannelCredentials.Insecure,
    });

    private async Task AuthorizeAsync(AuthInterceptorContext context, Metadata metadata)
    {
        if (await endpoint.Credential.GetAsync(context.CancellationToken) is { } token)
        {
            metadata.Add("authorization", $"Bearer {token}");
        }
    }
}

using System.Net;
using MlOps.Google.Http;
using MlOps.Google.Registry;
using MlOps.Google.Retry;

namespace MlOps.Google.Tests.Servers;

/// <summary>Clients for tests: waits are skipped, and names of hosts may be given to the test's own servers.</summary>
internal static class Clients
{
    /// <summary>An address that belongs to nobody (RFC 5737), for names that must not look private.</summary>
    private static readonly IPAddress Public = IPAddress.Parse("203.0.113.7");

    public static RetryPolicy Policy(TimeProvider? time = null) => new() { Attempts = 4, Time = time ?? new SkippingTime() };

    /// <summary>Patience that ends in real time, for servers that never answer.</summary>
    public static RetryPolicy Impatient => new() { Attempts = 2, FirstDelay = TimeSpan.FromMilliseconds(1), AttemptTimeout = TimeSpan.FromMilliseconds(300) };

    public static RegistryClient Registry(RegistryCredential? credential = null, RetryPolicy? policy = null) =>
        new(GcpEndpoint.Google, RegistryCredentials.Fixed(credential ?? RegistryCredential.Anonymous), policy ?? Policy());

    /// <summary>HTTP for which each of the names is the server's, at a public address.</summary>
    public static HttpTransport Named(RetryPolicy policy, params (string Name, TestServer Server)[] names) => new(policy)
    {
        Client = HttpTransport.Create(async (context, cancel) =>
        {
            var server = names.FirstOrDefault(one => one.Name == context.DnsEndPoint.Host).Server;
            var socket = new System.Net.Sockets.Socket(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
            await socket.ConnectAsync(IPAddress.Loopback, server?.Address.Port ?? context.DnsEndPoint.Port, cancel);
            return new System.Net.Sockets.NetworkStream(socket, ownsSocket: true);
        }),
        Resolve = (host, _) => Task.FromResult<IPAddress[]>([names.Any(one => one.Name == host) ? Public : IPAddress.Loopback]),
    };
}

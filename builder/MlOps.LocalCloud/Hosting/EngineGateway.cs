using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Memory;
using MlOps.Containers;
using MlOps.LocalCloud.Vertex;

namespace MlOps.LocalCloud.Hosting;

/// <summary>
/// How containers reach the cloud: the host's loopback is not theirs, so the same two ports listen on the gateways of the
/// engine's networks too, from the first container on.
/// </summary>
internal sealed class EngineGateway(CloudIdentity identity, TimeProvider time)
{
    public const string Network = "cloudbuild";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5), Pause = TimeSpan.FromMilliseconds(10);
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly Dictionary<string, bool> _listening = new(StringComparer.Ordinal);

    /// <summary>Kestrel's endpoints, which it binds as they appear here.</summary>
    public IConfigurationRoot Endpoints { get; } = new ConfigurationBuilder().Add(new MemoryConfigurationSource()).Build();

    /// <summary>For builds' steps. The network, made where it is not there, and the cloud's address on it; without the address where the gateway is another machine's.</summary>
    public async Task<ContainerSurroundings> SurroundingsAsync(ContainerEngine engine, CancellationToken cancel)
    {
        // Not labelled: clouds side by side share it, so none of them may remove it.
        var gateway = await engine.Networks.EnsureAsync(Network, ImmutableDictionary<string, string>.Empty, cancel);
        return new ContainerSurroundings(Network, gateway is not null && await ListenAsync(gateway, cancel) ? EnvironmentAt(gateway) : ImmutableDictionary<string, string>.Empty);
    }

    /// <summary>
    /// For containers that no other one looks up by name: the engine's default bridge, which costs it 0.1 s less a container
    /// than a network with names of its own.
    /// </summary>
    public async Task<ContainerSurroundings> OnBridgeAsync(ContainerEngine engine, CancellationToken cancel) =>
        await engine.Networks.DefaultGatewayAsync(cancel) is { } gateway && await ListenAsync(gateway, cancel)
            ? new ContainerSurroundings(Network: null, EnvironmentAt(gateway))
            : await SurroundingsAsync(engine, cancel);

    private ImmutableDictionary<string, string> EnvironmentAt(string gateway) =>
        ClientEnvironment.Of(new Uri($"http://{gateway}:{identity.Http}"), new Uri($"http://{gateway}:{identity.Grpc}")).ToImmutableDictionary()
            .AddRange(ClientEnvironment.Metadata($"{gateway}:{identity.Http}"));

    /// <returns>False where the address is another machine's, or cannot be listened on.</returns>
    private async Task<bool> ListenAsync(string gateway, CancellationToken cancel)
    {
        await _gate.WaitAsync(cancel);
        try
        {
            if (!_listening.TryGetValue(gateway, out var listens))
            {
                _listening[gateway] = listens = IsOurs(gateway) && await BindAsync(gateway, cancel);
            }

            return listens;
        }
        finally
        {
            _gate.Release();
        }
    }

    private Task<bool> BindAsync(string gateway, CancellationToken cancel)
    {
        Endpoints[$"Endpoints:Http-{gateway}:Url"] = $"http://{gateway}:{identity.Http}";
        Endpoints[$"Endpoints:Http-{gateway}:Protocols"] = "Http1";
        Endpoints[$"Endpoints:Grpc-{gateway}:Url"] = $"http://{gateway}:{identity.Grpc}";
        Endpoints[$"Endpoints:Grpc-{gateway}:Protocols"] = "Http2";
        Endpoints.Reload();
        return AnswersAsync(gateway, cancel);
    }

    /// <summary>Kestrel binds behind our back and tells nobody.</summary>
    private async Task<bool> AnswersAsync(string gateway, CancellationToken cancel)
    {
        for (var start = time.GetTimestamp(); time.GetElapsedTime(start) < Patience; await Task.Delay(Pause, time, cancel))
        {
            if (await ConnectsAsync(gateway, identity.Http, cancel) && await ConnectsAsync(gateway, identity.Grpc, cancel))
            {
                return true;
            }
        }

        return false;
    }

    private static async Task<bool> ConnectsAsync(string address, int port, CancellationToken cancel)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(IPAddress.Parse(address), port, cancel);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static bool IsOurs(string address)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
            return true;
        }
        catch (Exception e) when (e is SocketException or FormatException)
        {
            return false;
        }
    }
}

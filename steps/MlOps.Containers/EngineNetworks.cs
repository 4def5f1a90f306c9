using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Docker.DotNet;
using Docker.DotNet.Models;

namespace MlOps.Containers;

/// <summary>The engine's bridge networks.</summary>
public sealed class EngineNetworks
{
    private readonly DockerClient _client;

    internal EngineNetworks(DockerClient client) => _client = client;

    /// <summary>Makes sure that a bridge network of this name is there.</summary>
    /// <returns>Its gateway: the host's address on it; null where the engine names none.</returns>
    public async Task<string?> EnsureAsync(string name, ImmutableDictionary<string, string> labels, CancellationToken cancel)
    {
        try
        {
            return Gateway(await _client.Networks.InspectNetworkAsync(name, cancel));
        }
        catch (DockerApiException error) when (error.StatusCode == HttpStatusCode.NotFound)
        {
        }

        try
        {
            await _client.Networks.CreateNetworkAsync(new NetworksCreateParameters { Name = name, Driver = "bridge", Labels = labels }, cancel);
        }
        catch (DockerApiException error) when (error.StatusCode == HttpStatusCode.Conflict)
        {
            // Another process was quicker.
        }

        return Gateway(await _client.Networks.InspectNetworkAsync(name, cancel));
    }

    /// <summary>The host's address on the engine's default bridge; null where the engine has none. Some (20.10) name its subnet only, of which it is the first address.</summary>
    public async Task<string?> DefaultGatewayAsync(CancellationToken cancel)
    {
        try
        {
            var bridge = await _client.Networks.InspectNetworkAsync("bridge", cancel);
            return Gateway(bridge) ?? bridge.IPAM?.Config?.Select(config => First(config.Subnet)).FirstOrDefault(address => address is not null);
        }
        catch (DockerApiException error) when (error.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    public async Task RemoveLabelledAsync(string label, string value, CancellationToken cancel)
    {
        foreach (var network in await _client.Networks.ListNetworksAsync(new NetworksListParameters { Filters = Labels.Filter(label, value) }, cancel))
        {
            await _client.Networks.DeleteNetworkAsync(network.ID, cancel);
        }
    }

    private static string? Gateway(NetworkResponse network) =>
        network.IPAM?.Config?.Select(config => config.Gateway).FirstOrDefault(gateway => !string.IsNullOrEmpty(gateway));

    private static string? First(string? subnet)
    {
        if (!IPNetwork.TryParse(subnet, out var network) || network.BaseAddress.AddressFamily != AddressFamily.InterNetwork)
        {
            return null;
        }

        var address = network.BaseAddress.GetAddressBytes();
        address[^1]++;
        return new IPAddress(address).ToString();
    }
}

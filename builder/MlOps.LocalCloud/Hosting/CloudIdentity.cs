using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json;
using MlOps.Core.Files;

namespace MlOps.LocalCloud.Hosting;

/// <summary>What a state folder keeps for good: the cloud's id and its ports (the proxy's is used only where it is asked for), chosen at its first start.</summary>
internal sealed record CloudIdentity(string Instance, int Http, int Grpc, int Proxy = 0)
{
    /// <summary>Below the range from which Linux takes ports for outgoing connections, so that nobody has ours after a restart.</summary>
    private const int LowestPort = 20_000, HighestPort = 29_999;

    /// <summary>The kept identity; new ports where another program holds the old ones (records never hold a port).</summary>
    public static CloudIdentity Of(string stateFolder)
    {
        var path = Path.Combine(stateFolder, "identity.json");
        var kept = Read(path);
        var identity = kept is not null && IsFree(kept.Http) && IsFree(kept.Grpc) ? kept : WithPorts(kept?.Instance ?? Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6)));
        if (identity.Proxy == 0 || !IsFree(identity.Proxy))
        {
            identity = identity with { Proxy = FreePort(identity.Http, identity.Grpc) };
        }

        if (identity == kept)
        {
            return kept;
        }

        AtomicFile.Write(path, JsonSerializer.SerializeToUtf8Bytes(identity, OwnerJson.Default.CloudIdentity));
        return identity;
    }

    private static CloudIdentity WithPorts(string instance)
    {
        var http = FreePort();
        return new CloudIdentity(instance, http, FreePort(http));
    }

    public static int FreePort(params ReadOnlySpan<int> except)
    {
        for (var attempt = 0; attempt < 1000; attempt++)
        {
            var port = RandomNumberGenerator.GetInt32(LowestPort, HighestPort + 1);
            if (!except.Contains(port) && IsFree(port))
            {
                return port;
            }
        }

        throw new IOException($"No free port between {LowestPort} and {HighestPort}.");
    }

    private static CloudIdentity? Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), OwnerJson.Default.CloudIdentity);
        }
        catch (Exception e) when (e is FileNotFoundException or JsonException)
        {
            return null;
        }
    }

    private static bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}

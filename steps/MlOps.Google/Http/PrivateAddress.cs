using System.Net;
using System.Net.Sockets;

namespace MlOps.Google.Http;

/// <summary>Addresses that a server has no business sending its clients to: loopback, private, link-local, and the metadata server by any name.</summary>
internal static class PrivateAddress
{
    /// <summary>The host is, or resolves to, such an address. A name that does not resolve is not; connecting to it fails by itself.</summary>
    public static async Task<bool> IsAsync(string host, Func<string, CancellationToken, Task<IPAddress[]>> resolve, CancellationToken cancel)
    {
        var name = host.Trim('[', ']').TrimEnd('.');
        if (name.Equals("localhost", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        if (IPAddress.TryParse(name, out var address))
        {
            return Is(address);
        }

        try
        {
            return (await resolve(name, cancel)).Any(Is);
        }
        catch (SocketException)
        {
            return false;
        }
    }

    public static bool Is(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        if (IPAddress.IsLoopback(plain) || plain.Equals(IPAddress.Any) || plain.Equals(IPAddress.IPv6Any))
        {
            return true;
        }

        if (plain.AddressFamily == AddressFamily.InterNetworkV6)
        {
            return plain.IsIPv6LinkLocal || plain.IsIPv6UniqueLocal || plain.IsIPv6SiteLocal;
        }

        var bytes = plain.GetAddressBytes();
        return bytes[0] is 0 or 10 or 127
            || (bytes[0] == 172 && bytes[1] is >= 16 and < 32)
            || (bytes[0] == 192 && bytes[1] == 168)
            || (bytes[0] == 169 && bytes[1] == 254)
            || (bytes[0] == 100 && bytes[1] is >= 64 and < 128);
    }
}

using System.Net;
using Grpc.Core;
using MlOps.Google.Errors;

namespace MlOps.Google.Http;

/// <summary>Whether an address that a server gave may be called at all.</summary>
internal static class Destination
{
    /// <exception cref="CloudException">It is a private address and not the service itself, is not HTTP, or leaves TLS.</exception>
    public static async Task CheckAsync(ServiceHost host, Uri target, string what, Func<string, CancellationToken, Task<IPAddress[]>> resolve, CancellationToken cancel)
    {
        if (target.Scheme != Uri.UriSchemeHttps && (target.Scheme != Uri.UriSchemeHttp || host.Base.Scheme == Uri.UriSchemeHttps))
        {
            throw Refused(host, target, what, $"it leaves {host.Base.Scheme}");
        }

        var itself = string.Equals(target.Host, host.Base.Host, StringComparison.OrdinalIgnoreCase);
        if (!itself && !IsGoogleOverTls(target) && await PrivateAddress.IsAsync(target.Host, resolve, cancel))
        {
            throw Refused(host, target, what, "that is a private address");
        }
    }

    /// <summary>Google's names may lead to private addresses (Private Service Connect); the certificate proves who is there.</summary>
    private static bool IsGoogleOverTls(Uri target) => target.Scheme == Uri.UriSchemeHttps
        && (target.Host.EndsWith(".googleapis.com", StringComparison.OrdinalIgnoreCase) || target.Host.EndsWith(".pkg.dev", StringComparison.OrdinalIgnoreCase));

    private static CloudException Refused(ServiceHost host, Uri target, string what, string why) => new(
        StatusCode.PermissionDenied, host.Name, $"{host} answered with {what} to {target.Scheme}://{target.Authority}, which is not followed: {why}. Check that {host.Name} is the host that you mean.");
}

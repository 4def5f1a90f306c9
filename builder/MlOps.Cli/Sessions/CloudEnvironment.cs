using System.Globalization;
using MlOps.LocalCloud.Hosting;

namespace MlOps.Cli.Sessions;

/// <summary>What points gcloud and the client libraries at the local cloud (specs/cloud-build.md, section 5), on a user's shell.</summary>
internal static class CloudEnvironment
{
    /// <param name="state">The cloud's state folder, where the authority is that clients of the proxy trust.</param>
    public static IEnumerable<KeyValuePair<string, string>> Of(LocalCloudOwner owner, string state) =>
    [
        .. ClientEnvironment.Of(owner.Http, owner.Grpc),
        new("CLOUDSDK_CORE_PROJECT", "local"),
        .. owner.Proxy is null ? [] : Proxy(owner.Proxy, LocalCloudOwner.CertificateAuthority(state)),
    ];

    /// <summary>gcloud reads a build's log from a host that cannot be overridden.</summary>
    private static IEnumerable<KeyValuePair<string, string>> Proxy(Uri proxy, string authority) =>
    [
        new("CLOUDSDK_PROXY_TYPE", "http"),
        new("CLOUDSDK_PROXY_ADDRESS", proxy.Host),
        new("CLOUDSDK_PROXY_PORT", proxy.Port.ToString(CultureInfo.InvariantCulture)),
        new("CLOUDSDK_CORE_CUSTOM_CA_CERTS_FILE", authority),
    ];
}

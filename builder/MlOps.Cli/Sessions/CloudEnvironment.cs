using System.Globalization;
using MlOps.LocalCloud.Hosting;

namespace MlOps.Cli.Sessions;

/// <summary>What points gcloud and the client libraries at the local cloud (specs/cloud-build.md, section 5).</summary>
internal static class CloudEnvironment
{
    /// <summary>The services by the names that gcloud gives their endpoints, and the path below which it asks for them.</summary>
    private static readonly (string Api, string Path)[] Services =
    [
        ("AIPLATFORM", ""), ("ARTIFACTREGISTRY", ""), ("CLOUDBUILD", ""), ("CLOUDRESOURCEMANAGER", ""), ("PUBSUB", ""), ("SECRETMANAGER", ""), ("SERVICEUSAGE", ""), ("STORAGE", "storage/v1/"),
    ];

    /// <param name="state">The cloud's state folder, where the authority is that clients of the proxy trust.</param>
    public static IEnumerable<(string Name, string Value)> Of(LocalCloudOwner owner, string state) =>
    [
        ("MLOPS_CLOUD", owner.Http.ToString()),
        ("STORAGE_EMULATOR_HOST", owner.Http.ToString().TrimEnd('/')),
        ("PUBSUB_EMULATOR_HOST", owner.Grpc.Authority),
        ("CLOUDSDK_CORE_PROJECT", "local"),
        ("CLOUDSDK_AUTH_DISABLE_CREDENTIALS", "true"),
        // Both ask hosts on the internet, which no command here needs.
        ("CLOUDSDK_CORE_DISABLE_USAGE_REPORTING", "true"),
        ("CLOUDSDK_COMPONENT_MANAGER_DISABLE_UPDATE_CHECK", "true"),
        .. Services.Select(service => ($"CLOUDSDK_API_ENDPOINT_OVERRIDES_{service.Api}", $"{owner.Http}{service.Path}")),
        .. owner.Proxy is null ? [] : Proxy(owner.Proxy, LocalCloudOwner.CertificateAuthority(state)),
    ];

    /// <summary>gcloud reads a build's log from a host that cannot be overridden.</summary>
    private static IEnumerable<(string Name, string Value)> Proxy(Uri proxy, string authority) =>
    [
        ("CLOUDSDK_PROXY_TYPE", "http"),
        ("CLOUDSDK_PROXY_ADDRESS", proxy.Host),
        ("CLOUDSDK_PROXY_PORT", proxy.Port.ToString(CultureInfo.InvariantCulture)),
        ("CLOUDSDK_CORE_CUSTOM_CA_CERTS_FILE", authority),
    ];
}

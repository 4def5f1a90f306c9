using MlOps.LocalCloud.Hosting;

namespace MlOps.Cli.Sessions;

/// <summary>What points gcloud and the client libraries at the local cloud (specs/cloud-build.md, section 5).</summary>
internal static class CloudEnvironment
{
    public static IEnumerable<(string Name, string Value)> Of(LocalCloudOwner owner) =>
    [
        ("MLOPS_CLOUD", owner.Http.ToString()),
        ("STORAGE_EMULATOR_HOST", owner.Http.ToString().TrimEnd('/')),
        ("CLOUDSDK_AUTH_DISABLE_CREDENTIALS", "true"),
        ("CLOUDSDK_CORE_PROJECT", "local"),
        ("CLOUDSDK_API_ENDPOINT_OVERRIDES_ARTIFACTREGISTRY", owner.Http.ToString()),
        ("CLOUDSDK_API_ENDPOINT_OVERRIDES_AIPLATFORM", owner.Http.ToString()),
        ("CLOUDSDK_API_ENDPOINT_OVERRIDES_STORAGE", $"{owner.Http}storage/v1/"),
    ];
}

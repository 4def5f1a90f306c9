namespace MlOps.LocalCloud.Hosting;

/// <summary>What points gcloud and Google's client libraries at a local cloud: on a user's shell, and in the containers of build steps and tasks.</summary>
public static class ClientEnvironment
{
    /// <summary>The services by the names that gcloud gives their endpoints, and the path below which it asks for them.</summary>
    private static readonly (string Api, string Path)[] Services =
    [
        ("AIPLATFORM", ""), ("ARTIFACTREGISTRY", ""), ("CLOUDBUILD", ""), ("CLOUDRESOURCEMANAGER", ""), ("PUBSUB", ""), ("SECRETMANAGER", ""), ("SERVICEUSAGE", ""), ("STORAGE", "storage/v1/"),
    ];

    /// <param name="http">The cloud's address as the client reaches it.</param>
    /// <param name="grpc">Likewise, of gRPC.</param>
    public static IEnumerable<KeyValuePair<string, string>> Of(Uri http, Uri grpc) =>
    [
        new("MLOPS_CLOUD", http.ToString().TrimEnd('/')),
        new("STORAGE_EMULATOR_HOST", http.ToString().TrimEnd('/')),
        new("PUBSUB_EMULATOR_HOST", grpc.Authority),
        new("CLOUDSDK_AUTH_DISABLE_CREDENTIALS", "true"),
        // Both ask hosts on the internet, which no command here needs.
        new("CLOUDSDK_CORE_DISABLE_USAGE_REPORTING", "true"),
        new("CLOUDSDK_COMPONENT_MANAGER_DISABLE_UPDATE_CHECK", "true"),
        .. Services.Select(service => KeyValuePair.Create($"CLOUDSDK_API_ENDPOINT_OVERRIDES_{service.Api}", $"{http}{service.Path}")),
    ];

    /// <summary>Where clients find project and credentials; the names that libraries of different languages and ages read.</summary>
    /// <param name="address"><c>HOST:PORT</c></param>
    public static IEnumerable<KeyValuePair<string, string>> Metadata(string address) =>
        [new("GCE_METADATA_HOST", address), new("GCE_METADATA_ROOT", address), new("GCE_METADATA_IP", address)];
}

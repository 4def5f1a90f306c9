namespace MlOps.Google.Registry;

/// <summary>Media types of manifests (OCI image specification 1.1; Docker image manifest V2, schema 2).</summary>
public static class MediaTypes
{
    public const string OciManifest = "application/vnd.oci.image.manifest.v1+json";
    public const string OciIndex = "application/vnd.oci.image.index.v1+json";
    public const string DockerManifest = "application/vnd.docker.distribution.manifest.v2+json";
    public const string DockerList = "application/vnd.docker.distribution.manifest.list.v2+json";
    public const string OciEmpty = "application/vnd.oci.empty.v1+json";

    /// <summary>A list of manifests, one a platform.</summary>
    public static bool IsIndex(string mediaType) => mediaType is OciIndex or DockerList;

    /// <summary>Layers that must not be pushed: a registry does not hold them.</summary>
    public static bool IsForeign(string mediaType) => mediaType.Contains("nondistributable", StringComparison.Ordinal) || mediaType.Contains("foreign", StringComparison.Ordinal);

    internal static string[] Manifests { get; } = [OciManifest, OciIndex, DockerManifest, DockerList];
}

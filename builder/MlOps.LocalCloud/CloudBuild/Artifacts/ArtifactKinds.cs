using Google.Cloud.CloudBuild.V1;

namespace MlOps.LocalCloud.CloudBuild.Artifacts;

/// <summary>Which artifacts this cloud can upload: images and objects; it has no package repositories.</summary>
internal static class ArtifactKinds
{
    /// <summary>Why a build's artifacts cannot be taken, for UNIMPLEMENTED; null where they can.</summary>
    public static string? Unsupported(Build build)
    {
        if (build.Artifacts is not { } artifacts)
        {
            return null;
        }

        string[] asked =
        [
            .. Kind("mavenArtifacts", artifacts.MavenArtifacts.Count),
            .. Kind("pythonPackages", artifacts.PythonPackages.Count),
            .. Kind("npmPackages", artifacts.NpmPackages.Count),
            .. Kind("goModules", artifacts.GoModules.Count),
        ];
        return asked.Length == 0
            ? null
            : $"artifacts.{string.Join(", artifacts.", asked)}: the local cloud's Artifact Registry has repositories of docker images and KFP templates, not of packages. Upload them with artifacts.objects, publish them in a step, or leave them out of the build that runs here.";
    }

    private static IEnumerable<string> Kind(string name, int count) => count > 0 ? [name] : [];
}

using MlOps.Google.Registry;

namespace MlOps.LocalCloud.ArtifactRegistry;

/// <summary>
/// How image names map to packages: <c>LOC/P/R/I</c> (for <c>LOC-docker.pkg.dev/P/R/I</c>), and <c>gcr.io/P/I</c> with its
/// regional forms, which Artifact Registry keeps in a repository of the host's name.
/// </summary>
internal static class RegistryPath
{
    private static readonly Dictionary<string, string> GcrLocations = new(StringComparer.Ordinal)
    {
        ["gcr.io"] = "us",
        ["us.gcr.io"] = "us",
        ["eu.gcr.io"] = "europe",
        ["asia.gcr.io"] = "asia",
    };

    /// <summary>The package of a path below <c>/v2/</c>; null where it is not of these forms.</summary>
    public static PackageName? Parse(string path) => path.Split('/') switch
    {
        [var host, var project, _, ..] parts when GcrLocations.TryGetValue(host, out var location) => new(new RepositoryName(project, location, host), string.Join('/', parts[2..])),
        [var location, var project, var repository, _, ..] parts when !location.Contains('.', StringComparison.Ordinal) =>
            new(new RepositoryName(project, location, repository), string.Join('/', parts[3..])),
        _ => null,
    };

    /// <summary>The path below <c>/v2/</c>.</summary>
    public static string Of(PackageName package) => IsGcr(package.Repository)
        ? $"{package.Repository.Repository}/{package.Repository.Project}/{package.Package}"
        : $"{package.Repository.Location}/{package.Repository.Project}/{package.Repository.Repository}/{package.Package}";

    /// <summary>The image's name at Google.</summary>
    public static string GoogleName(PackageName package) => IsGcr(package.Repository)
        ? Of(package)
        : $"{Host(package.Repository)}/{package.Repository.Project}/{package.Repository.Repository}/{package.Package}";

    public static string Host(RepositoryName repository) => IsGcr(repository) ? repository.Repository : $"{repository.Location}-docker.pkg.dev";

    public static bool IsGcr(RepositoryName repository) => GcrLocations.ContainsKey(repository.Repository);
}

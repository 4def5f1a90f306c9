using MlOps.Core.Images;

namespace MlOps.Google.Registry;

/// <summary>A repository of Artifact Registry.</summary>
public sealed record RepositoryName(string Project, string Location, string Repository)
{
    private const string DockerHost = "-docker.pkg.dev";

    /// <summary><c>projects/P/locations/L</c>.</summary>
    public string Parent => $"projects/{Project}/locations/{Location}";

    /// <summary><c>projects/P/locations/L/repositories/R</c>.</summary>
    public override string ToString() => $"{Parent}/repositories/{Repository}";

    /// <summary>From an image's name, <c>LOC-docker.pkg.dev/P/R/I</c>; null for other registries.</summary>
    public static RepositoryName? OfImage(ImageReference image) =>
        image.Host.EndsWith(DockerHost, StringComparison.Ordinal) && image.Path.Split('/') is [var project, var repository, ..]
            ? new RepositoryName(project, image.Host[..^DockerHost.Length], repository)
            : null;
}

using System.Diagnostics.CodeAnalysis;
using MlOps.Core.Images;
using MlOps.Google.Registry;

namespace MlOps.Google.Kfp;

/// <summary>A repository of pipeline templates, <c>https://LOC-kfp.pkg.dev/P/R</c>; always with Google's name, wherever it is served.</summary>
public sealed record KfpRepository(RepositoryName Name)
{
    private const string HostEnd = "-kfp.pkg.dev";

    public Uri Uri => new($"https://{Name.Location}{HostEnd}/{Name.Project}/{Name.Repository}");

    public override string ToString() => Uri.AbsoluteUri;

    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out KfpRepository? repository)
    {
        repository = Uri.TryCreate(text, UriKind.Absolute, out var uri) && IsKfp(uri) && uri.AbsolutePath.Trim('/').Split('/') is [var project, var name] && project.Length > 0 && name.Length > 0
            ? new KfpRepository(new RepositoryName(project, uri.Host[..^HostEnd.Length], name))
            : null;
        return repository is not null;
    }

    /// <exception cref="FormatException">The text is not such an address.</exception>
    public static KfpRepository Parse(string text) => TryParse(text, out var repository)
        ? repository
        : throw new FormatException($"'{text}' is not a repository of pipelines: expected https://LOCATION-kfp.pkg.dev/PROJECT/REPOSITORY.");

    internal static bool IsKfp(Uri uri) => uri.Scheme == Uri.UriSchemeHttps && uri.Host.EndsWith(HostEnd, StringComparison.Ordinal) && uri.Host.Length > HostEnd.Length;
}

/// <summary>An uploaded pipeline by content, <c>https://LOC-kfp.pkg.dev/P/R/PACKAGE/sha256:…</c>; the version is the sha256 of its bytes.</summary>
public sealed record UploadedTemplate(KfpRepository Repository, string Package, Digest Version)
{
    public Uri Uri => new($"{Repository}/{Package}/{Version}");

    public override string ToString() => Uri.AbsoluteUri;

    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out UploadedTemplate? template)
    {
        template = null;
        var parts = text?.Split('/') ?? [];
        if (parts.Length != 7 || !KfpRepository.TryParse(string.Join('/', parts[..5]), out var repository) || !Digest.TryParse(parts[6], out var version))
        {
            return false;
        }

        template = new UploadedTemplate(repository, parts[5], version);
        return true;
    }

    /// <exception cref="FormatException">The text is not such an address.</exception>
    public static UploadedTemplate Parse(string text) => TryParse(text, out var template)
        ? template
        : throw new FormatException($"'{text}' is not an uploaded pipeline: expected https://LOCATION-kfp.pkg.dev/PROJECT/REPOSITORY/PACKAGE/sha256:….");
}

using System.Text.RegularExpressions;
using MlOps.Core.Images;
using MlOps.Google;

namespace MlOps.LocalCloud.Registry;

/// <summary>
/// Names of images in Google's registries, and those under which the engine finds the same images in the local one:
/// <c>LOC-docker.pkg.dev/P/R/I</c> is <c>127.0.0.1:PORT/LOC/P/R/I</c>, <c>gcr.io/P/I</c> is <c>127.0.0.1:PORT/gcr.io/P/I</c>.
/// </summary>
internal sealed partial class EngineNames(int port)
{
    private readonly GcpEndpoint _here = GcpEndpoint.Local(new Uri($"http://127.0.0.1:{port}"), new Uri("http://127.0.0.1"));
    private readonly string _prefix = $"127.0.0.1:{port}/";

    /// <summary>The name for the engine; one of another registry is left as it is.</summary>
    public ImageReference ToEngine(ImageReference image)
    {
        if (!GcpEndpoint.IsGoogleRegistry(image.Host))
        {
            return image;
        }

        var (address, repository) = _here.Registry(image.Host, image.Path);
        var named = ImageReference.Parse($"{address.Authority}/{repository}");
        return image.Digest is { } digest ? named.Pinned(digest) : named.WithTag(image.Tag);
    }

    /// <summary>The path below the local registry's <c>/v2/</c>; null for an image of another registry.</summary>
    public string? LocalPath(ImageReference image) => GcpEndpoint.IsGoogleRegistry(image.Host) ? _here.Registry(image.Host, image.Path).Repository : null;

    /// <summary>Google's names for the local registry's, wherever they stand in a text: an answer of the engine, a line of its progress.</summary>
    public string ToGoogle(string text) => text.Contains(_prefix, StringComparison.Ordinal)
        ? Local().Replace(text, match => match.Groups["port"].ValueSpan.SequenceEqual(_prefix.AsSpan("127.0.0.1:".Length)[..^1]) ? Host(match.Groups["folder"].Value) + "/" : match.Value)
        : text;

    private static string Host(string folder) => folder.Contains('.', StringComparison.Ordinal) ? folder : folder + "-docker.pkg.dev";

    [GeneratedRegex(@"127\.0\.0\.1:(?<port>[0-9]+)/(?<folder>[a-z0-9.-]+)/", RegexOptions.CultureInvariant)]
    private static partial Regex Local();
}

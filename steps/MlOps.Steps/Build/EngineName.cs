using MlOps.Core.Images;
using MlOps.Google;

namespace MlOps.Steps.Build;

/// <summary>
/// The name under which the Docker engine reaches an image. Records hold Google's names; the engine cannot be told where a local
/// cloud serves them, but takes plain HTTP on its own loopback: <c>LOC-docker.pkg.dev/P/R/I</c> is <c>127.0.0.1:PORT/LOC/P/R/I</c> there.
/// </summary>
internal static class EngineName
{
    public static ImageReference Of(GcpEndpoint endpoint, ImageReference image) =>
        At(endpoint, image, address => address.Scheme == Uri.UriSchemeHttp ? $"127.0.0.1:{address.Port}" : address.Authority);

    /// <summary>The name under which a program beside this one reaches it: in a container the cloud is not on the loopback.</summary>
    public static ImageReference Beside(GcpEndpoint endpoint, ImageReference image) => At(endpoint, image, address => address.Authority);

    private static ImageReference At(GcpEndpoint endpoint, ImageReference image, Func<Uri, string> hostOf)
    {
        if (image.Host.Length == 0)
        {
            return image;
        }

        var (address, repository) = endpoint.Registry(image.Host, image.Path);
        var host = hostOf(address);
        var name = ImageReference.Parse($"{host}/{repository}");
        return image.Digest is { } digest ? name.Pinned(digest) : name.WithTag(image.Tag);
    }
}

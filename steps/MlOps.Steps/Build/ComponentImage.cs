using MlOps.Core.Images;
using MlOps.Core.Problems;
using MlOps.Steps.Project;
using MlOps.Steps.Releases;

namespace MlOps.Steps.Build;

/// <summary>Names of components' images in an environment's repository.</summary>
public static class ComponentImage
{
    /// <summary><c>LOC-docker.pkg.dev/PROJECT/REPO/COMPONENT</c>, without a tag.</summary>
    /// <exception cref="InvalidInputException">The environment's <c>images</c> and the component's name give no image name.</exception>
    public static ImageReference Of(DeliveryEnvironment environment, string component) =>
        ImageReference.TryParse($"{environment.Images.TrimEnd('/')}/{component}", out var image)
            ? image
            : throw new InvalidInputException("bad-image-name", $"'{environment.Images}/{component}' is not an image's name: expected LOC-docker.pkg.dev/PROJECT/REPO under 'images', and a component's folder in lower case, of letters, digits, '-', '_' and '.'.", environment.Spot);

    /// <summary>The component of a release that an environment's image belongs to; null for images that are not of the release.</summary>
    public static string? InRelease(ReleaseRecord release, DeliveryEnvironment environment, ImageReference image) =>
        release.Components.Where(component => component.Value == image.Digest && Of(environment, component.Key).Name == image.Name).Select(component => component.Key).FirstOrDefault();

    /// <summary>The tag that leads from an image's inputs to the image, in any environment and on any worker.</summary>
    public static string InputsTag(string fingerprint) => "inputs-" + fingerprint;
}

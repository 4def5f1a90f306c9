using MlOps.Core.Images;
using MlOps.Core.Problems;
using MlOps.Google.Registry;
using MlOps.Steps.Build;
using MlOps.Steps.Releases;

namespace MlOps.Steps.Promotion;

/// <summary>The images of a release from one environment's registry to another's, by digest; where both read one registry they are only looked for.</summary>
internal static class ImageMove
{
    private const int SideBySide = 4;

    /// <exception cref="StepFailedException">The release lacks an image.</exception>
    public static async Task<int> RunAsync(EnvironmentPlace from, EnvironmentPlace to, ReleaseRecord release, Action<string?, string> line, CancellationToken cancel)
    {
        await CheckAsync(from, release, cancel);
        if (IsShared(from, to))
        {
            return 0;
        }

        var (source, target) = (new RegistryClient(from.Endpoint), new RegistryClient(to.Endpoint));
        await Parallel.ForEachAsync(release.Components, new ParallelOptions { MaxDegreeOfParallelism = SideBySide, CancellationToken = cancel }, async (component, token) =>
        {
            var (name, digest) = component;
            var there = ComponentImage.Of(to.Environment, name).Pinned(digest);
            var copied = await ImageCopy.RunAsync(source, target, ComponentImage.Of(from.Environment, name).Pinned(digest), there, CopyOptions.Default with { Tags = [release.Commit] }, token);
            line(name, $"{there.Name}@sha256:{digest.Short}… {Text(copied)}");
        });
        return release.Components.Count;
    }

    /// <summary>Both environments read one registry, so that nothing is copied (design.md, "The flow").</summary>
    public static bool IsShared(EnvironmentPlace from, EnvironmentPlace to) =>
        from.Environment.Images.TrimEnd('/') == to.Environment.Images.TrimEnd('/') && from.Endpoint == to.Endpoint;

    /// <summary>All images of the release are in the environment's registry.</summary>
    /// <exception cref="StepFailedException">Those that are not, all at once.</exception>
    public static async Task CheckAsync(EnvironmentPlace place, ReleaseRecord release, CancellationToken cancel)
    {
        var registry = new RegistryClient(place.Endpoint);
        var images = release.Components.Select(component => ComponentImage.Of(place.Environment, component.Key).Pinned(component.Value)).ToArray();
        var heads = await Task.WhenAll(images.Select(image => registry.HeadManifestAsync(image, cancel)));
        var missing = images.Where((_, at) => heads[at] is null).ToArray();
        if (missing.Length > 0)
        {
            throw new StepFailedException(
                $"The release {release.Id.Short} lacks {Quantity.Of(missing.Length, "image")} in the registry of {place.Name}: {string.Join(", ", missing.Select(Short))}. A release is never built again: restore the image, or deliver the commit anew with 'mlops ci'.");
        }
    }

    private static string Text(CopyResult copied) => copied switch
    {
        { IsNothing: true } => "was there",
        { BytesSent: 0 } => "mounted",
        _ => $"{Quantity.OfBytes(copied.BytesSent)} sent",
    };

    private static string Short(ImageReference image) => $"{image.Name}@sha256:{image.Digest!.Value.Short}…";
}

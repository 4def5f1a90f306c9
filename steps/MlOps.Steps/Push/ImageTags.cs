using MlOps.Core.Images;
using MlOps.Google.Registry;
using MlOps.Steps.Build;

namespace MlOps.Steps.Push;

/// <summary>Puts the tags of the commit and of the inputs on an image that the registry holds, by writing the manifest's bytes again.</summary>
internal static class ImageTags
{
    /// <returns>The image's size in the registry (bytes, config and compressed layers), and whether the commit's tag is new or was just pushed.</returns>
    public static async Task<(long Size, bool IsNew)> PutAsync(RegistryClient registry, BuiltImage image, Digest digest, CancellationToken cancel)
    {
        var manifest = await registry.GetManifestAsync(image.Image.Pinned(digest), cancel);
        var isNew = !image.Found;
        foreach (var tag in new[] { image.Image.Tag!, ComponentImage.InputsTag(image.Fingerprint) })
        {
            var name = image.Image.WithTag(tag);
            if ((await registry.HeadManifestAsync(name, cancel))?.Digest != digest)
            {
                await registry.PutManifestAsync(name, manifest, cancel);
                isNew = true;
            }
        }

        var document = manifest.Parse();
        return ((document.Config?.Size ?? 0) + (document.Layers ?? []).Sum(layer => layer.Size), isNew);
    }
}

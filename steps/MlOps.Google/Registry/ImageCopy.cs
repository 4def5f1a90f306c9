using MlOps.Core.Images;

namespace MlOps.Google.Registry;

/// <summary>Copies an image by digest from one registry to another: blobs that are not there yet, then manifests, children first.</summary>
public static class ImageCopy
{
    /// <param name="image">Pinned by digest; it keeps its name and digest.</param>
    public static Task RunAsync(RegistryClient from, RegistryClient to, ImageReference image, CancellationToken cancel) => RunAsync(from, to, image, image, cancel);

    public static async Task RunAsync(RegistryClient from, RegistryClient to, ImageReference image, ImageReference target, CancellationToken cancel)
    {
        if (await to.HeadManifestAsync(target, cancel) is not null)
        {
            return;
        }

        var manifest = await from.GetManifestAsync(image, cancel);
        var document = manifest.Parse();
        foreach (var child in document.Manifests ?? [])
        {
            await RunAsync(from, to, image.Pinned(child.Digest), target.Pinned(child.Digest), cancel);
        }

        foreach (var blob in (document.Layers ?? []).Append(document.Config).OfType<Descriptor>().Where(blob => !MediaTypes.IsForeign(blob.MediaType)))
        {
            await to.UploadBlobAsync(target, from.BlobToCopy(image, blob), cancel);
        }

        await to.PutManifestAsync(target, manifest, cancel);
    }
}

using System.Text;
using MlOps.Core.Images;
using MlOps.Google.Registry;

namespace MlOps.Google.Tests.Servers;

/// <summary>Bytes and images to send about.</summary>
internal static class Content
{
    /// <summary>Bytes that look random and are the same every time.</summary>
    public static byte[] Bytes(int length, int seed = 1)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    public static Descriptor Describe(byte[] bytes, string mediaType = "application/octet-stream") => new(mediaType, Digest.Of(bytes), bytes.Length);

    /// <summary>An image of one layer, and the blobs that it needs.</summary>
    public static (Manifest Manifest, byte[][] Blobs) Image(int layerSize = 1000, int seed = 1)
    {
        var config = Encoding.UTF8.GetBytes($$"""{"architecture":"amd64","os":"linux","seed":{{seed}}}""");
        var layer = Bytes(layerSize, seed);
        var document = new ManifestDocument
        {
            Config = Describe(config, "application/vnd.oci.image.config.v1+json"),
            Layers = [Describe(layer, "application/vnd.oci.image.layer.v1.tar")],
        };
        return (document.Written(MediaTypes.OciManifest), [config, layer]);
    }

    public static Manifest Statement(Manifest about, string artifactType)
    {
        var empty = "{}"u8.ToArray();
        return new ManifestDocument
        {
            ArtifactType = artifactType,
            Config = Describe(empty, MediaTypes.OciEmpty),
            Layers = [Describe(empty, MediaTypes.OciEmpty)],
            Subject = new Descriptor(about.MediaType, about.Digest, about.Content.Length),
        }.Written(MediaTypes.OciManifest);
    }

    public static async Task<ImageReference> PushAsync(RegistryClient client, ImageReference image, Manifest manifest, params byte[][] blobs)
    {
        foreach (var blob in blobs)
        {
            await client.UploadBlobAsync(image, BlobContent.Of(blob), TestContext.Current.CancellationToken);
        }

        return image.Pinned(await client.PutManifestAsync(image, manifest, TestContext.Current.CancellationToken));
    }

    public static async Task<byte[]> AllAsync(Stream stream)
    {
        await using (stream)
        {
            using var bytes = new MemoryStream();
            await stream.CopyToAsync(bytes, TestContext.Current.CancellationToken);
            return bytes.ToArray();
        }
    }
}

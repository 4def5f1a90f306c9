using System.Text;
using MlOps.Core.Images;
using MlOps.Google.Registry;

namespace MlOps.LocalCloud.Tests.Registry;

/// <summary>The OCI distribution API as raw HTTP.</summary>
internal static class ImageCalls
{
    public static async Task<Descriptor> PushBlobAsync(this TestCloud cloud, string name, string content, string mediaType = "application/octet-stream")
    {
        var digest = Digest.Of(content);
        var begun = await cloud.SendAsync(HttpMethod.Post, $"/v2/{name}/blobs/uploads/");
        Assert.Equal(202, begun.Status);
        var location = begun.Headers["Location"];
        var put = await cloud.SendAsync(HttpMethod.Put, $"{location}{(location.Contains('?', StringComparison.Ordinal) ? '&' : '?')}digest={digest}", new ByteArrayContent(Encoding.UTF8.GetBytes(content)));
        Assert.True(put.Status == 201, put.Text);
        return new(mediaType, digest, Encoding.UTF8.GetByteCount(content));
    }

    public static Task<Answer> PutManifestAsync(this TestCloud cloud, string name, string reference, Manifest manifest)
    {
        var content = new ByteArrayContent(manifest.Content.ToArray());
        content.Headers.TryAddWithoutValidation("Content-Type", manifest.MediaType);
        return cloud.SendAsync(HttpMethod.Put, $"/v2/{name}/manifests/{reference}", content);
    }

    /// <summary>A small image whose blobs are pushed, and its manifest, which is not.</summary>
    public static async Task<Manifest> ImageAsync(this TestCloud cloud, string name, string content, string mediaType = MediaTypes.OciManifest, Func<ManifestDocument, ManifestDocument>? with = null)
    {
        var configType = mediaType == MediaTypes.OciManifest ? "application/vnd.oci.image.config.v1+json" : "application/vnd.docker.container.image.v1+json";
        var config = await cloud.PushBlobAsync(name, $$"""{"created": "2024-05-06T07:08:09Z", "architecture": "amd64", "os": "linux", "config": {"Labels": {"c": "{{content}}"} } }""", configType);
        var layerType = mediaType == MediaTypes.OciManifest ? "application/vnd.oci.image.layer.v1.tar+gzip" : "application/vnd.docker.image.rootfs.diff.tar.gzip";
        var layer = await cloud.PushBlobAsync(name, content, layerType);
        var document = new ManifestDocument { Config = config, Layers = [layer] };
        return (with?.Invoke(document) ?? document).Written(mediaType);
    }

    public static async Task<Manifest> PushAsync(this TestCloud cloud, string name, string tag, string content, string mediaType = MediaTypes.OciManifest, Func<ManifestDocument, ManifestDocument>? with = null)
    {
        var manifest = await cloud.ImageAsync(name, content, mediaType, with);
        Assert.Equal(201, (await cloud.PutManifestAsync(name, tag, manifest)).Status);
        return manifest;
    }

    public static string Code(this Answer answer) => answer.Json["errors"]![0]!["code"]!.ToString();
}

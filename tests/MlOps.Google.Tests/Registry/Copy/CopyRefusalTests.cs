using System.Text.Json.Nodes;
using MlOps.Core.Images;
using MlOps.Google.Registry;
using MlOps.Google.Tests.Servers;

namespace MlOps.Google.Tests.Registry.Copy;

/// <summary>What is not taken from a source, however sure it is of itself: the target sees nothing of it.</summary>
public sealed class CopyRefusalTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("layers/0/size", "-2", "0 to ")]
    [InlineData("layers/0/size", "9000000000000", "9000000000000 bytes; 0 to 137438953472 are copied")]
    [InlineData("config/size", "-1", "-1 bytes")]
    [InlineData("layers/0/size", "\"1000\"", "is not one")]
    [InlineData("layers/0/digest", "\"sha512:00\"", "is not one")]
    [InlineData("layers", "null", "an image has a config and layers only")]
    [InlineData("manifests", "[]", "an index has manifests only")]
    [InlineData("mediaType", "\"application/vnd.oci.image.index.v1+json\"", "says of itself that it is application/vnd.oci.image.index.v1+json")]
    public async Task A_manifest_that_says_what_cannot_be(string where, string value, string why)
    {
        var error = await RefusedAsync((source, manifest) => Put(source, Changed(manifest, where, value), MediaTypes.OciManifest));
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("application/vnd.docker.distribution.manifest.v1+prettyjws")]
    [InlineData("text/html")]
    public async Task What_is_no_manifest_by_its_type(string type)
    {
        var error = await RefusedAsync((source, manifest) => Put(source, manifest.Content.ToArray(), type));
        Assert.Contains($"is of the type '{type}', expected one of application/vnd.oci.image.manifest.v1+json,", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("size", "7", "but its descriptor says 7")]
    [InlineData("size", "4194305", "is said to have 4194305 bytes; at most 4194304 are read")]
    [InlineData("size", "-5", "is said to have -5 bytes")]
    [InlineData("mediaType", "\"application/vnd.docker.distribution.manifest.v2+json\"", "but its descriptor says application/vnd.docker.distribution.manifest.v2+json")]
    public async Task A_child_that_is_not_what_the_index_says(string field, string value, string why)
    {
        var error = await RefusedAsync((source, manifest) => Put(source, Changed(Index(manifest), $"manifests/0/{field}", value), MediaTypes.OciIndex));
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_digest_with_two_sizes()
    {
        var error = await RefusedAsync((source, manifest) => Put(source, Changed(manifest, "layers/1", """{"mediaType":"application/x","digest":"DIGEST","size":3}""".Replace("DIGEST", manifest.Parse().Layers![0].Digest.ToString(), StringComparison.Ordinal)), MediaTypes.OciManifest));
        Assert.Contains("1000 bytes in one place and 3 in another", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Too_many_layers_or_children_or_manifests()
    {
        var few = new CopyLimits { Layers = 2, Children = 2, Manifests = 3 };
        var layer = new Descriptor("application/x", Digest.Of("x"), 1);
        var error = await RefusedAsync((source, manifest) => Put(source, new ManifestDocument { Config = layer, Layers = [layer, layer, layer] }.Written(MediaTypes.OciManifest)), few);
        Assert.Contains("lists 3; at most 2 layers or 2 manifests", error.Message, StringComparison.Ordinal);
        error = await RefusedAsync((source, manifest) => Put(source, new ManifestDocument { Manifests = [layer, layer, layer] }.Written(MediaTypes.OciIndex)), few);
        Assert.Contains("lists 3; at most 2 layers or 2 manifests", error.Message, StringComparison.Ordinal);
        error = await RefusedAsync((source, manifest) => Put(source, Index(Put(source, Index(manifest)), Put(source, Index(manifest, manifest)))), few);
        Assert.Contains("more than 3 manifests", error.Message, StringComparison.Ordinal);
        error = await RefusedAsync((source, manifest) => Put(source, Index(manifest)), new CopyLimits { ManifestBytes = 100 });
        Assert.Contains("more than 100 bytes of them", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Indexes_within_indexes_without_end()
    {
        var error = await RefusedAsync((source, manifest) => Enumerable.Range(0, 5).Aggregate(manifest, (inner, _) => Put(source, Index(inner))));
        Assert.Contains("more than 4 deep", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Other_bytes_than_the_digest_says()
    {
        var error = await RefusedAsync((source, manifest) =>
        {
            source.Server.Next("GET", "/manifests/", Fault.Corrupt);
            return manifest;
        });
        Assert.Equal("DIGEST_INVALID", error.Code);
    }

    [Fact]
    public async Task A_referrer_that_is_about_something_else()
    {
        await using var source = await TestRegistry.StartAsync(new TestRegistry { KnowsReferrers = false });
        await using var target = await TestRegistry.StartAsync();
        var client = Clients.Registry();
        var (image, blobs) = Content.Image();
        var pinned = await Content.PushAsync(client, source.Image("p/r/i"), image, blobs);
        var liar = Content.Image(seed: 2).Manifest;
        Put(source, liar);
        await client.PutManifestAsync(pinned.WithTag($"sha256-{image.Digest.Hex}"), Index(liar), Cancel);

        var error = await Assert.ThrowsAsync<RegistryException>(() => ImageCopy.RunAsync(client, client, pinned, target.Image("p/r/i"), CopyOptions.Default, Cancel));
        Assert.Contains($"lists {liar.Digest} as a referrer of {image.Digest}, but it is about nothing", error.Message, StringComparison.Ordinal);
        Assert.Equal(image.Digest.ToString(), Assert.Single(target["p/r/i"].Manifests).Key);
    }

    [Fact]
    public async Task Referrers_of_referrers_without_end()
    {
        await using var source = await TestRegistry.StartAsync();
        await using var target = await TestRegistry.StartAsync();
        var client = Clients.Registry();
        var (image, blobs) = Content.Image();
        var pinned = await Content.PushAsync(client, source.Image("p/r/i"), image, [.. blobs, "{}"u8.ToArray()]);
        Enumerable.Range(0, 4).Aggregate(image, (about, _) => Put(source, Content.Statement(about, "a/b")));
        Task<CopyResult> CopyAsync(int depth) => ImageCopy.RunAsync(client, client, pinned, target.Image("p/r/i"), new CopyOptions { Limits = new CopyLimits { ReferrerDepth = depth } }, Cancel);
        Assert.Contains("more than 3 deep", (await Assert.ThrowsAsync<RegistryException>(() => CopyAsync(3))).Message, StringComparison.Ordinal);
        Assert.Equal((1, 4), ((await CopyAsync(4)).Referrers, target["p/r/i"].Manifests.Count - 1));
    }

    [Theory]
    [InlineData(999)]
    [InlineData(1001)]
    public async Task A_blob_of_another_length(int length)
    {
        var error = await RefusedAsync((source, manifest) =>
        {
            source["p/r/i"].Blobs[manifest.Parse().Layers![0].Digest.ToString()] = Content.Bytes(length);
            return manifest;
        });
        Assert.Equal("SIZE_INVALID", error.Code);
        Assert.Contains($"has {length} bytes there, but the manifest says 1000", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_blob_that_the_target_holds_with_another_length()
    {
        await using var source = await TestRegistry.StartAsync();
        await using var target = await TestRegistry.StartAsync();
        var client = Clients.Registry();
        var (image, blobs) = Content.Image();
        var pinned = await Content.PushAsync(client, source.Image("p/r/i"), image, blobs);
        target["p/r/i"].Blobs[Digest.Of(blobs[1]).ToString()] = [1, 2, 3];
        var error = await Assert.ThrowsAsync<RegistryException>(() => ImageCopy.RunAsync(client, client, pinned, target.Image("p/r/i"), CopyOptions.Default, Cancel));
        Assert.Equal((target.Host, "SIZE_INVALID"), (error.Host, error.Code));
    }

    private static async Task<RegistryException> RefusedAsync(Func<TestRegistry, Manifest, Manifest> arrange, CopyLimits? limits = null)
    {
        await using var source = await TestRegistry.StartAsync();
        await using var target = await TestRegistry.StartAsync();
        var client = Clients.Registry();
        var (image, blobs) = Content.Image();
        await Content.PushAsync(client, source.Image("p/r/i"), image, blobs);
        var arranged = arrange(source, image);
        var error = await Assert.ThrowsAsync<RegistryException>(
            () => ImageCopy.RunAsync(client, client, source.Image("p/r/i").Pinned(arranged.Digest), target.Image("p/r/i"), new CopyOptions { Limits = limits ?? new() }, Cancel));
        Assert.Equal(source.Host, error.Host);
        Assert.Empty(target["p/r/i"].Manifests);
        Assert.DoesNotContain(target["p/r/i"].Blobs, blob => blob.Key != Digest.Of(blob.Value).ToString());
        return error;
    }

    private static Manifest Index(params Manifest[] children) => new ManifestDocument { Manifests = [.. children.Select(SampleIndex.Describe)] }.Written(MediaTypes.OciIndex);

    private static Manifest Put(TestRegistry registry, Manifest manifest) => Put(registry, manifest.Content.ToArray(), manifest.MediaType);

    private static Manifest Put(TestRegistry registry, byte[] bytes, string mediaType)
    {
        var manifest = new Manifest(mediaType, bytes);
        registry["p/r/i"].Manifests[manifest.Digest.ToString()] = (mediaType, bytes);
        return manifest;
    }

    /// <summary>The same document with one thing changed, as somebody wrote it by hand.</summary>
    private static byte[] Changed(Manifest manifest, string where, string value)
    {
        var root = JsonNode.Parse(manifest.Content.Span)!;
        var (parent, path) = (root, where.Split('/'));
        foreach (var part in path[..^1])
        {
            parent = int.TryParse(part, out var index) ? parent[index]! : parent[part]!;
        }

        if (parent is JsonArray list)
        {
            list.Add(JsonNode.Parse(value));
        }
        else
        {
            parent[path[^1]] = JsonNode.Parse(value);
        }

        return System.Text.Encoding.UTF8.GetBytes(root.ToJsonString());
    }
}

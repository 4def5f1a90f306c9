using System.Net;
using System.Text;
using MlOps.Core.Images;
using MlOps.Google.Errors;
using MlOps.Google.Registry;
using MlOps.Google.Tests.Servers;

namespace MlOps.Google.Tests.Registry;

public sealed class ManifestTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_image_that_was_pushed_is_read_back_by_tag_and_by_digest_to_the_byte()
    {
        await using var registry = await TestRegistry.StartAsync();
        var client = Clients.Registry();
        var (manifest, blobs) = Content.Image();
        var pinned = await Content.PushAsync(client, registry.Image("p/r/i:v1"), manifest, blobs);

        Assert.Equal(manifest.Content.ToArray(), (await client.GetManifestAsync(registry.Image("p/r/i:v1"), Cancel)).Content.ToArray());
        Assert.Equal(manifest.Content.ToArray(), (await client.GetManifestAsync(pinned, Cancel)).Content.ToArray());
        Assert.Equal(new ManifestHead(manifest.Digest, MediaTypes.OciManifest, manifest.Content.Length), await client.HeadManifestAsync(pinned, Cancel));
    }

    [Fact]
    public async Task A_manifest_that_is_not_there_has_no_head_and_cannot_be_got()
    {
        await using var registry = await TestRegistry.StartAsync();
        Assert.Null(await Clients.Registry().HeadManifestAsync(registry.Image("p/r/i:nope"), Cancel));

        var error = await Assert.ThrowsAsync<RegistryException>(() => Clients.Registry().GetManifestAsync(registry.Image("p/r/i:nope"), Cancel));
        Assert.Equal((HttpStatusCode.NotFound, "MANIFEST_UNKNOWN", registry.Host), (error.Http, error.Code, error.Host));
        Assert.Contains($"{registry.Host}/p/r/i:nope", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_manifest_with_another_digest_than_asked_for_is_refused()
    {
        await using var registry = await TestRegistry.StartAsync();
        var client = Clients.Registry();
        var (manifest, blobs) = Content.Image();
        var pinned = await Content.PushAsync(client, registry.Image("p/r/i"), manifest, blobs);

        registry.Server.Next("GET", "/manifests/", Fault.Corrupt);
        var error = await Assert.ThrowsAsync<RegistryException>(() => client.GetManifestAsync(pinned, Cancel));
        Assert.Equal("DIGEST_INVALID", error.Code);
        Assert.Contains("not used", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_manifest_got_by_tag_must_have_the_digest_that_the_registry_announces()
    {
        await using var registry = await TestRegistry.StartAsync();
        var client = Clients.Registry();
        var (manifest, blobs) = Content.Image();
        await Content.PushAsync(client, registry.Image("p/r/i:v1"), manifest, blobs);

        registry.Server.Next("GET", "/manifests/", Fault.Corrupt);
        Assert.Equal("DIGEST_INVALID", (await Assert.ThrowsAsync<RegistryException>(() => client.GetManifestAsync(registry.Image("p/r/i:v1"), Cancel))).Code);
    }

    [Fact]
    public async Task A_registry_that_does_not_announce_digests_is_asked_for_the_bytes()
    {
        await using var registry = await TestRegistry.StartAsync(new TestRegistry { AnnouncesDigests = false });
        var client = Clients.Registry();
        var (manifest, blobs) = Content.Image();
        await Content.PushAsync(client, registry.Image("p/r/i:v1"), manifest, blobs);

        Assert.Equal(manifest.Digest, (await client.HeadManifestAsync(registry.Image("p/r/i:v1"), Cancel))!.Digest);
    }

    [Fact]
    public async Task An_absurdly_large_manifest_is_not_read()
    {
        await using var registry = await TestRegistry.StartAsync();
        registry["p/r/i"].Manifests["sha256:" + new string('0', 64)] = (MediaTypes.OciManifest, new byte[RegistryClient.LargestManifest + 1]);

        var error = await Assert.ThrowsAsync<CloudException>(() => Clients.Registry().GetManifestAsync(registry.Image("p/r/i").Pinned(default), Cancel));
        Assert.Contains("4194304", error.Message, StringComparison.Ordinal);
        Assert.Single(registry.Server.Requests);
    }

    [Fact]
    public async Task A_tag_is_added_to_a_digest_by_the_same_bytes()
    {
        await using var registry = await TestRegistry.StartAsync();
        var client = Clients.Registry();
        var (manifest, blobs) = Content.Image();
        var pinned = await Content.PushAsync(client, registry.Image("p/r/i"), manifest, blobs);

        Assert.Equal(manifest.Digest, await client.TagAsync(pinned, "release", Cancel));
        Assert.Equal(manifest.Digest.ToString(), registry["p/r/i"].Tags["release"]);
    }

    [Fact]
    public async Task A_manifest_is_not_put_at_a_digest_that_is_not_its_own()
    {
        var (manifest, _) = Content.Image();
        var other = ImageReference.Parse("127.0.0.1:1/p/r/i").Pinned(Digest.Of("another"));
        await Assert.ThrowsAsync<ArgumentException>(() => Clients.Registry().PutManifestAsync(other, manifest, Cancel));
    }

    [Theory]
    [InlineData("feature/x")]
    [InlineData("-x")]
    [InlineData("")]
    [InlineData("ü")]
    public async Task What_is_no_tag_is_not_sent(string tag)
    {
        var (manifest, _) = Content.Image();
        await Assert.ThrowsAsync<ArgumentException>(() => Clients.Registry().PutManifestAsync(ImageReference.Parse("127.0.0.1:1/p/r/i").WithTag(tag), manifest, Cancel));
    }

    [Fact]
    public async Task A_manifest_whose_layers_are_missing_is_refused_in_the_registrys_words()
    {
        await using var registry = await TestRegistry.StartAsync();
        var (manifest, _) = Content.Image();
        var error = await Assert.ThrowsAsync<RegistryException>(() => Clients.Registry().PutManifestAsync(registry.Image("p/r/i:v1"), manifest, Cancel));
        Assert.Equal("MANIFEST_BLOB_UNKNOWN", error.Code);
        Assert.Contains("blob unknown to registry: sha256:", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_put_whose_answer_is_lost_is_put_again()
    {
        await using var registry = await TestRegistry.StartAsync();
        var client = Clients.Registry();
        var (manifest, blobs) = Content.Image();
        registry.Server.Next("PUT", "/manifests/", Fault.LoseAnswer);
        await Content.PushAsync(client, registry.Image("p/r/i:v1"), manifest, blobs);
        Assert.Equal(2, registry.Server.Requests.Count(request => request.Method == "PUT" && request.Path.Contains("/manifests/", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Something_that_is_no_registry_is_said_to_be_none()
    {
        await using var server = await TestServer.StartAsync(context => context.Response.Body.WriteAsync("<html>Welcome</html>"u8.ToArray(), context.RequestAborted).AsTask());
        var error = await Assert.ThrowsAsync<RegistryException>(async () => await Clients.Registry().TagsAsync(ImageReference.Parse($"{server.Host}/p/r/i"), Cancel).ToListAsync(Cancel));
        Assert.Contains("Check that this is a registry", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_document_is_written_without_empty_parts_and_read_as_it_was()
    {
        var (manifest, _) = Content.Image();
        var text = Encoding.UTF8.GetString(manifest.Content.Span);
        Assert.StartsWith("""{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"sha256:""", text, StringComparison.Ordinal);
        Assert.DoesNotContain("null", text, StringComparison.Ordinal);
        Assert.Equal(manifest.Content.ToArray(), manifest.Parse().Written(MediaTypes.OciManifest).Content.ToArray());
    }
}

using MlOps.Core.Images;
using MlOps.Google.Registry;
using MlOps.Google.Tests.Servers;

namespace MlOps.Google.Tests.Registry;

/// <summary>The same calls against the real thing.</summary>
public sealed class DistributionRegistryTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_image_goes_there_and_back()
    {
        await using var registry = await DistributionRegistry.StartAsync();
        var client = Clients.Registry();
        var (manifest, blobs) = Content.Image(layerSize: 3_000_000);
        var pinned = await Content.PushAsync(client, registry.Image("p/r/i:v1"), manifest, blobs);

        Assert.Equal(manifest.Digest, (await client.HeadManifestAsync(registry.Image("p/r/i:v1"), Cancel))!.Digest);
        Assert.Equal(manifest.Content.ToArray(), (await client.GetManifestAsync(pinned, Cancel)).Content.ToArray());
        foreach (var layer in manifest.Parse().Layers!)
        {
            Assert.Equal(blobs[1], await client.ReadBlobAsync(pinned, layer, Cancel));
        }

        await client.TagAsync(pinned, "v2", Cancel);
        Assert.Equal(["v1", "v2"], await client.TagsAsync(pinned, Cancel).ToListAsync(Cancel));
        Assert.Null(await client.HeadManifestAsync(registry.Image("p/r/i:v3"), Cancel));
        Assert.Null(await client.BlobSizeAsync(pinned, Digest.Of("nothing"), Cancel));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(1_000_000L)]
    public async Task A_blob_arrives_in_one_piece_or_in_many(long? chunk)
    {
        await using var registry = await DistributionRegistry.StartAsync();
        var client = new RegistryClient(GcpEndpoint.Google, RegistryCredentials.None, Clients.Policy()) { ChunkSize = chunk };
        var bytes = Content.Bytes(5_000_000);
        Assert.Equal(BlobArrival.Sent, await client.UploadBlobAsync(registry.Image("p/r/i"), BlobContent.Of(bytes), Cancel));
        Assert.Equal(BlobArrival.There, await client.UploadBlobAsync(registry.Image("p/r/i"), BlobContent.Of(bytes), Cancel));
        Assert.Equal(bytes.Length, await client.BlobSizeAsync(registry.Image("p/r/i"), Digest.Of(bytes), Cancel));
    }

    [Fact]
    public async Task A_source_that_fails_midway_is_taken_up_where_the_registry_stopped()
    {
        await using var registry = await DistributionRegistry.StartAsync();
        var bytes = Content.Bytes(5_000_000);
        var opened = new List<long>();
        var flaky = new BlobContent(Digest.Of(bytes), bytes.Length, (offset, _) =>
        {
            opened.Add(offset);
            var rest = bytes[(int)offset..];
            return Task.FromResult<Stream>(opened.Count == 1 ? new CuttingStream(new MemoryStream(rest), 2_000_000, () => { }) : new MemoryStream(rest));
        });
        await Clients.Registry().UploadBlobAsync(registry.Image("p/r/i"), flaky, Cancel);
        Assert.Equal(bytes.Length, await Clients.Registry().BlobSizeAsync(registry.Image("p/r/i"), Digest.Of(bytes), Cancel));
        Assert.Equal(0, opened[0]);
    }

    [Fact]
    public async Task A_layer_is_mounted_from_another_repository()
    {
        await using var registry = await DistributionRegistry.StartAsync();
        var bytes = Content.Bytes(100_000);
        await Clients.Registry().UploadBlobAsync(registry.Image("p/r/from"), BlobContent.Of(bytes), Cancel);
        Assert.Equal(BlobArrival.Mounted, await Clients.Registry().UploadBlobAsync(registry.Image("p/r/to"), BlobContent.Of(bytes), Cancel, registry.Image("p/r/from")));
        Assert.Equal(bytes.Length, await Clients.Registry().BlobSizeAsync(registry.Image("p/r/to"), Digest.Of(bytes), Cancel));
        Assert.Equal(BlobArrival.Sent, await Clients.Registry().UploadBlobAsync(registry.Image("p/r/to"), BlobContent.Of(Content.Bytes(1000, 2)), Cancel, registry.Image("p/r/from")));
    }

    [Fact]
    public async Task Statements_are_kept_in_a_tag_since_it_does_not_know_referrers()
    {
        await using var registry = await DistributionRegistry.StartAsync();
        var client = Clients.Registry();
        var (image, blobs) = Content.Image();
        var pinned = await Content.PushAsync(client, registry.Image("p/r/i:v1"), image, blobs);
        var statement = Content.Statement(image, "application/vnd.mlops.release");
        await Content.PushAsync(client, registry.Image("p/r/i"), statement, "{}"u8.ToArray());
        Assert.Equal(statement.Digest, Assert.Single(await client.ReferrersAsync(pinned, "application/vnd.mlops.release", Cancel)).Digest);
    }

    [Fact]
    public async Task A_manifest_is_removed_by_digest()
    {
        await using var registry = await DistributionRegistry.StartAsync();
        var (image, blobs) = Content.Image();
        var pinned = await Content.PushAsync(Clients.Registry(), registry.Image("p/r/i:v1"), image, blobs);
        Assert.True(await Clients.Registry().DeleteManifestAsync(pinned, Cancel));
        Assert.False(await Clients.Registry().DeleteManifestAsync(pinned, Cancel));
        Assert.Null(await Clients.Registry().HeadManifestAsync(pinned, Cancel));
    }

    [Fact]
    public async Task What_is_wrong_with_an_image_is_said_in_its_words()
    {
        await using var registry = await DistributionRegistry.StartAsync();
        var (image, _) = Content.Image();
        var error = await Assert.ThrowsAsync<RegistryException>(() => Clients.Registry().PutManifestAsync(registry.Image("p/r/i:v1"), image, Cancel));
        Assert.Equal("MANIFEST_BLOB_UNKNOWN", error.Code);
    }
}

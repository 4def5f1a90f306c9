using Google.Cloud.ArtifactRegistry.V1;
using MlOps.Core.Images;
using MlOps.Google.Grpc;
using MlOps.Google.Registry;
using MlOps.Google.Tests.Servers;

namespace MlOps.Google.Tests.LocalCloud;

/// <summary>The registry client against the local cloud, by Google's names.</summary>
public sealed class LocalRegistryTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_image_goes_there_and_back_by_googles_name()
    {
        await using var cloud = await RunningCloud.StartAsync(needsRegistry: true);
        var client = new RegistryClient(cloud.Endpoint);
        var name = ImageReference.Parse("us-central1-docker.pkg.dev/local/ml/trainer:v1");
        var (manifest, blobs) = Content.Image(layerSize: 3_000_000);
        await client.PingAsync(name.Host, Cancel);
        var pinned = await Content.PushAsync(client, name, manifest, blobs);

        Assert.Equal($"us-central1-docker.pkg.dev/local/ml/trainer@{manifest.Digest}", pinned.ToString());
        Assert.Equal(manifest.Digest, (await client.HeadManifestAsync(name, Cancel))!.Digest);
        Assert.Equal(manifest.Content.ToArray(), (await client.GetManifestAsync(pinned, Cancel)).Content.ToArray());
        Assert.Equal(blobs[1], await client.ReadBlobAsync(pinned, manifest.Parse().Layers![0], Cancel));
        await client.TagAsync(pinned, "live", Cancel);
        Assert.Equal(["live", "v1"], await client.TagsAsync(pinned, Cancel).ToListAsync(Cancel));

        var other = ImageReference.Parse("us-central1-docker.pkg.dev/local/ml/other");
        Assert.Equal(BlobArrival.Mounted, await client.UploadBlobAsync(other, BlobContent.Of(blobs[1]), Cancel, pinned));
        Assert.Equal(blobs[1].Length, await client.BlobSizeAsync(other, Digest.Of(blobs[1]), Cancel));
    }

    [Fact]
    public async Task Statements_about_an_image_are_listed_by_its_own_referrers()
    {
        await using var cloud = await RunningCloud.StartAsync(needsRegistry: true);
        var client = new RegistryClient(cloud.Endpoint);
        var (image, blobs) = Content.Image();
        var pinned = await Content.PushAsync(client, ImageReference.Parse("us-central1-docker.pkg.dev/local/ml/trainer:v1"), image, blobs);
        var release = Content.Statement(image, "application/vnd.mlops.release");
        await Content.PushAsync(client, ImageReference.Parse(pinned.Name), release, "{}"u8.ToArray());

        Assert.Empty(await client.ReferrersAsync(pinned, "application/vnd.mlops.report", Cancel));
        Assert.Equal(release.Digest, Assert.Single(await client.ReferrersAsync(pinned, "application/vnd.mlops.release", Cancel)).Digest);
        Assert.Equal(["v1"], await client.TagsAsync(pinned, Cancel).ToListAsync(Cancel));
    }

    [Fact]
    public async Task Images_and_tags_are_seen_by_artifact_registrys_api()
    {
        await using var cloud = await RunningCloud.StartAsync(needsRegistry: true);
        var (image, blobs) = Content.Image();
        var pinned = await Content.PushAsync(new RegistryClient(cloud.Endpoint), ImageReference.Parse("us-central1-docker.pkg.dev/local/ml/team/trainer:v1"), image, blobs);
        using var channels = new GrpcChannels(cloud.Endpoint);
        var registry = new ArtifactRegistryClient(channels);
        var repository = RepositoryName.OfImage(pinned)!;

        var listed = Assert.Single(await registry.DockerImagesAsync(repository, Cancel).ToListAsync(Cancel));
        Assert.Equal((pinned.ToString(), "v1"), (listed.Uri, Assert.Single(listed.Tags)));
        Assert.EndsWith($"/versions/{image.Digest}", (await registry.GetTagAsync(repository, "team/trainer", "v1", Cancel))!.Version, StringComparison.Ordinal);
        await registry.SetTagAsync(repository, "team/trainer", "live", image.Digest.ToString(), Cancel);
        Assert.Equal(image.Digest, (await new RegistryClient(cloud.Endpoint).HeadManifestAsync(pinned.WithTag("live"), Cancel))!.Digest);
    }

    [Fact]
    public async Task A_repository_is_made_once()
    {
        await using var cloud = await RunningCloud.StartAsync();
        using var channels = new GrpcChannels(cloud.Endpoint);
        var registry = new ArtifactRegistryClient(channels);
        var name = new RepositoryName("local", "europe-west1", "mine");
        Assert.Null(await registry.GetRepositoryAsync(name, Cancel));
        var made = await registry.CreateRepositoryAsync(name, new Repository { Format = Repository.Types.Format.Docker, Description = "images" }, Cancel);
        Assert.Equal((name.ToString(), "images"), (made.Name, made.Description));
        Assert.Equal(made, await registry.CreateRepositoryAsync(name, new Repository { Format = Repository.Types.Format.Docker }, Cancel));
    }
}

using Google.Cloud.ArtifactRegistry.V1;
using Grpc.Core;
using MlOps.Core.Images;
using MlOps.Google.Errors;
using MlOps.Google.Registry;
using MlOps.Google.Tests.Servers;

namespace MlOps.Google.Tests.Registry;

public sealed class ArtifactRegistryClientTests
{
    private static readonly RepositoryName Ml = new("p", "us-central1", "ml");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_repository_is_made_and_waited_for_and_made_once()
    {
        await using var server = await TestArtifactRegistry.StartAsync();
        using var channels = server.Channels();
        var client = new ArtifactRegistryClient(channels);
        Assert.Null(await client.GetRepositoryAsync(Ml, Cancel));

        var made = await client.CreateRepositoryAsync(Ml, new Repository { Format = Repository.Types.Format.Docker }, Cancel);
        Assert.Equal(("projects/p/locations/us-central1/repositories/ml", Repository.Types.Format.Docker), (made.Name, made.Format));
        Assert.Equal(3, server.Polls);
        Assert.Equal(made, await client.CreateRepositoryAsync(Ml, new Repository { Format = Repository.Types.Format.Kfp }, Cancel));
        Assert.Equal(made, await client.GetRepositoryAsync(Ml, Cancel));
    }

    [Fact]
    public async Task An_operation_that_ends_with_an_error_is_an_error()
    {
        await using var server = await TestArtifactRegistry.StartAsync();
        server.OperationEndsWith = StatusCode.PermissionDenied;
        using var channels = server.Channels();
        var error = await Assert.ThrowsAsync<CloudException>(() => new ArtifactRegistryClient(channels).CreateRepositoryAsync(Ml, new Repository(), Cancel));
        Assert.Equal(StatusCode.PermissionDenied, error.Status);
        Assert.Contains($"could not make {Ml}: PERMISSION_DENIED: the quota is used up", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Images_are_listed_over_all_pages()
    {
        await using var server = await TestArtifactRegistry.StartAsync();
        server.Images.AddRange(Enumerable.Range(0, 7).Select(number => new DockerImage { Name = $"image-{number}" }));
        using var channels = server.Channels();
        Assert.Equal(7, await new ArtifactRegistryClient(channels).DockerImagesAsync(Ml, Cancel).CountAsync(Cancel));
    }

    [Fact]
    public async Task A_tag_is_made_moved_and_left_where_it_is()
    {
        await using var server = await TestArtifactRegistry.StartAsync();
        using var channels = server.Channels();
        var client = new ArtifactRegistryClient(channels);
        Assert.Null(await client.GetTagAsync(Ml, "team/model", "live", Cancel));
        foreach (var version in (string[])["sha256:1", "sha256:2", "sha256:2"])
        {
            await client.SetTagAsync(Ml, "team/model", "live", version, Cancel);
            Assert.Equal($"{Ml}/packages/team%2Fmodel/versions/{version}", (await client.GetTagAsync(Ml, "team/model", "live", Cancel))!.Version);
        }

        Assert.Single(await client.TagsAsync(Ml, "team/model", Cancel).ToListAsync(Cancel));
    }

    [Theory]
    [InlineData("us-central1-docker.pkg.dev/p/ml/i:v1", "projects/p/locations/us-central1/repositories/ml")]
    [InlineData("europe-docker.pkg.dev/p/ml/team/i", "projects/p/locations/europe/repositories/ml")]
    [InlineData("gcr.io/p/i", null)]
    [InlineData("busybox", null)]
    public void An_images_repository_is_in_its_name(string image, string? repository) => Assert.Equal(repository, RepositoryName.OfImage(ImageReference.Parse(image))?.ToString());
}

using System.Text;
using Grpc.Core;
using MlOps.Core.Images;
using MlOps.Google.Errors;
using MlOps.Google.Grpc;
using MlOps.Google.Kfp;

namespace MlOps.Google.Tests.LocalCloud;

/// <summary>The KFP client against the local cloud.</summary>
public sealed class LocalKfpTests
{
    private static readonly KfpRepository Repository = KfpRepository.Parse("https://us-central1-kfp.pkg.dev/local/pipelines");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Pipelines_are_uploaded_tagged_listed_and_read_back()
    {
        await using var cloud = await RunningCloud.StartAsync();
        using var channels = new GrpcChannels(cloud.Endpoint);
        var client = new KfpClient(channels);
        var (first, second) = (Pipeline(1), Pipeline(2));

        var one = await client.UploadAsync(Repository, first, ["v1", "main"], "the first", Cancel);
        var two = await client.UploadAsync(Repository, second, ["main"], null, Cancel);
        Assert.Equal($"https://us-central1-kfp.pkg.dev/local/pipelines/training/{Digest.Of(first)}", one.ToString());
        Assert.Equal(one, await client.UploadAsync(Repository, first, [], null, Cancel));

        Assert.Equal(first, await client.DownloadAsync(one, Cancel));
        Assert.Equal(two, await client.ResolveTagAsync(Repository, "training", "main", Cancel));
        Assert.Null(await client.ResolveTagAsync(Repository, "training", "none", Cancel));
        await client.SetTagAsync(one, "main", Cancel);
        Assert.Equal(one, await client.ResolveTagAsync(Repository, "training", "main", Cancel));

        Assert.Equal(two, await client.NewestAsync(Repository, "training", Cancel));
        Assert.Null(await client.NewestAsync(Repository, "other", Cancel));

        Assert.Equal(["training"], await client.PackagesAsync(Repository, Cancel).ToListAsync(Cancel));
        Assert.Equal(2, await client.VersionsAsync(Repository, "training", Cancel).CountAsync(Cancel));
        Assert.Equal([("main", one), ("v1", one)], await client.TagsAsync(Repository, "training", Cancel).OrderBy(tag => tag.Tag).ToListAsync(Cancel));
        Assert.Equal(StatusCode.NotFound, (await Assert.ThrowsAsync<CloudException>(() => client.DownloadAsync(one with { Version = Digest.Of("x") }, Cancel))).Status);
    }

    private static byte[] Pipeline(int number) => Encoding.UTF8.GetBytes(
        $$"""{"pipelineInfo":{"name":"training"},"root":{"dag":{"tasks":{} } },"schemaVersion":"2.1.0","sdkVersion":"mlops-{{number}}","deploymentSpec":{} }""");
}

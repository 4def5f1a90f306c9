using MlOps.Containers.Images;
using MlOps.Core.Images;
using MlOps.Core.Problems;

namespace MlOps.Containers.Tests.Images;

public sealed class EngineImagesTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_image_is_tagged_found_and_untagged()
    {
        await using var engine = await TestEngine.ConnectAsync(TestEngine.Busybox);
        var name = ImageReference.Parse($"mlops-test/{Guid.NewGuid():N}:a");

        await engine.Images.TagAsync(TestEngine.Busybox, name, Cancel);
        var there = await engine.Images.ExistsAsync(name.ToString(), Cancel);
        await engine.Images.RemoveAsync(name.ToString(), Cancel);

        Assert.True(there);
        Assert.False(await engine.Images.ExistsAsync(name.ToString(), Cancel));
        Assert.True(await engine.Images.ExistsAsync(TestEngine.Busybox, Cancel));
    }

    [Fact]
    public async Task A_registry_that_is_not_there_is_named_on_pulling_and_pushing()
    {
        await using var engine = await TestEngine.ConnectAsync(TestEngine.Busybox);
        var name = ImageReference.Parse($"127.0.0.1:9/mlops-test/{Guid.NewGuid():N}:a");
        await engine.Images.TagAsync(TestEngine.Busybox, name, Cancel);
        try
        {
            var pulling = await Assert.ThrowsAsync<StepFailedException>(() => engine.Images.PullAsync(name, auth: null, progress: null, Cancel));
            var pushing = await Assert.ThrowsAsync<StepFailedException>(() => engine.Images.PushAsync(name, auth: null, progress: null, Cancel));

            Assert.Contains("127.0.0.1:9", pulling.Message);
            Assert.Contains("127.0.0.1:9", pushing.Message);
        }
        finally
        {
            await engine.Images.RemoveAsync(name.ToString(), Cancel);
        }
    }

    [Fact]
    public void A_credential_does_not_show_its_secret()
    {
        Assert.DoesNotContain("geheim", $"{RegistryAuth.AccessToken("geheim")}");
    }
}

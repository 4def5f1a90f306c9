using MlOps.Core.Problems;
using MlOps.Steps.Build;
using MlOps.Steps.Push;

namespace MlOps.Steps.Tests.Push;

public sealed class PushStepTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_digest_recorded_is_the_registrys_and_both_tags_lead_to_it()
    {
        await using var lab = await DeliveryLab.StartAsync();
        lab.Component("train", $"FROM {DeliveryLab.BaseImage}\nRUN echo x > /x\n");
        var source = lab.Commit();
        var (built, pushed) = await lab.DeliverAsync();

        var image = pushed.Images.Single();
        var fingerprint = built.Images.Single().Fingerprint;
        foreach (var tag in new[] { source.ImageTag, ComponentImage.InputsTag(fingerprint) })
        {
            Assert.Equal(image.Digest, (await lab.Registry.HeadManifestAsync(image.Image.WithTag(tag), Cancel))?.Digest);
        }

        var manifest = (await lab.Registry.GetManifestAsync(image.Pinned, Cancel)).Parse();
        Assert.Equal(manifest.Config!.Size + manifest.Layers!.Sum(layer => layer.Size), image.Size);
        Assert.DoesNotContain(await lab.OnEngineAsync(), name => name.StartsWith("127.0.0.1", StringComparison.Ordinal));
        Assert.StartsWith($"{lab.Images}/train@sha256:", image.Pinned.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_image_of_another_worker_with_the_same_inputs_is_used()
    {
        await using var lab = await DeliveryLab.StartAsync();
        lab.Component("train", $"FROM {DeliveryLab.BaseImage}\nRUN date +%N > /x\n");
        lab.Commit();
        var (built, _) = await lab.BuildAsync();
        var first = await lab.PushAsync();

        // A build from before the other's push, pushed after it.
        lab.Workspace.Write(Records.Build, built);
        var second = await lab.PushAsync();
        Assert.Equal(first.Pushed.Images.Single().Digest, second.Pushed.Images.Single().Digest);
        Assert.Contains(lab.Lines, line => line.Contains("another worker", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_registry_that_is_not_there_is_named_after_retries()
    {
        await using var lab = await DeliveryLab.StartAsync();
        lab.Component("train", $"FROM {DeliveryLab.BaseImage}\nRUN echo y > /x\n");
        lab.Commit();
        await lab.BuildAsync();
        await lab.StopRegistryAsync();

        var failed = await Assert.ThrowsAnyAsync<StepFailedException>(lab.PushAsync);
        Assert.Contains("us-central1-docker.pkg.dev", failed.Message, StringComparison.Ordinal);
        Assert.Contains("attempts", failed.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(lab.Workspace.PathOf("push.json")));
    }

    [Fact]
    public async Task An_image_that_is_gone_from_the_engine_says_which_step_to_run()
    {
        await using var lab = await DeliveryLab.StartAsync();
        lab.Component("train", $"FROM {DeliveryLab.BaseImage}\nRUN echo z > /x\n");
        lab.Commit();
        await lab.BuildAsync();
        await lab.RemoveImagesAsync();
        var failed = await Assert.ThrowsAsync<InvalidInputException>(lab.PushAsync);
        Assert.Contains("mlops build", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_push_before_a_build_says_so()
    {
        using var lab = DeliveryLab.OfFiles();
        lab.Commit();
        var failed = await Assert.ThrowsAsync<InvalidInputException>(() => PushStep.RunAsync(lab.Context, Cancel));
        Assert.Contains("mlops build", failed.Message, StringComparison.Ordinal);
    }
}

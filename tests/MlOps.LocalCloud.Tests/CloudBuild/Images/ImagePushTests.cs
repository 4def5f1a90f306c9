using MlOps.LocalCloud.CloudBuild;
using MlOps.LocalCloud.CloudBuild.Images;
using MlOps.LocalCloud.Tests.CloudBuild.EngineSockets;
using static Google.Cloud.CloudBuild.V1.Build.Types.FailureInfo.Types;

namespace MlOps.LocalCloud.Tests.CloudBuild.Images;

public sealed class ImagePushTests(SocketLab lab) : IClassFixture<SocketLab>
{
    private readonly List<string> _log = [];

    [Fact]
    public async Task A_tagged_image_is_pushed_under_that_tag_with_its_digest_and_timing()
    {
        var image = await lab.BuildAsync($"{lab.Repository}/one:v1", "one");
        var built = Assert.Single(await Push().PushAsync(lab.Engine, image, _log.Add, TestCloud.Cancel));
        Assert.Equal((image, await lab.DigestAsync(image)), (built.Name, built.Digest));
        Assert.True(built.PushTiming.EndTime > built.PushTiming.StartTime);
        Assert.Equal($"Pushing {image}", _log[0]);
        Assert.DoesNotContain(_log, line => line.Contains("127.0.0.1", StringComparison.Ordinal));
        Assert.DoesNotContain((await lab.Engine.Images.InspectAsync(image, TestCloud.Cancel))!.RepoTags!, tag => tag.Contains("127.0.0.1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_image_without_a_tag_is_pushed_under_every_tag_of_the_build_and_latest_counts_twice()
    {
        var name = $"{lab.Repository}/many";
        var image = await lab.BuildAsync($"{name}:latest", "many");
        await lab.Engine.Images.TagAsync(image, Core.Images.ImageReference.Parse($"{name}:v7"), TestCloud.Cancel);
        var built = await Push().PushAsync(lab.Engine, name, _log.Add, TestCloud.Cancel);
        Assert.Equal([name, $"{name}:latest", $"{name}:v7"], built.Select(pushed => pushed.Name));
        Assert.Single(built.Select(pushed => pushed.Digest).Distinct());
    }

    [Fact]
    public async Task Tags_of_an_earlier_build_are_not_pushed_again()
    {
        var name = $"{lab.Repository}/early";
        await lab.BuildAsync($"{name}:v1", "early");
        Assert.Equal([name], await Push(TimeProvider.System.GetUtcNow().AddMinutes(1)).MissingAsync(lab.Engine, [name], TestCloud.Cancel));
        Assert.Empty(await Push().MissingAsync(lab.Engine, [name, $"{name}:v1"], TestCloud.Cancel));
    }

    [Fact]
    public async Task What_is_missing_is_told_whole_and_a_push_of_it_fails()
    {
        var (a, b) = ($"{lab.Repository}/a:v1", $"{lab.Repository}/b");
        Assert.Equal([a, b, "Not An Image"], await Push().MissingAsync(lab.Engine, [a, SocketLab.Busybox, b, "Not An Image"], TestCloud.Cancel));
        Assert.Equal(FailureType.PushImageNotFound, (await Assert.ThrowsAsync<BuildFaultException>(() => Push().PushAsync(lab.Engine, a, _log.Add, TestCloud.Cancel))).Type);
    }

    [Fact]
    public async Task A_registry_that_does_not_answer_fails_the_push_in_its_own_words()
    {
        var image = await lab.BuildAsync($"127.0.0.1:1/lab-{lab.Id}:v1", "nowhere");
        var fault = await Assert.ThrowsAsync<BuildFaultException>(() => Push().PushAsync(lab.Engine, image, _log.Add, TestCloud.Cancel));
        Assert.Equal(FailureType.PushFailed, fault.Type);
        Assert.StartsWith($"failed to push {image}: ", fault.Message, StringComparison.Ordinal);
    }

    private ImagePush Push(DateTimeOffset? begun = null) => new(lab.Transport, TimeProvider.System, begun ?? TimeProvider.System.GetUtcNow().AddMinutes(-5));
}

using MlOps.Core.Images;
using MlOps.LocalCloud.CloudBuild;
using MlOps.LocalCloud.CloudBuild.Images;
using MlOps.LocalCloud.Tests.CloudBuild.EngineSockets;
using static Google.Cloud.CloudBuild.V1.Build.Types.FailureInfo.Types;

namespace MlOps.LocalCloud.Tests.CloudBuild.Images;

public sealed class StepImagesTests(SocketLab lab) : IClassFixture<SocketLab>
{
    private readonly List<string> _log = [];

    [Fact]
    public async Task An_image_that_the_engine_has_is_used()
    {
        var found = await Images().FindAsync(lab.Engine, SocketLab.Busybox, _log.Add, TestCloud.Cancel);
        Assert.Equal(SocketLab.Busybox, found.Name);
        Assert.StartsWith("sha256:", found.Digest, StringComparison.Ordinal);
        Assert.StartsWith("Already have image", Assert.Single(_log), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_image_of_the_local_registry_is_pulled_and_named_with_its_digest()
    {
        var image = await PushedAsync("pulled:v1", "pulled");
        (await lab.DockerAsync("rmi", image)).Ok();
        var found = await Images().FindAsync(lab.Engine, image, _log.Add, TestCloud.Cancel);
        Assert.Equal((image, await lab.DigestAsync(image)), (found.Name, found.Digest));
        Assert.Equal($"Pulling image: {image}", _log[0]);
        Assert.DoesNotContain(_log, line => line.Contains("127.0.0.1", StringComparison.Ordinal));
        _log.Clear();
        var pinned = $"{image[..^3]}@{found.Digest}";
        Assert.Equal(found.Digest, (await Images().FindAsync(lab.Engine, pinned, _log.Add, TestCloud.Cancel)).Digest);
        Assert.Equal([$"Already have image (with digest): {pinned}"], _log);
    }

    [Fact]
    public async Task What_the_build_has_made_beats_the_registry_and_what_is_older_does_not()
    {
        var image = await PushedAsync("own:latest", "registry");
        var registrys = await lab.DigestAsync(image);
        await lab.Engine.Images.TagAsync(SocketLab.Busybox, ImageReference.Parse(image), TestCloud.Cancel);
        var busybox = (await lab.Engine.Images.InspectAsync(SocketLab.Busybox, TestCloud.Cancel))!.ID;
        Assert.Equal(busybox, (await Images(since: TimeProvider.System.GetUtcNow().AddMinutes(-1)).FindAsync(lab.Engine, image, _log.Add, TestCloud.Cancel)).Digest);
        Assert.Equal([$"Already have image: {image}"], _log);
        Assert.Equal(registrys, (await Images(since: TimeProvider.System.GetUtcNow().AddMinutes(1)).FindAsync(lab.Engine, image, _log.Add, TestCloud.Cancel)).Digest);
    }

    [Fact]
    public async Task A_mapped_image_is_replaced_and_the_log_says_so_and_where()
    {
        var images = Images("""
            images:
              gcr.io/cloud-builders/*: busybox:1.36
            """);
        var found = await images.FindAsync(lab.Engine, "gcr.io/cloud-builders/docker", _log.Add, TestCloud.Cancel);
        Assert.Equal(SocketLab.Busybox, found.Name);
        Assert.Equal("Image gcr.io/cloud-builders/docker is mapped to busybox:1.36 (cloud.yaml:2:3)", _log[0]);
    }

    [Fact]
    public async Task A_mapping_to_what_is_not_there_names_its_place()
    {
        var images = Images($"images: {{python: 127.0.0.1:1/nothing-{lab.Id}:v1}}");
        var fault = await Assert.ThrowsAsync<BuildFaultException>(() => images.FindAsync(lab.Engine, "python:3.12", _log.Add, TestCloud.Cancel));
        Assert.StartsWith($"image python:3.12 is mapped to 127.0.0.1:1/nothing-{lab.Id}:v1 in cloud.yaml:1:10, which cannot be had", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_image_that_cannot_be_had_is_an_error_that_says_why_and_what_to_do()
    {
        var name = $"127.0.0.1:1/nothing-{lab.Id}:v1";
        var fault = await Assert.ThrowsAsync<BuildFaultException>(() => Images().FindAsync(lab.Engine, name, _log.Add, TestCloud.Cancel));
        Assert.Equal(FailureType.UserBuildStep, fault.Type);
        Assert.StartsWith($"image {name} is neither on the engine nor in the local registry, and cannot be pulled: ", fault.Message, StringComparison.Ordinal);
        Assert.Contains($"`images: {{127.0.0.1:1/nothing-{lab.Id}: IMAGE}}` in cloud.yaml", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tag_that_the_local_registry_does_not_have_is_compared_with_those_that_it_has()
    {
        await PushedAsync("near:version1", "near");
        var fault = await Assert.ThrowsAsync<BuildFaultException>(() => Images().FindAsync(lab.Engine, $"{lab.Repository}/near:version2", _log.Add, TestCloud.Cancel));
        Assert.Contains("Did you mean 'version1'?", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stand_in_is_taken_only_when_nothing_else_is_to_be_had_and_the_log_says_so()
    {
        var (name, standIn) = ($"gcr.io/cloud-builders/lab-{lab.Id}", $"cloud-builders/lab-{lab.Id}:stand-in");
        await lab.Engine.Images.TagAsync(SocketLab.Busybox, ImageReference.Parse(standIn), TestCloud.Cancel);
        Assert.Equal(standIn, (await Images().FindAsync(lab.Engine, name, _log.Add, TestCloud.Cancel)).Name);
        Assert.Contains(_log, line => line.StartsWith($"Image {name} cannot be pulled (", StringComparison.Ordinal) && line.EndsWith($"mapped to its stand-in {standIn}", StringComparison.Ordinal));

        await lab.Engine.Images.TagAsync(SocketLab.Busybox, ImageReference.Parse(name), TestCloud.Cancel);
        Assert.Equal(name, (await Images().FindAsync(lab.Engine, name, _log.Add, TestCloud.Cancel)).Name);
    }

    [Theory]
    [InlineData("gcr.io/cloud-builders/docker", "cloud-builders/docker:stand-in")]
    [InlineData("gcr.io/cloud-builders/docker:20.10.24", "cloud-builders/docker:stand-in")]
    [InlineData("gcr.io/google.com/cloudsdktool/cloud-sdk:slim", "cloudsdktool/cloud-sdk:stand-in")]
    [InlineData("google/cloud-sdk:alpine", "cloudsdktool/cloud-sdk:stand-in")]
    [InlineData("gcr.io/my-project/cloud-builders/docker", null)]
    [InlineData("docker", null)]
    public void Builders_of_Google_have_stand_ins(string image, string? standIn) => Assert.Equal(standIn, StandIns.For(ImageReference.Parse(image)));

    private StepImages Images(string settings = "", DateTimeOffset? since = null)
    {
        var problems = new List<Core.Problems.Problem>();
        var mapping = CloudSettings.Parse("cloud.yaml", settings, problems).Images;
        Assert.Empty(problems);
        return new StepImages(lab.Transport, mapping, since ?? TimeProvider.System.GetUtcNow().AddDays(1));
    }

    private async Task<string> PushedAsync(string name, string content)
    {
        var image = await lab.BuildAsync($"{lab.Repository}/{name}", content);
        await lab.Transport.PushAsync(lab.Engine, image, ImageReference.Parse(image), progress: null, TestCloud.Cancel);
        return image;
    }
}

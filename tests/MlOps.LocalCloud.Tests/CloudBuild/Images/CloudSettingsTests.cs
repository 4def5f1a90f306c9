using MlOps.Core.Images;
using MlOps.Core.Problems;
using MlOps.LocalCloud.CloudBuild.Images;

namespace MlOps.LocalCloud.Tests.CloudBuild.Images;

public sealed class CloudSettingsTests
{
    [Theory]
    [InlineData("gcr.io/cloud-builders/docker", "by-name:latest")]
    [InlineData("gcr.io/cloud-builders/docker:20.10", "by-name:latest")]
    [InlineData("gcr.io/cloud-builders/git", "by-pattern")]
    [InlineData("gcr.io/cloud-builders/git/more", null)]
    [InlineData("us-central1-docker.pkg.dev/acme/ml/mlops-builder:v1", "mlops-builder")]
    [InlineData("us-central1-docker.pkg.dev/acme/other/mlops-builder:v1", null)]
    [InlineData("node:22-slim", "node-22")]
    [InlineData("node:20", null)]
    [InlineData("node", "node-latest")]
    [InlineData("europe-docker.pkg.dev/a/b/c/d", "anything")]
    [InlineData("gcr.io/cloud-builders/gcloud@sha256:0000000000000000000000000000000000000000000000000000000000000000", "by-pattern")]
    public void An_image_is_mapped_by_the_first_rule_that_fits_exact_names_before_patterns(string image, string? mapped)
    {
        var settings = Parse("""
            # which images stand for Google's
            images:
              gcr.io/cloud-builders/*: by-pattern
              gcr.io/cloud-builders/docker: by-name:latest
              "us-central1-docker.pkg.dev/*/ml/mlops-builder": mlops-builder
              node:22-*: node-22
              node:latest: node-latest
              europe-docker.pkg.dev/**: anything
            """);
        Assert.Equal(mapped, settings.Images.Find(ImageReference.Parse(image))?.Image.ToString());
    }

    [Theory]
    [InlineData("image: {}", "cloud.yaml:1:1: error: Unknown key 'image' in the local cloud's configuration. Did you mean 'images'? [unknown-key]")]
    [InlineData("images: [a]", "cloud.yaml:1:9: error: 'images' must be a map from an image's name to a local image; this is a list. [wrong-kind]")]
    [InlineData("- a", "cloud.yaml:1:1: error: The local cloud's configuration must be a map; this is a list. Expected for one `images:`. [wrong-kind]")]
    [InlineData("images:\n  a: 1.5", "cloud.yaml:2:6: error: '1.5' is not an image's name: expected the image that stands for 'a', such as alpine/git:latest. [bad-image]")]
    [InlineData("images:\n  a:", "cloud.yaml:2:5: error: '' is not an image's name: expected the image that stands for 'a', such as alpine/git:latest. [bad-image]")]
    [InlineData("images:\n  https://gcr.io/a: b", "cloud.yaml:2:3: error: 'https://gcr.io/a' is not an image's name: expected [HOST/]PATH[:TAG] in lower case, '*' for any part of a path segment. Leave out 'https://'. [bad-image]")]
    [InlineData("images:\n  gcr.io/A: b", "cloud.yaml:2:3: error: 'gcr.io/A' is not an image's name: expected [HOST/]PATH[:TAG] in lower case, '*' for any part of a path segment. [bad-image]")]
    [InlineData("images:\n  a: a", "cloud.yaml:2:6: error: 'a' is mapped to itself: name a local image, or remove the line. [mapped-to-itself]")]
    [InlineData("images:\n  a: b\n  a: c", "cloud.yaml:3:3: error: Key 'a' is given twice; remove one. [duplicate-key]")]
    [InlineData("dockerSocket: prox", "cloud.yaml:1:15: error: 'dockerSocket' must be proxy, engine or none; this is 'prox'. Did you mean 'proxy'? [unknown-value]")]
    [InlineData("dockerSocket: [none]", "cloud.yaml:1:15: error: 'dockerSocket' must be proxy, engine or none; this is a list. [unknown-value]")]
    public void What_is_wrong_is_said_with_its_place(string text, string problem)
    {
        var problems = new List<Problem>();
        CloudSettings.Parse("cloud.yaml", text, problems);
        Assert.Equal(problem, Assert.Single(problems).ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("# nothing yet\n")]
    [InlineData("images:\n")]
    public void A_file_that_says_nothing_changes_nothing(string text) => Assert.Empty(Parse(text).Images.Rules);

    [Fact]
    public void A_file_that_is_not_there_changes_nothing() => Assert.Equal(DockerSocket.Proxy, CloudSettings.Read("/nowhere/cloud.yaml").DockerSocket);

    [Fact]
    public void The_socket_can_be_switched_off() => Assert.Equal(DockerSocket.None, Parse("dockerSocket: none").DockerSocket);

    private static CloudSettings Parse(string text)
    {
        var problems = new List<Problem>();
        var settings = CloudSettings.Parse("cloud.yaml", text, problems);
        Assert.Empty(problems);
        return settings;
    }
}

using MlOps.Core.Images;
using MlOps.LocalCloud.CloudBuild.EngineSockets;

namespace MlOps.LocalCloud.Tests.CloudBuild.EngineSockets;

public sealed class BuildCallTests(SocketLab lab) : IClassFixture<SocketLab>
{
    public static TheoryData<string, bool> Builders() =>
        new(SocketLab.Clients.SelectMany(client => client == "/usr/bin/docker" ? new[] { (client, false), (client, true) } : [(client, false)]));

    [Theory]
    [MemberData(nameof(Builders))]
    public async Task A_FROM_of_an_image_that_only_the_local_registry_has_works(string client, bool buildKit)
    {
        var image = await PushedAsync($"from-{(buildKit ? "kit" : "classic")}-{client.Split('/')[2]}", "base");
        var context = lab.Context($"ARG REPOSITORY=nowhere\nFROM ${{REPOSITORY}}/{image.Split('/')[^1]} AS base\nFROM busybox:1.36\nCOPY --from=base /hello /copied\nRUN cat /copied");
        var built = (await lab.RunAsync(client, ["build", "--no-cache", "-t", $"{lab.Repository}/built:{client.Split('/')[2]}{buildKit}", "--build-arg", $"REPOSITORY={lab.Repository}", context], buildKit: buildKit)).Ok();
        Assert.Equal("base", (await lab.DockerAsync("run", "--rm", $"{lab.Repository}/built:{client.Split('/')[2]}{buildKit}", "cat", "/copied")).Ok().Output);
        Assert.DoesNotContain("127.0.0.1", built.Output + built.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Builders))]
    public async Task A_FROM_by_digest_works_in_the_Dockerfile_for_the_classic_builder_and_as_an_argument_for_both(string client, bool buildKit)
    {
        var image = await PushedAsync($"pinned-{(buildKit ? "kit" : "classic")}-{client.Split('/')[2]}", "pinned");
        var pinned = $"{image[..^3]}@{await lab.DigestAsync(image)}";
        var literal = await lab.RunAsync(client, ["build", "-q", lab.Context($"FROM {pinned}\nRUN cat /hello")], buildKit: buildKit);
        if (buildKit)
        {
            Assert.NotEqual(0, literal.Exit);
            Assert.Contains("name its tag", literal.Errors, StringComparison.Ordinal);
        }
        else
        {
            literal.Ok();
        }

        (await lab.RunAsync(client, ["build", "-q", "--build-arg", $"BASE={pinned}", lab.Context("ARG BASE\nFROM $BASE\nRUN cat /hello")], buildKit: buildKit)).Ok();
    }

    [Theory]
    [MemberData(nameof(Builders))]
    public async Task A_FROM_takes_what_the_registry_has_now_not_what_the_engine_kept(string client, bool buildKit)
    {
        var image = await PushedAsync($"fresh-{buildKit}-{client.Split('/')[2]}".ToLowerInvariant(), "old", keep: true);
        var other = await lab.BuildAsync($"{lab.Repository}/fresh-other:latest", "new");
        await lab.Transport.PushAsync(lab.Engine, other, ImageReference.Parse(image), progress: null, TestCloud.Cancel);
        await using var socket = await EngineSocket.OpenAsync(lab.Engine, lab.Transport, lab.Scope with { Begun = TimeProvider.System.GetUtcNow() }, TestCloud.Cancel);
        var tag = $"{lab.Repository}/fresh-built:{client.Split('/')[2]}{buildKit}";
        (await lab.RunAsync(client, ["build", "-q", "-t", tag, lab.Context($"FROM {image}\nRUN true")], buildKit: buildKit, address: "unix://" + socket.Path)).Ok();
        Assert.Equal("new", (await lab.DockerAsync("run", "--rm", tag, "cat", "/hello")).Ok().Output);
    }

    [Fact]
    public async Task The_builds_network_can_be_named_and_a_failed_instruction_leaves_no_container()
    {
        await lab.Engine.Networks.EnsureAsync("cloudbuild", System.Collections.Immutable.ImmutableDictionary<string, string>.Empty, TestCloud.Cancel);
        (await lab.DockerAsync("build", "-q", "--no-cache", "--network", "cloudbuild", lab.Context("FROM busybox:1.36\nRUN true"))).Ok();
        var marker = $"exit-{lab.Id}";
        var failed = await lab.DockerAsync("build", "--no-cache", lab.Context($"FROM busybox:1.36\nRUN echo {marker} && exit 3"));
        Assert.NotEqual(0, failed.Exit);
        Assert.Contains("returned a non-zero code: 3", failed.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain(await lab.Engine.Client.Containers.ListContainersAsync(new() { All = true }, TestCloud.Cancel), container => container.Command.Contains(marker, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Builders))]
    public async Task A_context_of_some_size_arrives_whole(string client, bool buildKit)
    {
        var context = lab.Context("FROM busybox:1.36\nCOPY . /all\nRUN cd /all && sha256sum big");
        var data = System.Security.Cryptography.RandomNumberGenerator.GetBytes(20_000_000);
        await File.WriteAllBytesAsync(Path.Combine(context, "big"), data, TestCloud.Cancel);
        await File.WriteAllTextAsync(Path.Combine(context, new string('n', 120)), "a long name", TestCloud.Cancel);
        var tag = $"{lab.Repository}/big:{client.Split('/')[2]}{buildKit}";
        (await lab.RunAsync(client, ["build", "-t", tag, context], buildKit: buildKit)).Ok();
        Assert.StartsWith(Digest.Of(data).Hex, (await lab.DockerAsync("run", "--rm", tag, "sha256sum", "/all/big")).Ok().Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("failed to do request: Head \"https://us-central1-docker.pkg.dev/v2/p/r/i/manifests/v1\": dial tcp: lookup us-central1-docker.pkg.dev: no such host", "us-central1-docker.pkg.dev/p/r/i:v1")]
    [InlineData("gcr.io/p/i:v2: not found", "gcr.io/p/i:v2")]
    [InlineData("failed to resolve source metadata for eu.gcr.io/p/i@sha256:0000000000000000000000000000000000000000000000000000000000000000: x", "eu.gcr.io/p/i@sha256:0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("python:3.11-slim: not found", "")]
    public void Googles_names_are_found_in_the_engines_words(string text, string names) =>
        Assert.Equal(names, string.Join(' ', Builds.NamesIn(text)));

    private async Task<string> PushedAsync(string name, string content, bool keep = false)
    {
        var image = await lab.BuildAsync($"{lab.Repository}/{name}:v1", content);
        (await lab.DockerAsync("push", image)).Ok();
        if (!keep)
        {
            (await lab.DockerAsync("rmi", "-f", image)).Ok();
        }

        return image;
    }
}

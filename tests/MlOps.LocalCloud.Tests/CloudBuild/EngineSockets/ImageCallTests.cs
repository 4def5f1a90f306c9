namespace MlOps.LocalCloud.Tests.CloudBuild.EngineSockets;

public sealed class ImageCallTests(SocketLab lab) : IClassFixture<SocketLab>
{
    public static TheoryData<string> Clients() => [.. SocketLab.Clients];

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task An_image_of_Googles_name_is_pushed_to_the_local_registry_and_pulled_by_tag_and_by_digest(string client)
    {
        var image = await lab.BuildAsync($"{lab.Repository}/round-{Path.GetDirectoryName(client)!.Replace("/", "", StringComparison.Ordinal)}:v1", "round trip " + client);
        var pushed = (await lab.RunAsync(client, ["push", image])).Ok();
        var name = image[..^3];
        Assert.Contains($"The push refers to repository [{name}]", pushed.Output, StringComparison.Ordinal);
        var digest = await lab.DigestAsync(image);
        Assert.NotNull(digest);
        Assert.Contains($"v1: digest: {digest}", pushed.Output, StringComparison.Ordinal);
        Assert.Equal($"{name}@{digest}", (await lab.RunAsync(client, ["inspect", "--format", "{{index .RepoDigests 0}}", image])).Ok().Output);

        (await lab.RunAsync(client, ["rmi", image])).Ok();
        Assert.NotEqual(0, (await lab.RunAsync(client, ["inspect", image])).Exit);

        var pulled = (await lab.RunAsync(client, ["pull", image])).Ok();
        Assert.Contains($"Digest: {digest}", pulled.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("127.0.0.1", pulled.Output, StringComparison.Ordinal);
        Assert.Equal("round trip " + client, (await lab.RunAsync(client, ["run", "--rm", image, "cat", "/hello"])).Ok().Output);

        (await lab.RunAsync(client, ["rmi", image])).Ok();
        (await lab.RunAsync(client, ["pull", $"{name}@{digest}"])).Ok();
        Assert.Equal("round trip " + client, (await lab.RunAsync(client, ["run", "--rm", $"{name}@{digest}", "cat", "/hello"])).Ok().Output);
        Assert.Equal($"{name}@{digest}", (await lab.RunAsync(client, ["inspect", "--format", "{{index .RepoDigests 0}}", $"{name}@{digest}"])).Ok().Output);
        Assert.DoesNotContain("127.0.0.1", (await lab.RunAsync(client, ["images", "--digests"])).Ok().Output.Split('\n').FirstOrDefault(line => line.Contains(lab.Id, StringComparison.Ordinal)) ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_of_an_image_that_the_engine_does_not_have_pulls_it_from_the_local_registry()
    {
        var image = await lab.BuildAsync($"{lab.Repository}/run:v1", "fetched");
        (await lab.DockerAsync("push", image)).Ok();
        (await lab.DockerAsync("rmi", image)).Ok();
        Assert.Equal("fetched", (await lab.DockerAsync("run", "--rm", image, "cat", "/hello")).Ok().Output);
    }

    [Fact]
    public async Task Every_tag_of_an_image_is_pushed_at_once_and_gcr_io_is_a_registry_too()
    {
        var image = await lab.BuildAsync($"gcr.io/local/lab-{lab.Id}:a", "many tags");
        (await lab.DockerAsync("tag", image, image[..^1] + "b")).Ok();
        (await lab.DockerAsync("push", "--all-tags", image[..^2])).Ok();
        Assert.Equal(await lab.DigestAsync(image), await lab.DigestAsync(image[..^1] + "b"));
        Assert.NotNull(await lab.DigestAsync(image));
    }

    [Fact]
    public async Task A_push_of_what_is_not_there_and_a_pull_of_a_tag_that_is_not_there_are_refused_in_words()
    {
        var push = await lab.DockerAsync("push", $"{lab.Repository}/nothing:v1");
        Assert.NotEqual(0, push.Exit);
        Assert.Contains("does not exist", push.Errors, StringComparison.Ordinal);

        var image = await lab.BuildAsync($"{lab.Repository}/tags:version1", "tags");
        (await lab.DockerAsync("push", image)).Ok();
        var pull = await lab.DockerAsync("pull", $"{lab.Repository}/tags:version2");
        Assert.NotEqual(0, pull.Exit);
        Assert.Contains("is not in the local registry", pull.Errors, StringComparison.Ordinal);
        Assert.Contains("Did you mean 'version1'?", pull.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_somebody_else_has_pushed_since_is_run_not_what_the_engine_kept_of_an_earlier_build()
    {
        var image = await lab.BuildAsync($"{lab.Repository}/moved:latest", "old");
        (await lab.DockerAsync("push", image)).Ok();
        var other = await lab.BuildAsync($"{lab.Repository}/other:latest", "new");
        await lab.Transport.PushAsync(lab.Engine, other, Core.Images.ImageReference.Parse(image), progress: null, TestCloud.Cancel);
        Assert.Equal("old", (await lab.DockerAsync("run", "--rm", image, "cat", "/hello")).Ok().Output);

        // The next build.
        await using var socket = await LocalCloud.CloudBuild.EngineSockets.EngineSocket.OpenAsync(lab.Engine, lab.Transport, lab.Scope with { Begun = TimeProvider.System.GetUtcNow() }, TestCloud.Cancel);
        var ran = await lab.RunAsync(SocketLab.Clients[0], ["run", "--rm", image, "cat", "/hello"], address: "unix://" + socket.Path);
        Assert.Equal("new", ran.Ok().Output);
    }

    [Fact]
    public async Task A_login_to_Googles_registries_succeeds() =>
        Assert.Contains("Login Succeeded", (await lab.RunAsync(SocketLab.Clients[0], ["login", "-u", "oauth2accesstoken", "--password-stdin", "https://us-central1-docker.pkg.dev"], "secret"u8.ToArray())).Ok().Output, StringComparison.Ordinal);
}

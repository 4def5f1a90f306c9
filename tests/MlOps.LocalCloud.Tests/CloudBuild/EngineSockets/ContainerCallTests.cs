using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;

namespace MlOps.LocalCloud.Tests.CloudBuild.EngineSockets;

public sealed class ContainerCallTests(SocketLab lab) : IClassFixture<SocketLab>
{
    public static TheoryData<string> Clients() => [.. SocketLab.Clients];

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Bind_mounts_of_the_workspace_show_the_builds_own(string client)
    {
        await lab.WriteAsync("sub/data.txt", "from the workspace");
        Assert.Equal("from the workspace", (await lab.RunAsync(client, ["run", "--rm", "-v", "/workspace:/w:ro", SocketLab.Busybox, "cat", "/w/sub/data.txt"])).Ok().Output);
        Assert.Equal("from the workspace", (await lab.RunAsync(client, ["run", "--rm", "-v", "/workspace/sub:/w", SocketLab.Busybox, "cat", "/w/data.txt"])).Ok().Output);
        Assert.Equal("from the workspace", (await lab.RunAsync(client, ["run", "--rm", "--mount", "type=bind,source=/workspace/./sub/,target=/w", SocketLab.Busybox, "cat", "/w/data.txt"])).Ok().Output);
        Assert.Equal("sock", (await lab.RunAsync(client, ["run", "--rm", "-v", "/var/run/docker.sock:/var/run/docker.sock", SocketLab.Busybox, "sh", "-c", "test -S /var/run/docker.sock && echo sock"])).Ok().Output);
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task What_goes_into_a_container_comes_out_of_it_to_the_last_byte(string client)
    {
        var data = RandomNumberGenerator.GetBytes(5_000_000);
        var ran = (await lab.RunAsync(client, ["run", "--rm", "-i", SocketLab.Busybox, "cat"], data)).Ok();
        Assert.Equal(data, ran.Bytes);
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Exec_and_attach_take_the_connection_over(string client)
    {
        var name = $"lab-{lab.Id}-{Guid.NewGuid():N}"[..30];
        (await lab.RunAsync(client, ["run", "-d", "--name", name, SocketLab.Busybox, "sh", "-c", "while read line; do echo got $line; done < /tmp/in 2>/dev/null; sleep 60"])).Ok();
        var ran = (await lab.RunAsync(client, ["exec", "-i", name, "sh", "-c", "wc -c; echo to-error >&2; exit 7"], Encoding.UTF8.GetBytes(new string('x', 100_000))));
        Assert.Equal((7, "100000"), (ran.Exit, ran.Output));
        Assert.Contains("to-error", ran.Errors, StringComparison.Ordinal);
        (await lab.RunAsync(client, ["rm", "-f", name])).Ok();

        var attached = (await lab.RunAsync(client, ["run", "--rm", "-i", "-a", "stdin", "-a", "stdout", SocketLab.Busybox, "tr", "a-z", "A-Z"], "hello\n"u8.ToArray())).Ok();
        Assert.Equal("HELLO", attached.Output);
    }

    [Fact]
    public async Task Files_are_copied_in_and_out_and_an_image_is_saved_and_loaded()
    {
        var name = $"lab-{lab.Id}-cp";
        (await lab.DockerAsync("create", "--name", name, SocketLab.Busybox, "true")).Ok();
        var file = Path.Combine(lab.Folder, "copied.bin");
        var data = RandomNumberGenerator.GetBytes(3_000_000);
        await File.WriteAllBytesAsync(file, data, TestCloud.Cancel);
        (await lab.DockerAsync("cp", file, $"{name}:/tmp/x")).Ok();
        (await lab.DockerAsync("cp", $"{name}:/tmp/x", file + ".back")).Ok();
        Assert.Equal(data, await File.ReadAllBytesAsync(file + ".back", TestCloud.Cancel));

        var image = await lab.BuildAsync($"{lab.Repository}/saved:v1", "saved");
        (await lab.DockerAsync("save", "-o", file + ".tar", image)).Ok();
        (await lab.DockerAsync("rmi", image)).Ok();
        Assert.Contains(image, (await lab.DockerAsync("load", "-i", file + ".tar")).Ok().Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_steps_create_is_labelled_and_goes_with_the_build()
    {
        (await lab.DockerAsync("network", "create", $"lab-{lab.Id}-net")).Ok();
        (await lab.DockerAsync("volume", "create", "--label", "mine=1", $"lab-{lab.Id}-vol")).Ok();
        (await lab.DockerAsync("run", "-d", "--network", $"lab-{lab.Id}-net", "-v", $"lab-{lab.Id}-vol:/v", "--label", "mine=1", SocketLab.Busybox, "sleep", "60")).Ok();
        Assert.Equal(lab.Id, (await lab.DockerAsync("volume", "inspect", "-f", "{{index .Labels \"mlops.build\"}}", $"lab-{lab.Id}-vol")).Ok().Output);
        Assert.Equal("1", (await lab.DockerAsync("volume", "inspect", "-f", "{{index .Labels \"mine\"}}", $"lab-{lab.Id}-vol")).Ok().Output);
        Assert.Single(await lab.Engine.Containers.ListAsync("mlops.build", lab.Id, TestCloud.Cancel), container => container.Labels.ContainsKey("mine"));

        await lab.Engine.Containers.RemoveLabelledAsync("mlops.build", lab.Id, TestCloud.Cancel);
        await lab.Engine.Networks.RemoveLabelledAsync("mlops.build", lab.Id, TestCloud.Cancel);
        Assert.NotEqual(0, (await lab.DockerAsync("network", "inspect", $"lab-{lab.Id}-net")).Exit);
    }

    [Fact]
    public async Task A_step_sees_and_prunes_only_its_builds_own()
    {
        var foreign = await lab.Engine.Containers.CreateAsync(new Containers.Running.ContainerSpec(SocketLab.Busybox) { Command = ["true"], Labels = lab.Scope.Labels.SetItem("mlops.build", "another-" + lab.Id) }, TestCloud.Cancel);
        try
        {
            (await lab.DockerAsync("run", SocketLab.Busybox, "true")).Ok();
            Assert.DoesNotContain(foreign[..12], (await lab.DockerAsync("ps", "-aq")).Ok().Output, StringComparison.Ordinal);
            (await lab.DockerAsync("container", "prune", "-f")).Ok();
            Assert.NotNull(await lab.Engine.Containers.InspectAsync(foreign, TestCloud.Cancel));
            (await lab.DockerAsync("system", "prune", "-af")).Ok();
            Assert.NotNull(await lab.Engine.Containers.InspectAsync(foreign, TestCloud.Cancel));
            Assert.True(await lab.Engine.Images.ExistsAsync(SocketLab.Busybox, TestCloud.Cancel));
        }
        finally
        {
            await lab.Engine.Containers.RemoveAsync(foreign, CancellationToken.None);
        }
    }

    [Fact]
    public async Task A_client_that_goes_is_noticed_by_the_engine()
    {
        var name = $"lab-{lab.Id}-logs";
        (await lab.DockerAsync("run", "-d", "--name", name, SocketLab.Busybox, "sh", "-c", "while true; do echo line; sleep 0.05; done")).Ok();
        var start = new ProcessStartInfo(SocketLab.Clients[0], ["logs", "-f", name]) { RedirectStandardOutput = true, UseShellExecute = false };
        start.Environment["DOCKER_HOST"] = "unix://" + lab.SocketPath;
        using var logs = Process.Start(start)!;
        Assert.Equal("line", await logs.StandardOutput.ReadLineAsync(TestCloud.Cancel));
        logs.Kill();
        await logs.WaitForExitAsync(TestCloud.Cancel);
        (await lab.DockerAsync("rm", "-f", name)).Ok();
    }
}

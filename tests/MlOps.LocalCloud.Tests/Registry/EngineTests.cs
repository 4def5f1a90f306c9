using System.Text;
using MlOps.Containers;
using MlOps.Core.Problems;

namespace MlOps.LocalCloud.Tests.Registry;

/// <summary>The real engine pushes and pulls through <c>/v2/</c>, with an image that is made here from nothing.</summary>
public sealed class EngineTests(TestCloud cloud) : IClassFixture<TestCloud>, IAsyncLifetime
{
    private ContainerEngine? _engine;

    public async ValueTask InitializeAsync()
    {
        try
        {
            _engine = await ContainerEngine.ConnectAsync(TestCloud.Cancel);
        }
        catch (MachineLacksException)
        {
            _engine = null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_engine is not null)
        {
            await _engine.DisposeAsync();
        }
    }

    [Fact]
    public async Task The_engine_pushes_an_image_and_pulls_it_back_by_digest()
    {
        Assert.SkipWhen(_engine is null, "No Docker engine answers.");
        var name = $"127.0.0.1:{cloud.Owner.Http.Port}/us-central1/local/engine/made-by-test";
        await DockerAsync("import of a layer", ["import", "-", $"{name}:v1"], Tar("hello.txt", "hello"));
        try
        {
            var pushed = await DockerAsync("push", ["push", $"{name}:v1"]);
            var digest = pushed.Split("digest: ")[1].Split(' ')[0];
            var image = (await cloud.GetAsync($"/v1/projects/local/locations/us-central1/repositories/engine/dockerImages/made-by-test@{digest}")).Ok();
            Assert.Equal("v1", image.Json["tags"]![0]!.ToString());
            await DockerAsync("tag", ["tag", $"{name}:v1", $"{name}-copy:v1"]);
            Assert.Contains("Mounted from", await DockerAsync("push of a copy", ["push", $"{name}-copy:v1"]));
            await DockerAsync("removal", ["rmi", "-f", $"{name}:v1", $"{name}-copy:v1"]);
            await cloud.RestartAsync();
            await DockerAsync("pull", ["pull", $"{name}@{digest}"]);
        }
        finally
        {
            var images = await DockerAsync("list", ["images", "-q", "--no-trunc", "--filter", $"reference={name}*"]);
            await DockerAsync("removal", ["rmi", "-f", .. images.Split('\n', StringSplitOptions.RemoveEmptyEntries).Distinct()], mayFail: true);
        }
    }

    private static async Task<string> DockerAsync(string what, string[] arguments, byte[]? input = null, bool mayFail = false)
    {
        var start = new System.Diagnostics.ProcessStartInfo("docker", arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        using var docker = System.Diagnostics.Process.Start(start)!;
        await docker.StandardInput.BaseStream.WriteAsync(input ?? [], TestCloud.Cancel);
        docker.StandardInput.Close();
        var (output, errors) = (docker.StandardOutput.ReadToEndAsync(TestCloud.Cancel), docker.StandardError.ReadToEndAsync(TestCloud.Cancel));
        await docker.WaitForExitAsync(TestCloud.Cancel);
        Assert.True(docker.ExitCode == 0 || mayFail, $"docker {what}: {await errors}");
        return await output;
    }

    private static byte[] Tar(string name, string content)
    {
        using var archive = new MemoryStream();
        using (var writer = new System.Formats.Tar.TarWriter(archive, leaveOpen: true))
        {
            writer.WriteEntry(new System.Formats.Tar.UstarTarEntry(System.Formats.Tar.TarEntryType.RegularFile, name) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(content)) });
        }

        return archive.ToArray();
    }
}

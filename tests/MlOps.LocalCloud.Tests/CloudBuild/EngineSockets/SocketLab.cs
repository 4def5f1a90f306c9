using System.Collections.Immutable;
using System.Diagnostics;
using System.Text;
using MlOps.Containers;
using MlOps.Containers.Running;
using MlOps.LocalCloud.CloudBuild.EngineSockets;
using MlOps.LocalCloud.Registry;
using MlOps.Testing;

namespace MlOps.LocalCloud.Tests.CloudBuild.EngineSockets;

/// <summary>A build's socket on the real engine and a real local registry, and the docker commands of this machine to use it.</summary>
public sealed class SocketLab : IAsyncLifetime
{
    public const string Busybox = "busybox:1.36";
    private readonly TemporaryFolder _folder = new();
    private ContainerEngine? _engine;
    private EngineSocket? _socket;

    /// <summary>The docker commands that are installed: distributions' and Docker's own differ in how they build.</summary>
    public static readonly ImmutableArray<string> Clients = [.. new[] { "/usr/bin/docker", "/usr/local/bin/docker" }.Where(File.Exists)];

    public TestCloud Cloud { get; } = new();

    public string Id { get; } = Guid.NewGuid().ToString("N")[..10];

    public string Workspace => $"mlops-test-workspace-{Id}";

    public string Repository => $"us-central1-docker.pkg.dev/local/lab-{Id}";

    public string Folder => _folder.Path;

    public string SocketPath => _socket!.Path;

    public ContainerEngine Engine => _engine!;

    internal ImageTransport Transport => Cloud.Host.Images;

    internal SocketScope Scope { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        _engine = await Vertex.TestVertex.EngineAsync(Busybox);
        Assert.SkipWhen(Clients.IsEmpty, "There is no docker command.");
        await Cloud.InitializeAsync();
        var labels = ImmutableDictionary<string, string>.Empty.Add("mlops.cloud", $"test-{Id}").Add("mlops.build", Id);
        await Engine.Volumes.CreateAsync(Workspace, labels, TestCloud.Cancel);
        Scope = new SocketScope(labels, ImmutableDictionary<string, string>.Empty.Add("/workspace", Workspace), TimeProvider.System.GetUtcNow());
        _socket = await EngineSocket.OpenAsync(Engine, Transport, Scope, TestCloud.Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        if (_socket is not null)
        {
            await _socket.DisposeAsync();
            EngineSocket.RemoveLeftOver($"test-{Id}");
        }

        if (_engine is not null)
        {
            await _engine.RemoveLabelledAsync("mlops.build", Id, CancellationToken.None);
            foreach (var image in await _engine.Client.Images.ListImagesAsync(new() { All = true }, TestCloud.Cancel))
            {
                foreach (var name in (image.RepoTags ?? []).Concat(image.RepoDigests ?? []).Where(name => name.Contains(Id, StringComparison.Ordinal)))
                {
                    await _engine.Images.RemoveAsync(name, CancellationToken.None);
                }
            }

            await _engine.DisposeAsync();
            await Cloud.DisposeAsync();
        }

        _folder.Dispose();
    }

    public Task<Ran> DockerAsync(params string[] arguments) => RunAsync(Clients[0], arguments);

    /// <summary>Runs a docker command through the socket.</summary>
    public async Task<Ran> RunAsync(string client, string[] arguments, byte[]? input = null, bool buildKit = false, string? address = null)
    {
        var start = new ProcessStartInfo(client, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        start.Environment["DOCKER_HOST"] = address ?? "unix://" + SocketPath;
        start.Environment["DOCKER_CONFIG"] = Folder;
        start.Environment["DOCKER_BUILDKIT"] = buildKit ? "1" : "0";
        start.Environment.Remove("DOCKER_CONTEXT");
        using var docker = Process.Start(start)!;
        using var output = new MemoryStream();
        var reading = docker.StandardOutput.BaseStream.CopyToAsync(output, TestCloud.Cancel);
        var errors = docker.StandardError.ReadToEndAsync(TestCloud.Cancel);
        if (input is not null)
        {
            await docker.StandardInput.BaseStream.WriteAsync(input, TestCloud.Cancel);
        }

        docker.StandardInput.Close();
        await docker.WaitForExitAsync(TestCloud.Cancel);
        await reading;
        return new Ran(docker.ExitCode, output.ToArray(), await errors);
    }

    /// <summary>An image of one file, built through the socket.</summary>
    public async Task<string> BuildAsync(string image, string content)
    {
        var context = Context($"FROM {Busybox}\nCOPY hello /hello\n", ("hello", content));
        (await DockerAsync("build", "-q", "-t", image, context)).Ok();
        return image;
    }

    public string Context(string dockerfile, params (string Name, string Content)[] files)
    {
        var folder = Path.Combine(Folder, Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "Dockerfile"), dockerfile);
        foreach (var (name, text) in files)
        {
            File.WriteAllText(Path.Combine(folder, name), text);
        }

        return folder;
    }

    /// <summary>Puts a file into the build's workspace.</summary>
    public async Task WriteAsync(string name, string content)
    {
        var path = Path.Combine(Folder, Path.GetFileName(name));
        await File.WriteAllTextAsync(path, content, TestCloud.Cancel);
        var run = new ContainerRun(new ContainerSpec(Busybox) { Command = ["true"], Mounts = [ContainerMount.Volume(Workspace, "/workspace")], Labels = Scope.Labels }) { In = [new CopyIn(path, "/workspace/" + name)] };
        Assert.True((await run.RunAsync(Engine, TestCloud.Cancel)).IsSuccess);
    }

    /// <summary>The digest of a tag in the local registry, asked over its own API; null where it is not there.</summary>
    public async Task<string?> DigestAsync(string image)
    {
        var reference = Core.Images.ImageReference.Parse(image);
        var answer = await Cloud.GetAsync($"/v2/{Transport.Names.LocalPath(reference)}/manifests/{reference.Tag}", ("Accept", "*/*"));
        return answer.Status == 200 ? answer.Headers["Docker-Content-Digest"] : null;
    }
}

public sealed record Ran(int Exit, byte[] Bytes, string Errors)
{
    public string Output => Encoding.UTF8.GetString(Bytes).TrimEnd();

    public Ran Ok()
    {
        Assert.True(Exit == 0, $"exit {Exit}: {Errors}\n{Output}");
        return this;
    }
}

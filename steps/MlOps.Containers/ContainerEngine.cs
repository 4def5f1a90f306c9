using System.Globalization;
using System.Net.Sockets;
using Docker.DotNet;
using MlOps.Containers.Images;
using MlOps.Containers.Running;
using MlOps.Core.Problems;

namespace MlOps.Containers;

/// <summary>A Docker engine that answers, over its HTTP API (docs.docker.com/reference/api/engine).</summary>
public sealed class ContainerEngine : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly HttpClient _http;

    private ContainerEngine(DockerClient client, string address, EngineVersion version)
    {
        Client = client;
        Address = address;
        Version = version;
        _http = EngineHttp.Connect(address);
        Images = new EngineImages(client);
        Containers = new EngineContainers(client, _http);
        Volumes = new EngineVolumes(client);
        Networks = new EngineNetworks(client);
    }

    /// <summary>The client underneath, for what this adapter does not cover (building, events).</summary>
    public DockerClient Client { get; }

    /// <summary>Where the engine answers: <c>unix:///var/run/docker.sock</c>, <c>tcp://HOST:PORT</c>.</summary>
    public string Address { get; }

    public EngineVersion Version { get; }

    public EngineImages Images { get; }

    public EngineContainers Containers { get; }

    public EngineVolumes Volumes { get; }

    public EngineNetworks Networks { get; }

    /// <summary>Connects to <c>DOCKER_HOST</c>, else the default socket.</summary>
    /// <exception cref="MachineLacksException">No engine answers there; the message says how to start one.</exception>
    public static Task<ContainerEngine> ConnectAsync(CancellationToken cancel) =>
        ConnectAsync(Environment.GetEnvironmentVariable("DOCKER_HOST") is { Length: > 0 } host ? host : DefaultAddress, cancel);

    /// <exception cref="MachineLacksException">No engine answers at the address.</exception>
    public static async Task<ContainerEngine> ConnectAsync(string address, CancellationToken cancel)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri))
        {
            throw new InvalidInputException("bad-docker-host", $"DOCKER_HOST '{address}' is not an address; expected unix:///var/run/docker.sock or tcp://HOST:PORT.");
        }

        var client = new DockerClientBuilder().WithEndpoint(uri).WithTimeout(Timeout.InfiniteTimeSpan).Build();
        try
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            patience.CancelAfter(Patience);
            return new ContainerEngine(client, address, EngineVersion.From(await client.System.GetVersionAsync(patience.Token)));
        }
        catch (Exception error) when (IsNotThere(error) && !cancel.IsCancellationRequested)
        {
            client.Dispose();
            throw new MachineLacksException($"No Docker engine answers at {address} ({Innermost(error).Message}).", HowToStart, error);
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    /// <summary>Removes every container, volume and network that carries the label, running or not.</summary>
    public async Task RemoveLabelledAsync(string label, string value, CancellationToken cancel)
    {
        await Containers.RemoveLabelledAsync(label, value, cancel);
        await Volumes.RemoveLabelledAsync(label, value, cancel);
        await Networks.RemoveLabelledAsync(label, value, cancel);
    }

    public ValueTask DisposeAsync()
    {
        Client.Dispose();
        _http.Dispose();
        return ValueTask.CompletedTask;
    }

    private static string DefaultAddress => OperatingSystem.IsWindows() ? "npipe://./pipe/docker_engine" : "unix:///var/run/docker.sock";

    private static string HowToStart => OperatingSystem.IsLinux()
        ? "Start it: `systemctl start docker`, or as root `dockerd &`; `make engine` installs and starts one on Debian and Ubuntu."
        : "Start Docker Desktop.";

    private static bool IsNotThere(Exception error) =>
        error is HttpRequestException or SocketException or IOException or TimeoutException or OperationCanceledException or AggregateException;

    private static Exception Innermost(Exception error) => error.InnerException is null ? error : Innermost(error.InnerException);
}

/// <summary>What answers: the engine's version (<c>20.10.24</c>), its API's version, and whether <c>POST /build?version=2</c> is there.</summary>
public sealed record EngineVersion(string Engine, Version Api, bool HasBuildKit)
{
    private static readonly Version FirstWithBuildKit = new(1, 39);

    internal static EngineVersion From(Docker.DotNet.Models.VersionResponse answer)
    {
        var api = System.Version.Parse(answer.APIVersion);
        var docker = answer.Components?.All(component => !component.Name.Contains("Podman", StringComparison.OrdinalIgnoreCase)) ?? true;
        return new EngineVersion(answer.Version, api, docker && answer.Os == "linux" && api >= FirstWithBuildKit);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Engine} (API {Api}{(HasBuildKit ? ", BuildKit" : "")})");
}

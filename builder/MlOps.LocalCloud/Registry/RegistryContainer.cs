using Docker.DotNet;
using Docker.DotNet.Models;
using MlOps.Containers;
using MlOps.Core.Files;
using MlOps.Core.Problems;

namespace MlOps.LocalCloud.Registry;

/// <summary>The registry as a container (image <c>registry:2</c>), for machines without the program. The state folder must be the engine's too.</summary>
internal sealed class RegistryContainer : IRegistryServer
{
    private const string Port = "5000/tcp";
    private readonly ContainerEngine _engine;
    private readonly string _id;

    private RegistryContainer(ContainerEngine engine, string id, Uri address) => (_engine, _id, Address) = (engine, id, address);

    public Uri Address { get; }

    public bool HasEnded => false;

    public string LastWords => $"see docker logs {_id[..12]}";

    public override string ToString() => $"(container {_id[..12]})";

    public static async Task<RegistryContainer> StartAsync(string image, string folder, int port, string instance, CancellationToken cancel)
    {
        var engine = await ContainerEngine.ConnectAsync(cancel);
        try
        {
            var name = $"mlops-registry-{instance}";
            var config = Path.Combine(folder, "config.json");
            AtomicFile.Write(config, RegistryProcess.Configuration("/var/lib/mlops/data", ":5000", RegistryProcess.KeptSecret(folder)).ToJsonString());
            await RemoveAsync(engine, name, cancel);
            var made = await engine.Client.Containers.CreateContainerAsync(Container(image, name, folder, port, instance), cancel);
            await engine.Client.Containers.StartContainerAsync(made.ID, new ContainerStartParameters(), cancel);
            return new RegistryContainer(engine, made.ID, new Uri($"http://127.0.0.1:{port}"));
        }
        catch (DockerApiException error)
        {
            await engine.DisposeAsync();
            throw new MachineLacksException(
                $"This machine lacks an OCI registry for the local cloud: there is no program docker-registry, and the engine cannot run {image} ({EngineMessage.Of(error)}).",
                $"Debian, Ubuntu: sudo apt-get install --no-install-recommends docker-registry. Elsewhere: docker pull {image}.",
                error);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await RemoveAsync(_engine, _id, CancellationToken.None);
        await _engine.DisposeAsync();
    }

    private static CreateContainerParameters Container(string image, string name, string folder, int port, string instance) => new()
    {
        Name = name,
        Image = image,
        Cmd = ["serve", "/var/lib/mlops/config.json"],
        Labels = new Dictionary<string, string>(StringComparer.Ordinal) { ["mlops.cloud"] = instance },
        ExposedPorts = new Dictionary<string, EmptyStruct>(StringComparer.Ordinal) { [Port] = default },
        HostConfig = new HostConfig
        {
            Binds = [$"{folder}:/var/lib/mlops"],
            PortBindings = new Dictionary<string, IList<PortBinding>>(StringComparer.Ordinal) { [Port] = [new() { HostIP = "127.0.0.1", HostPort = $"{port}" }] },
        },
    };

    private static async Task RemoveAsync(ContainerEngine engine, string container, CancellationToken cancel)
    {
        try
        {
            await engine.Client.Containers.RemoveContainerAsync(container, new ContainerRemoveParameters { Force = true, RemoveVolumes = true }, cancel);
        }
        catch (DockerContainerNotFoundException)
        {
        }
    }
}

using System.Collections.Immutable;
using Docker.DotNet.Models;

namespace MlOps.Containers.Running;

/// <summary>A container to be made. Every run is a fresh one (design.md, rule 12).</summary>
/// <param name="Image">A name, a pinned name or an id, as the engine knows it.</param>
public sealed record ContainerSpec(string Image)
{
    /// <summary>The container's own name; the engine invents one where it is null.</summary>
    public string? Name { get; init; }

    /// <summary>Null: the image's. Empty: none.</summary>
    public ImmutableArray<string>? Entrypoint { get; init; }

    /// <summary>Null: the image's.</summary>
    public ImmutableArray<string>? Command { get; init; }

    public ImmutableDictionary<string, string> Environment { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Null: the image's.</summary>
    public string? WorkingDirectory { get; init; }

    public ImmutableArray<ContainerMount> Mounts { get; init; } = [];

    /// <summary>A network's name, <c>none</c> or <c>host</c>; null for the default bridge.</summary>
    public string? Network { get; init; }

    /// <summary>Names that the container resolves itself, as <c>NAME:ADDRESS</c>.</summary>
    public ImmutableArray<string> ExtraHosts { get; init; } = [];

    public ImmutableDictionary<string, string> Labels { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary><c>USER[:GROUP]</c>; null: the image's.</summary>
    public string? User { get; init; }

    /// <summary>CPUs at most, in cores.</summary>
    public double? Cpus { get; init; }

    /// <summary>Memory at most, in bytes; swap is not added to it.</summary>
    public long? MemoryBytes { get; init; }

    public bool Privileged { get; init; }

    /// <summary>TCP ports of the container that are to be reached at loopback of the engine's machine, each under a free port there.</summary>
    public ImmutableArray<int> PublishedPorts { get; init; } = [];

    /// <summary>The engine keeps what the container prints; false for one whose output is attached to.</summary>
    public bool KeepsLog { get; init; } = true;

    private static string PortName(int port) => $"{port}/tcp";

    // The client's models are not annotated: null leaves a field out.
    internal CreateContainerParameters ToParameters() => new()
    {
        Name = Name!,
        Image = Image,
        Entrypoint = Entrypoint is { } entrypoint ? [.. entrypoint] : null!,
        Cmd = Command is { } command ? [.. command] : null!,
        Env = [.. Environment.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={pair.Value}")],
        WorkingDir = WorkingDirectory!,
        User = User!,
        Labels = Labels,
        ExposedPorts = PublishedPorts.IsEmpty ? null! : PublishedPorts.ToDictionary(PortName, _ => default(EmptyStruct)),
        HostConfig = new HostConfig
        {
            PortBindings = PublishedPorts.IsEmpty ? null! : PublishedPorts.ToDictionary(PortName, _ => (IList<PortBinding>)[new PortBinding { HostIP = "127.0.0.1", HostPort = "" }]),
            Mounts = [.. Mounts.Select(mount => mount.ToMount())],
            NetworkMode = Network!,
            ExtraHosts = [.. ExtraHosts],
            NanoCPUs = Cpus is { } cpus ? (long)(cpus * 1e9) : 0,
            Memory = MemoryBytes ?? 0,
            MemorySwap = MemoryBytes ?? 0,
            Privileged = Privileged,
            LogConfig = KeepsLog ? null! : new LogConfig { Type = "none" },
        },
    };
}

/// <summary>What a container sees at a path of its own.</summary>
/// <param name="Kind">What the source is.</param>
/// <param name="Source">A volume's name, or an absolute path on the engine's machine.</param>
/// <param name="Target">An absolute path in the container.</param>
/// <param name="ReadOnly">The container cannot write there.</param>
public sealed record ContainerMount(MountKind Kind, string Source, string Target, bool ReadOnly = false)
{
    /// <summary>A volume that is not there yet is made with these labels, and empty whatever the image has at the target; null leaves both to the engine.</summary>
    public ImmutableDictionary<string, string>? Labels { get; init; }

    public static ContainerMount Volume(string name, string target, bool readOnly = false) => new(MountKind.Volume, name, target, readOnly);

    /// <summary>A path of the engine's machine, which is not the caller's when the caller runs in a container itself.</summary>
    public static ContainerMount Bind(string path, string target, bool readOnly = false) => new(MountKind.Bind, path, target, readOnly);

    /// <summary>A volume without a name, which goes with its container.</summary>
    public static ContainerMount Anonymous(string target) => new(MountKind.Volume, "", target);

    internal Mount ToMount() => new()
    {
        Type = Kind == MountKind.Bind ? "bind" : "volume",
        Source = Source,
        Target = Target,
        ReadOnly = ReadOnly,
        VolumeOptions = Labels is null ? null! : new VolumeOptions { NoCopy = true, Labels = Labels },
    };
}

public enum MountKind
{
    Volume,
    Bind,
}

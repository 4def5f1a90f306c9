using System.Collections.Concurrent;
using System.Collections.Immutable;
using MlOps.Containers;
using MlOps.Core.Images;
using MlOps.LocalCloud.Registry;

namespace MlOps.LocalCloud.CloudBuild.EngineSockets;

/// <summary>What one build's socket knows: its engine, what to label, and where the paths of its steps are on the engine's machine.</summary>
/// <param name="Labels">Put on all that the steps create (containers, networks, volumes).</param>
/// <param name="Volumes">The engine's volumes by the steps' paths: <c>/workspace</c>, <c>/builder/home</c>.</param>
/// <param name="Begun">When the build began: an image that was tagged since is taken for one of its own.</param>
internal sealed record SocketScope(ImmutableDictionary<string, string> Labels, ImmutableDictionary<string, string> Volumes, DateTimeOffset Begun)
{
    private const string MadeByStep = "mlops.made-by-step-of";
    private const string Build = "mlops.build";

    /// <summary>The build's labels and one that its own containers, which the next steps may wait in, do not have.</summary>
    public ImmutableDictionary<string, string> CreationLabels => Labels.SetItem(MadeByStep, Labels.GetValueOrDefault(Build, ""));

    /// <summary>The label of what this build's steps have made, as the engine filters by it.</summary>
    public string Filter => $"{MadeByStep}={Labels.GetValueOrDefault(Build, "")}";
}

/// <summary>The engine behind a socket.</summary>
internal sealed class EngineBehind(ContainerEngine engine, ImageTransport transport, SocketScope scope, string socket) : IDisposable
{
    private static readonly string[] Sockets = ["/var/run/docker.sock", "/run/docker.sock"];
    private readonly ConcurrentDictionary<string, Task<string>> _mountpoints = new(StringComparer.Ordinal);

    public ContainerEngine Engine => engine;

    public ImageTransport Transport => transport;

    public SocketScope Scope => scope;

    /// <summary>For calls of our own whose answers are handed on as they come.</summary>
    public HttpClient Http { get; } = EngineHttp.Connect(engine.Address);

    /// <summary>The path on the engine's machine behind a path of the steps; null for one that only the engine's machine has.</summary>
    public async Task<string?> PathAsync(string path, CancellationToken cancel)
    {
        if (!path.StartsWith('/'))
        {
            return null;
        }

        var full = System.IO.Path.GetFullPath(path);
        if (Sockets.Contains(full))
        {
            return socket;
        }

        foreach (var (folder, volume) in scope.Volumes.OrderByDescending(pair => pair.Key.Length))
        {
            if (full == folder || full.StartsWith(folder + "/", StringComparison.Ordinal))
            {
                return await _mountpoints.GetOrAdd(volume, async name => (await engine.Client.Volumes.InspectAsync(name, CancellationToken.None)).Mountpoint).WaitAsync(cancel) + full[folder.Length..];
            }
        }

        return null;
    }

    /// <summary>Makes a name of Google's mean on the engine what it means in the local registry, before the engine uses it.</summary>
    /// <returns>The name for the engine.</returns>
    public async Task<string> PreparedAsync(string name, CancellationToken cancel) =>
        ImageReference.TryParse(name, out var image) ? (await transport.PrepareAsync(engine, image, scope.Begun, cancel)).ToString() : name;

    public void Dispose() => Http.Dispose();
}

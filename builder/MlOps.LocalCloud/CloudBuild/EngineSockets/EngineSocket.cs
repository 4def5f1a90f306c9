using System.Collections.Immutable;
using MlOps.Containers;

namespace MlOps.LocalCloud.CloudBuild.EngineSockets;

/// <summary>
/// The <c>/var/run/docker.sock</c> of one build's steps: a proxy of the engine's API which translates the names of Google's
/// registries, labels what the steps create, and finds the build's workspace for their bind mounts.
/// </summary>
internal sealed class EngineSocket : IAsyncDisposable
{
    /// <summary>The socket's file on the engine's machine, to be mounted at <c>/var/run/docker.sock</c>.</summary>
    public string Path => throw new NotSupportedException();

    /// <param name="labels">Put on all that the steps create (containers, networks, volumes).</param>
    /// <param name="workspaceVolume">The engine's volume behind <c>/workspace</c>.</param>
    public static Task<EngineSocket> OpenAsync(ContainerEngine engine, ImmutableDictionary<string, string> labels, string workspaceVolume, CancellationToken cancel) =>
        throw new NotSupportedException();

    public ValueTask DisposeAsync() => throw new NotSupportedException();
}

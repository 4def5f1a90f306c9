using MlOps.Containers;
using MlOps.LocalCloud.CloudBuild.Artifacts;
using MlOps.LocalCloud.CloudBuild.EngineSockets;
using MlOps.LocalCloud.CloudBuild.Images;
using MlOps.LocalCloud.CloudBuild.Sources;
using MlOps.LocalCloud.SecretManager;
using MlOps.LocalCloud.Vertex;

namespace MlOps.LocalCloud.CloudBuild;

/// <summary>What the local Cloud Build needs of the cloud around it.</summary>
/// <param name="StateFolder">For logs that still grow and for sources on their way; kept across restarts.</param>
/// <param name="Instance">The cloud's id: label <c>mlops.cloud=INSTANCE</c> on everything made on the engine.</param>
internal sealed record CloudBuildOptions(string StateFolder, string Instance)
{
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Connects to the engine; asked for at most once, and only when something is to be run.</summary>
    public Func<CancellationToken, Task<ContainerEngine>> ConnectAsync { get; init; } = ContainerEngine.ConnectAsync;

    /// <summary>The network and the environment of every container; asked for at most once.</summary>
    public Func<ContainerEngine, CancellationToken, Task<ContainerSurroundings>> SurroundingsAsync { get; init; } = (_, _) => Task.FromResult(ContainerSurroundings.None);

    /// <summary>Makes a log that is complete an object of Storage, by moving it. Arguments: bucket, name, path.</summary>
    public required Func<string, string, string, CancellationToken, Task> ImportAsync { get; init; }

    public required SourceFetch Sources { get; init; }

    /// <summary>Those on this machine that stand for others.</summary>
    public required LocalRepositories Repositories { get; init; }

    /// <summary>Images for a build that begins now: what it tags since is its own.</summary>
    public required Func<DateTimeOffset, BuildImages> ImagesSince { get; init; }

    public required ArtifactUpload Artifacts { get; init; }

    public required SecretAccess Secrets { get; init; }

    /// <summary>Builds that run side by side at most in one queue (a project's location); Google's quota is of that kind.</summary>
    public int MaxBuilds { get; init; } = 10;

    /// <summary>
    /// Steps that run side by side at most, over all builds. More than one would guess from the cores: steps that serve each
    /// other (a database beside its test) must all be there at once.
    /// </summary>
    public int MaxSteps { get; init; } = Math.Max(32, 8 * Environment.ProcessorCount);
}

/// <summary>What one build needs for its images.</summary>
/// <param name="Socket">Whether steps are given the engine's socket, which makes them as powerful as root on its machine, as on Google's.</param>
/// <param name="OpenSocketAsync">Opens the build's own, which translates names.</param>
internal sealed record BuildImages(StepImages Steps, ImagePush Push, DockerSocket Socket, Func<ContainerEngine, SocketScope, CancellationToken, Task<EngineSocket>> OpenSocketAsync);

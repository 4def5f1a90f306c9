using System.Collections.Immutable;
using Google.Cloud.AIPlatform.V1;
using MlOps.Containers;
using MlOps.Core.Images;

namespace MlOps.LocalCloud.Vertex;

/// <summary>What the local Vertex AI needs of the cloud around it.</summary>
/// <param name="StateFolder">For work in progress and logs; kept across restarts.</param>
/// <param name="StorageFolder">Storage's objects as plain files, <c>BUCKET/NAME</c>.</param>
/// <param name="Instance">The cloud's id: label <c>mlops.cloud=INSTANCE</c> on everything made on the engine.</param>
internal sealed record VertexOptions(string StateFolder, string StorageFolder, string Instance)
{
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The name under which the engine finds an image: Google's names become the local registry's.</summary>
    public Func<ImageReference, ImageReference> ToEngineName { get; init; } = name => name;

    /// <summary>Connects to the engine; asked for at most once, and only when something is to be run.</summary>
    public Func<CancellationToken, Task<ContainerEngine>> ConnectAsync { get; init; } = ContainerEngine.ConnectAsync;

    /// <summary>The network and the environment of a pipeline task's container; asked for at most once.</summary>
    public Func<ContainerEngine, CancellationToken, Task<ContainerSurroundings>> SurroundingsAsync { get; init; } = (_, _) => Task.FromResult(ContainerSurroundings.None);

    /// <summary>The same of a job's containers, which find each other by name.</summary>
    public Func<ContainerEngine, CancellationToken, Task<ContainerSurroundings>> JobSurroundingsAsync { get; init; } = (_, _) => Task.FromResult(ContainerSurroundings.None);

    /// <summary>Makes a file that is complete an object of Storage, by moving it. Arguments: bucket, name, path.</summary>
    public required Func<string, string, string, CancellationToken, Task> ImportAsync { get; init; }

    /// <summary>The compiled pipeline at a <c>templateUri</c> (KFP repository or <c>gs://</c>); null where there is none.</summary>
    public Func<string, CancellationToken, Task<PipelineTemplate?>> TemplateAsync { get; init; } = (_, _) => Task.FromResult<PipelineTemplate?>(null);

    /// <summary>A model of the registry by <c>projects/P/locations/L/models/M[@VERSION]</c>; null where there is none.</summary>
    public Func<string, CancellationToken, Task<Model?>> ModelAsync { get; init; } = (_, _) => Task.FromResult<Model?>(null);

    /// <summary>The engine is expected to see this machine's files; where it turns out not to, they are copied.</summary>
    public bool SharesFiles { get; init; } = true;

    /// <summary>
    /// Tasks that run side by side at most, over all runs. Tasks wait for files, networks and each other more than they
    /// compute, so this is a multiple of the cores.
    /// </summary>
    public int MaxParallel { get; init; } = DefaultMaxParallel;

    public static int DefaultMaxParallel => 4 * Environment.ProcessorCount;
}

/// <summary>What every container is given.</summary>
/// <param name="Network">A network of the engine; null for its default.</param>
internal sealed record ContainerSurroundings(string? Network, ImmutableDictionary<string, string> Environment)
{
    public static readonly ContainerSurroundings None = new(null, ImmutableDictionary<string, string>.Empty);
}

/// <summary>A compiled pipeline out of a repository.</summary>
/// <param name="Content">JSON or YAML.</param>
/// <param name="Version"><c>sha256:…</c>; empty where the place knows no versions.</param>
internal sealed record PipelineTemplate(string Content, string Version);

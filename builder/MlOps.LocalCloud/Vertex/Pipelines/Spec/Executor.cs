using System.Collections.Immutable;
using System.Text.Json;

namespace MlOps.LocalCloud.Vertex.Pipelines.Spec;

/// <summary>What a component without a graph does.</summary>
internal abstract record Executor
{
    /// <summary>A container. Image, command, arguments, environment and limits may hold placeholders.</summary>
    public sealed record Container(string Image, ImmutableArray<string> Command, ImmutableArray<string> Args, ImmutableArray<KeyValuePair<string, string>> Environment, ContainerLimits Limits) : Executor
    {
        /// <summary>What runs before it in the same image and may change its inputs (<c>lifecycle.preCacheCheck</c>: TFX's drivers); null for nothing.</summary>
        public ContainerHook? Driver { get; init; }
    }

    /// <summary>Records an artifact that exists already.</summary>
    /// <param name="Uri">Constant; null where it comes from <paramref name="UriParameter"/>.</param>
    /// <param name="Metadata">A map whose strings may hold placeholders.</param>
    public sealed record Importer(string? Uri, string? UriParameter, ArtifactType Type, JsonElement Metadata, bool Reimport) : Executor;

    /// <summary>Finds artifacts that earlier runs have made, by the output that gets them.</summary>
    public sealed record Resolver(ImmutableSortedDictionary<string, ArtifactQuery> Queries) : Executor;

    /// <summary>Something that only Google runs.</summary>
    public sealed record Unsupported(string Kind) : Executor;
}

internal sealed record ContainerHook(ImmutableArray<string> Command, ImmutableArray<string> Args);

/// <param name="Filter">May hold placeholders.</param>
/// <param name="Limit">How many at most, the newest first.</param>
internal sealed record ArtifactQuery(string Filter, int Limit);

/// <param name="Cpu">In cores, such as <c>0.5</c> or <c>500m</c>.</param>
/// <param name="Memory">In bytes with an optional unit, such as <c>16G</c> or <c>512Mi</c>.</param>
internal sealed record ContainerLimits(string? Cpu, string? Memory);

using System.Collections.Immutable;
using System.Text.Json;

namespace MlOps.LocalCloud.Vertex.Pipelines.Spec;

/// <summary>What a component without a graph does.</summary>
internal abstract record Executor
{
    /// <summary>A container. Image, command, arguments, environment and limits may hold placeholders.</summary>
    public sealed record Container(string Image, ImmutableArray<string> Command, ImmutableArray<string> Args, ImmutableArray<KeyValuePair<string, string>> Environment, ContainerLimits Limits) : Executor;

    /// <summary>Records an artifact that exists already.</summary>
    /// <param name="Uri">Constant; null where it comes from <paramref name="UriParameter"/>.</param>
    /// <param name="Metadata">A map whose strings may hold placeholders.</param>
    public sealed record Importer(string? Uri, string? UriParameter, ArtifactType Type, JsonElement Metadata, bool Reimport) : Executor;

    /// <summary>Something that only Google runs.</summary>
    public sealed record Unsupported(string Kind) : Executor;
}

/// <param name="Cpu">In cores, such as <c>0.5</c> or <c>500m</c>.</param>
/// <param name="Memory">In bytes with an optional unit, such as <c>16G</c> or <c>512Mi</c>.</param>
internal sealed record ContainerLimits(string? Cpu, string? Memory);

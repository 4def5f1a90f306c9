using System.Collections.Immutable;
using System.Text.Json.Nodes;
using MlOps.Core.Problems;

namespace MlOps.Pipelines.Components;

/// <summary>What a component is, whichever format it was written in.</summary>
/// <param name="Name">As written; <c>name</c> where a v1 file has none.</param>
/// <param name="Spot">Where its file begins.</param>
public sealed record ComponentSpec(
    string Name,
    string? Description,
    ImmutableArray<ComponentInput> Inputs,
    ImmutableArray<ComponentOutput> Outputs,
    ComponentImplementation Implementation,
    SourceSpot Spot)
{
    public ComponentInput? Input(string name) => Inputs.FirstOrDefault(input => input.Name == name);

    public ComponentOutput? Output(string name) => Outputs.FirstOrDefault(output => output.Name == name);

    /// <summary>The container's image as written; null for a pipeline or an importer.</summary>
    public string? Image => (Implementation as ContainerImplementation)?.Image;
}

/// <param name="Name">The name in the IR: <c>Learning Rate</c> is <c>learning_rate</c>.</param>
/// <param name="Title">The name as written.</param>
/// <param name="Default">Null where there is none.</param>
public sealed record ComponentInput(string Name, string Title, DataType Type, bool IsOptional, JsonNode? Default, string? Description, SourceSpot Spot);

/// <param name="Name">The name in the IR.</param>
/// <param name="Title">The name as written.</param>
public sealed record ComponentOutput(string Name, string Title, DataType Type, string? Description, SourceSpot Spot);

/// <summary>What runs: a container, an importer, or a whole pipeline.</summary>
public abstract record ComponentImplementation;

/// <summary>A container. Command, arguments and environment are strings of the IR, their placeholders included.</summary>
public sealed record ContainerImplementation(
    string Image,
    SourceSpot ImageSpot,
    ImmutableArray<string> Command,
    ImmutableArray<string> Args,
    ImmutableArray<EnvironmentVariable> Environment) : ComponentImplementation;

public sealed record EnvironmentVariable(string Name, string Value);

/// <summary>A pipeline used as a component: its whole IR, to be merged into the pipeline that uses it.</summary>
public sealed record PipelineImplementation(JsonObject Spec) : ComponentImplementation;

/// <summary>Brings in an artifact that exists: the IR's ImporterSpec.</summary>
public sealed record ImporterImplementation(JsonObject Importer) : ComponentImplementation;

using System.Collections.Immutable;
using System.Text.Json;
using MlOps.LocalCloud.Vertex.Pipelines.Values;

namespace MlOps.LocalCloud.Vertex.Pipelines.Spec;

/// <summary>A compiled pipeline (IR, pipeline_spec.proto), read and with every reference resolved.</summary>
internal sealed record PipelineSpec(
    string Name,
    string? DefaultRoot,
    Component Root,
    ImmutableDictionary<string, Component> Components,
    ImmutableDictionary<string, Executor> Executors)
{
    /// <summary>Compiled by TFX, whose containers tell artifacts apart by their resource names.</summary>
    public bool IsTfx { get; init; }

    /// <summary>Of schema 2.0, whose containers read <c>inputs.parameters</c> with typed values.</summary>
    public bool IsTyped { get; init; }
}

/// <summary>Inputs, outputs, and either a graph of tasks or an executor.</summary>
internal sealed record Component(
    string Name,
    ImmutableSortedDictionary<string, ParameterDefinition> InputParameters,
    ImmutableSortedDictionary<string, ArtifactDefinition> InputArtifacts,
    ImmutableSortedDictionary<string, ParameterDefinition> OutputParameters,
    ImmutableSortedDictionary<string, ArtifactDefinition> OutputArtifacts,
    Dag? Dag,
    string? ExecutorLabel)
{
    /// <summary>
    /// The type to which an input is fitted. A graph passes its inputs on as they are: compilers declare the items of
    /// some loops as STRING whatever they hold, and text made of a map could not become a map again.
    /// </summary>
    public ParameterType Takes(string input) =>
        Dag is null && InputParameters.TryGetValue(input, out var definition) ? definition.Type : ParameterType.Undeclared;
}

/// <param name="Default">Null where there is none.</param>
/// <param name="Literals">Where there are any, the value must be one of them.</param>
internal sealed record ParameterDefinition(ParameterType Type, bool IsOptional, JsonElement? Default, ImmutableArray<JsonElement> Literals);

/// <param name="Metadata">A map; what the artifact carries from the start.</param>
internal sealed record ArtifactDefinition(ArtifactType Type, bool IsList, bool IsOptional, JsonElement Metadata);

internal sealed record ArtifactType(string SchemaTitle, string SchemaVersion)
{
    public static readonly ArtifactType Any = new("system.Artifact", "0.0.1");
}

internal sealed record Dag(ImmutableSortedDictionary<string, PipelineTask> Tasks, ImmutableSortedDictionary<string, ParameterOutput> Parameters, ImmutableSortedDictionary<string, ArtifactOutput> Artifacts);

/// <summary>Where a graph's output comes from: several selectors are tried in order (OneOf).</summary>
internal sealed record ParameterOutput(ImmutableArray<OutputSelector> Selectors, bool IsOneOf);

/// <inheritdoc cref="ParameterOutput"/>
internal sealed record ArtifactOutput(ImmutableArray<OutputSelector> Selectors, bool IsOneOf);

internal sealed record OutputSelector(string Producer, string Key);

/// <summary>A use of a component in a graph.</summary>
/// <param name="Key">Its key in the graph, by which others refer to it.</param>
/// <param name="Name">Its display name (<c>taskInfo.name</c>).</param>
/// <param name="Upstream">What must have ended before it starts: what it says and what it reads.</param>
internal sealed record PipelineTask(
    string Key,
    string Name,
    string ComponentName,
    ImmutableSortedDictionary<string, ParameterSource> Parameters,
    ImmutableSortedDictionary<string, ArtifactSource> Artifacts,
    ImmutableArray<string> Upstream,
    TriggerPolicy Trigger,
    CachingOptions Caching,
    RetryPolicy Retry,
    TaskIterator? Iterator);

/// <summary>Where a task's input parameter comes from.</summary>
/// <param name="Selector">CEL over the value, which picks a part of it; null where it is taken whole.</param>
internal abstract record ParameterSource(string? Selector)
{
    /// <summary>An input of the surrounding graph.</summary>
    public sealed record FromInput(string Input, string? Selector) : ParameterSource(Selector);

    public sealed record FromTask(string Producer, string Key, string? Selector) : ParameterSource(Selector);

    /// <summary>A value in the file; its strings may hold expressions over the task's other inputs.</summary>
    public sealed record Constant(JsonElement Value, string? Selector) : ParameterSource(Selector);

    /// <summary>How another task ended: <c>{state, error, pipelineJobResourceName, pipelineTaskName}</c>.</summary>
    public sealed record FinalStatus(string Producer, string? Selector) : ParameterSource(Selector);
}

internal abstract record ArtifactSource
{
    public sealed record FromInput(string Input) : ArtifactSource;

    public sealed record FromTask(string Producer, string Key) : ArtifactSource;
}

/// <param name="Condition">CEL over the task's inputs; tested once the strategy is met.</param>
/// <param name="AllCompleted">Any final state upstream will do (else: success).</param>
internal sealed record TriggerPolicy(string? Condition, bool AllCompleted);

internal sealed record CachingOptions(bool Enabled, string? Key);

/// <param name="MaxRetries">Attempts beyond the first.</param>
internal sealed record RetryPolicy(int MaxRetries, TimeSpan Backoff, double Factor, TimeSpan MaxBackoff)
{
    public static readonly RetryPolicy None = new(0, TimeSpan.Zero, 2, TimeSpan.FromHours(1));

    /// <summary>The pause after the attempt of this number (from 1) has failed.</summary>
    public TimeSpan PauseAfter(int attempt)
    {
        var seconds = Backoff.TotalSeconds * Math.Pow(Factor, attempt - 1);
        return seconds >= MaxBackoff.TotalSeconds ? MaxBackoff : TimeSpan.FromSeconds(seconds);
    }
}

/// <summary>A loop: the task's component runs once for each item.</summary>
/// <param name="Raw">The items as JSON text; null where they come from <paramref name="Input"/>.</param>
/// <param name="Input">The task's own input that holds the items.</param>
/// <param name="ItemInput">The component's input that gets the item.</param>
/// <param name="Parallelism">Iterations side by side at most; 0: no limit of the loop's own.</param>
internal sealed record TaskIterator(bool OverArtifacts, string? Raw, string? Input, string ItemInput, int Parallelism);

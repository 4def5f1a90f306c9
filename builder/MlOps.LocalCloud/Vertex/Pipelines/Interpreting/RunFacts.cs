using System.Collections.Immutable;
using System.Text.Json;
using MlOps.LocalCloud.Vertex.Pipelines.Placeholders;

namespace MlOps.LocalCloud.Vertex.Pipelines.Interpreting;

/// <summary>What is known of a run from its start on.</summary>
/// <param name="JobName"><c>projects/P/locations/L/pipelineJobs/ID</c>.</param>
/// <param name="Root">Where artifacts go: <c>gs://BUCKET/FOLDER</c>, without a slash at its end.</param>
/// <param name="FailFast">After a failure nothing new is started; what runs goes on.</param>
internal sealed record RunFacts(string JobName, string JobId, string Uuid, string Root, DateTimeOffset CreateTime, bool FailFast)
{
    /// <summary>The folder of the run's artifacts.</summary>
    public string Folder => $"{Root}/{JobId}";

    /// <summary>The pipeline's own name, by which a resolver finds what its earlier runs have made.</summary>
    public string Pipeline { get; init; } = "";

    /// <inheritdoc cref="Spec.PipelineSpec.IsTfx"/>
    public bool IsTfx { get; init; }

    /// <inheritdoc cref="Spec.PipelineSpec.IsTyped"/>
    public bool IsTyped { get; init; }
}

/// <summary>What is known of a task: its number in the run, from 1, and its name.</summary>
internal sealed record TaskFacts(long Id, string Name);

/// <summary>The inputs of a task, or of the whole pipeline. An input that was not given is not in the maps.</summary>
internal sealed record TaskInputs(ImmutableSortedDictionary<string, JsonElement> Parameters, ImmutableSortedDictionary<string, ImmutableArray<RuntimeArtifact>> Artifacts)
{
    public static readonly TaskInputs Empty = new(ImmutableSortedDictionary<string, JsonElement>.Empty, ImmutableSortedDictionary<string, ImmutableArray<RuntimeArtifact>>.Empty);
}

/// <summary>The outputs of a task.</summary>
/// <param name="Collected">Outputs that were collected from a loop: an outer loop joins such lists instead of nesting them.</param>
internal sealed record TaskOutputs(
    ImmutableSortedDictionary<string, JsonElement> Parameters, ImmutableSortedDictionary<string, ImmutableArray<RuntimeArtifact>> Artifacts, ImmutableHashSet<string> Collected)
{
    public static readonly TaskOutputs Empty = new(TaskInputs.Empty.Parameters, TaskInputs.Empty.Artifacts, []);
}

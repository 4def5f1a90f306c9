using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using MlOps.LocalCloud.Vertex.Pipelines.Placeholders;

namespace MlOps.LocalCloud.Vertex.Pipelines.Interpreting;

/// <summary>
/// What happened in a run. A run is the fold of its events: they are all that is stored, and replaying them after a
/// restart gives the same tasks, numbers and states.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "event")]
[JsonDerivedType(typeof(Began), "began")]
[JsonDerivedType(typeof(TaskStarted), "started")]
[JsonDerivedType(typeof(TaskEnded), "ended")]
[JsonDerivedType(typeof(CancelRequested), "cancel")]
internal abstract record RunEvent(DateTimeOffset Time)
{
    public sealed record Began(DateTimeOffset Time) : RunEvent(Time);

    /// <param name="Use">What its container is of; null where that is not known.</param>
    public sealed record TaskStarted(DateTimeOffset Time, long Task, int Attempt, ContainerUse? Use = null) : RunEvent(Time);

    public sealed record TaskEnded(DateTimeOffset Time, long Task, int Attempt, Outcome Outcome) : RunEvent(Time);

    public sealed record CancelRequested(DateTimeOffset Time) : RunEvent(Time);
}

[JsonConverter(typeof(JsonStringEnumConverter<OutcomeKind>))]
internal enum OutcomeKind
{
    Succeeded,

    /// <summary>An earlier run did the same: its outputs were taken.</summary>
    Cached,
    Failed,
    Cancelled,
}

/// <summary>How an attempt at a task ended.</summary>
/// <param name="Retryable">Trying again may help.</param>
/// <param name="Execution">The id in the metadata store of the execution that gave it, where it was kept for others.</param>
internal sealed record Outcome(
    OutcomeKind Kind,
    ImmutableSortedDictionary<string, JsonElement> Parameters,
    ImmutableSortedDictionary<string, ImmutableArray<RuntimeArtifact>> Artifacts,
    TaskError? Error = null,
    bool Retryable = false,
    string? Execution = null)
{
    public static readonly Outcome Cancelled = new(OutcomeKind.Cancelled, TaskInputs.Empty.Parameters, TaskInputs.Empty.Artifacts);

    public static Outcome Failed(int code, string message, bool retryable = false) =>
        new(OutcomeKind.Failed, TaskInputs.Empty.Parameters, TaskInputs.Empty.Artifacts, new TaskError(code, message), retryable);

    public static Outcome Succeeded(TaskOutputs outputs) => new(OutcomeKind.Succeeded, outputs.Parameters, outputs.Artifacts);
}

/// <summary>What an attempt's container is of.</summary>
/// <param name="Image">As the pipeline names it.</param>
/// <param name="Digest">Of the image's manifest; null where the engine knows none, because the image was made there and never pushed.</param>
/// <param name="Id">The engine's own id of it; null where a digest says it all.</param>
/// <param name="Command">In place of the image's own; empty for that.</param>
/// <param name="Args">Likewise.</param>
internal sealed record ContainerUse(string Image, string? Digest, string? Id, ImmutableArray<string> Command, ImmutableArray<string> Args);

/// <summary>What is to be done because of an event.</summary>
internal abstract record RunEffect(TaskNode Task)
{
    /// <summary>An attempt at a container or importer is to be started, not before a time.</summary>
    public sealed record Start(TaskNode Task, int Attempt, DateTimeOffset NotBefore) : RunEffect(Task);

    /// <summary>The running attempt is to be stopped.</summary>
    public sealed record Stop(TaskNode Task) : RunEffect(Task);
}

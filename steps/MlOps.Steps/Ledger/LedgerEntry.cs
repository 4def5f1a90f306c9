using System.Collections.Immutable;
using System.Text.Json.Serialization;
using MlOps.Core.Images;
using MlOps.Steps.Promotion.Gates;
using MlOps.Steps.Releases;

namespace MlOps.Steps.Ledger;

/// <summary>What was done to an environment.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<LedgerAction>))]
public enum LedgerAction
{
    /// <summary>A release was built, and ran there.</summary>
    [JsonStringEnumMemberName("deliver")]
    Deliver,

    /// <summary>A release came from another environment.</summary>
    [JsonStringEnumMemberName("promote")]
    Promote,

    /// <summary>The environment went back to a release that it had.</summary>
    [JsonStringEnumMemberName("rollback")]
    Rollback,

    /// <summary>Somebody let a release come.</summary>
    [JsonStringEnumMemberName("approve")]
    Approve,

    /// <summary>Nothing is to move the environment.</summary>
    [JsonStringEnumMemberName("hold")]
    Hold,

    /// <summary>The hold has ended.</summary>
    [JsonStringEnumMemberName("lift")]
    Lift,
}

[JsonConverter(typeof(JsonStringEnumConverter<EntryState>))]
public enum EntryState
{
    [JsonStringEnumMemberName("started")]
    Started,

    [JsonStringEnumMemberName("completed")]
    Completed,

    [JsonStringEnumMemberName("failed")]
    Failed,
}

/// <summary>A run as evidence of an entry.</summary>
/// <param name="Job">Its resource name.</param>
public sealed record RunReference(string Pipeline, string Job, string State, ImmutableSortedDictionary<string, System.Text.Json.Nodes.JsonNode?> Metrics)
{
    public static RunReference Of(PipelineRun run) => new(run.Pipeline, run.Job, run.State, run.Metrics);

    /// <summary>As evidence, without what the ledger does not keep.</summary>
    public PipelineRun ToRun() => new(Pipeline, Job, State, [], [], Metrics, [], 0, Reused: true);
}

/// <summary>One line of an environment's history; entries are never changed (<see cref="LedgerChain"/>).</summary>
/// <param name="Time">UTC, by the clock of who wrote it.</param>
/// <param name="By">See <see cref="Actor"/>.</param>
public sealed record LedgerEntry(DateTimeOffset Time, string Environment, LedgerAction Action, EntryState State, string By)
{
    /// <summary>1, 2, 3, …; given when it is appended.</summary>
    public long Sequence { get; init; }

    /// <summary>The hash of the entry before it; null for the first.</summary>
    public Digest? Previous { get; init; }

    /// <summary>The SHA-256 of this entry's own text.</summary>
    [JsonIgnore]
    public Digest Hash { get; init; }

    public Digest? Release { get; init; }

    public string? Commit { get; init; }

    /// <summary>The release that the environment ran before.</summary>
    public Digest? From { get; init; }

    /// <summary>The environment that a promotion came from.</summary>
    public string? FromEnvironment { get; init; }

    public string? Why { get; init; }

    /// <summary>The checkout whose mlops.yaml and settings were asked: a commit, with <c>-dirty-HASH</c> where files were not committed.</summary>
    public string? Policy { get; init; }

    /// <summary>Of an end: the number of the entry that says how it started.</summary>
    public long? Began { get; init; }

    /// <summary>A hold's end, where one was given.</summary>
    public DateTimeOffset? Until { get; init; }

    [JsonIgnore]
    public ImmutableArray<GateResult> Gates
    {
        get => GatesText.Items;
        init => GatesText = new(value);
    }

    [JsonInclude]
    [JsonPropertyName("gates")]
    [JsonConverter(typeof(DeferredConverter<GateResult>))]
    internal Deferred<GateResult> GatesText { get; init; } = new([]);

    [JsonIgnore]
    public ImmutableArray<UploadedPipeline> Pipelines
    {
        get => PipelinesText.Items;
        init => PipelinesText = new(value);
    }

    [JsonInclude]
    [JsonPropertyName("pipelines")]
    [JsonConverter(typeof(DeferredConverter<UploadedPipeline>))]
    internal Deferred<UploadedPipeline> PipelinesText { get; init; } = new([]);

    [JsonIgnore]
    public ImmutableArray<RunReference> Runs
    {
        get => RunsText.Items;
        init => RunsText = new(value);
    }

    [JsonInclude]
    [JsonPropertyName("runs")]
    [JsonConverter(typeof(DeferredConverter<RunReference>))]
    internal Deferred<RunReference> RunsText { get; init; } = new([]);

    /// <summary>See <see cref="Run.EnvironmentSettings"/>.</summary>
    public Digest? Settings { get; init; }

    /// <summary>After it the environment runs <see cref="Release"/>.</summary>
    [JsonIgnore]
    public bool Moves => State == EntryState.Completed && Action is LedgerAction.Deliver or LedgerAction.Promote or LedgerAction.Rollback && Release is not null;

    public DeploymentStatement ToStatement() => new(Time, Environment, Action.ToString().ToLowerInvariant(), Sequence, Hash);
}

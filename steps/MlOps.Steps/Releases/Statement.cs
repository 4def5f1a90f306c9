using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using MlOps.Core.Files;
using MlOps.Core.Images;

namespace MlOps.Steps.Releases;

/// <summary>
/// Something that is said about a release; none of them changes the release's id (design.md, "The flow"). Each has a hash of its own
/// (<see cref="Evidence.Id"/>) and is never changed.
/// </summary>
/// <param name="Time">When it was said, UTC.</param>
/// <param name="Environment">Where it was seen.</param>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(SourceStatement), "source")]
[JsonDerivedType(typeof(BuildStatement), "build")]
[JsonDerivedType(typeof(TestsStatement), "tests")]
[JsonDerivedType(typeof(LintStatement), "lint")]
[JsonDerivedType(typeof(PipelinesStatement), "pipelines")]
[JsonDerivedType(typeof(SettingsStatement), "settings")]
[JsonDerivedType(typeof(RunStatement), "run")]
[JsonDerivedType(typeof(DeploymentStatement), "deployment")]
public abstract record Statement(DateTimeOffset Time, string Environment)
{
    /// <summary>What it is about: of two statements with one subject, said twice by a rerun, the first one is kept.</summary>
    [JsonIgnore]
    public abstract string Subject { get; }
}

/// <summary>The commit, as it was when it was delivered: on which branch, under which tag.</summary>
public sealed record SourceStatement(DateTimeOffset Time, string Environment, string? Branch, string? Tag, string Author, DateTimeOffset CommitTime) : Statement(Time, Environment)
{
    [JsonIgnore]
    public override string Subject => $"source {Branch} {Tag}";
}

/// <summary>What built it, from what.</summary>
/// <param name="Build">The build's resource name in Cloud Build; null on a machine.</param>
/// <param name="Inputs">By component, the fingerprint of all that went into its image.</param>
/// <param name="Materials">By component, the base images as the Dockerfile names them, with what they were then.</param>
public sealed record BuildStatement(
    DateTimeOffset Time,
    string Environment,
    string? Build,
    string ToolkitVersion,
    ImmutableSortedDictionary<string, string> Inputs,
    ImmutableSortedDictionary<string, ImmutableSortedDictionary<string, string>> Materials) : Statement(Time, Environment)
{
    [JsonIgnore]
    public override string Subject => $"build {Environment} {Build}";
}

/// <summary>How many tests there were, those of integration among them.</summary>
public sealed record TestsStatement(DateTimeOffset Time, string Environment, int Passed, int Failed, int Skipped) : Statement(Time, Environment)
{
    [JsonIgnore]
    public override string Subject => $"tests {Environment} {Passed} {Failed} {Skipped}";
}

/// <summary>How much lint found.</summary>
public sealed record LintStatement(DateTimeOffset Time, string Environment, int Errors, int Warnings) : Statement(Time, Environment)
{
    [JsonIgnore]
    public override string Subject => $"lint {Environment} {Errors} {Warnings}";
}

/// <summary>Its pipelines in the environment's repository, with the SHA-256 of the bytes there.</summary>
public sealed record PipelinesStatement(DateTimeOffset Time, string Environment, ImmutableArray<UploadedPipeline> Pipelines) : Statement(Time, Environment)
{
    [JsonIgnore]
    public override string Subject => $"pipelines {Environment} {string.Join(' ', Pipelines.Select(pipeline => pipeline.Uri))}";
}

/// <summary>The environment's settings (what it runs, with which parameters) that it ran with.</summary>
public sealed record SettingsStatement(DateTimeOffset Time, string Environment, Digest Sha256) : Statement(Time, Environment)
{
    [JsonIgnore]
    public override string Subject => $"settings {Environment} {Sha256}";
}

/// <summary>One of its pipelines was run to its end.</summary>
public sealed record RunStatement(DateTimeOffset Time, string Environment, PipelineRun Run) : Statement(Time, Environment)
{
    [JsonIgnore]
    public override string Subject => $"run {Run.Job}";
}

/// <summary>It came to run in an environment; the ledger's entry says how. Its hash is kept here too, so that an entry at the ledger's end cannot be changed unseen.</summary>
/// <param name="Action">As in the ledger: deliver, promote, rollback.</param>
/// <param name="Sequence">The entry's number.</param>
/// <param name="Entry">The entry's hash.</param>
public sealed record DeploymentStatement(DateTimeOffset Time, string Environment, string Action, long Sequence, Digest Entry) : Statement(Time, Environment)
{
    [JsonIgnore]
    public override string Subject => $"deployment {Environment} {Sequence} {Entry}";
}

/// <summary>A statement under its hash.</summary>
/// <param name="Id">The SHA-256 of <see cref="Content"/>.</param>
public sealed record Evidence(Digest Id, Statement Statement)
{
    public static Evidence Of(Statement statement) => new(Digest.Of(Content(statement)), statement);

    /// <summary>The statement's canonical JSON.</summary>
    public static byte[] Content(Statement statement) => CanonicalJson.Bytes(JsonSerializer.SerializeToNode(statement, RecordJson.Default.Statement));

    [JsonIgnore]
    public bool IsIntact => Digest.Of(Content(Statement)) == Id;
}

using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using MlOps.Core.Images;
using MlOps.Core.Problems;
using MlOps.Steps.Promotion;
using MlOps.Steps.Promotion.Gates;
using MlOps.Steps.Releases;
using MlOps.Steps.Trace;
using MlOps.Steps.Workspaces;

namespace MlOps.Steps;

/// <summary>What was checked out. Built-in substitutions of Cloud Build win over git where they are given.</summary>
/// <param name="Base">The commit against which <paramref name="ChangedFiles"/> were found; null for a first commit and where it is unknown.</param>
/// <param name="ChangedFiles">With those not committed yet. Paths relative to the project's folder, with <c>/</c> (<c>../</c> outside it); null where the base is unknown (then everything counts as changed).</param>
/// <param name="CommitTime">The committer's time, UTC.</param>
public sealed record SourceRevision(
    string Repo, string Commit, string? Branch, string? Tag, bool Dirty, string? Base, ImmutableArray<ChangedFile>? ChangedFiles, string Author, DateTimeOffset CommitTime)
{
    public string ShortCommit => Commit[..Math.Min(7, Commit.Length)];

    /// <summary>The image tag: the commit, with <c>-dirty-HASH</c> of the uncommitted changes where there are any.</summary>
    public required string ImageTag { get; init; }
}

/// <param name="Kind">added, modified, deleted, renamed.</param>
public sealed record ChangedFile(string Path, string Kind, string? OldPath = null);

public sealed record TestReport(string Fingerprint, ImmutableArray<TestSuiteResult> Suites)
{
    /// <summary>The image tag of the checkout that was tested: evidence of that one's release and of no other's.</summary>
    public string? Of { get; init; }

    public int Passed => Suites.Sum(suite => suite.Passed);

    public int Failed => Suites.Sum(suite => suite.Failed);

    public int Skipped => Suites.Sum(suite => suite.Skipped);

    public IEnumerable<Problem> Warnings => Suites.SelectMany(suite => suite.Warnings);
}

/// <param name="Name">A component's name, <c>repo</c> or <c>integration</c>.</param>
public sealed record TestSuiteResult(string Name, int Passed, int Failed, int Skipped, double Seconds, ImmutableArray<FailedTest> Failures)
{
    /// <summary>Of what the tests depend on; null where there are none.</summary>
    public string? Fingerprint { get; init; }

    /// <summary>Such as <c>no-tests</c>.</summary>
    public ImmutableArray<Problem> Warnings { get; init; } = [];
}

public sealed record FailedTest(string Name, string Message, string? Details);

/// <param name="Fingerprint">Of what the checkout held; empty where that is unknown.</param>
public sealed record LintReport(string Fingerprint, ImmutableArray<Problem> Findings)
{
    /// <summary>As <see cref="TestReport.Of"/>.</summary>
    public string? Of { get; init; }

    /// <summary>The repo's own linters that were run.</summary>
    public ImmutableArray<LinterResult> Linters { get; init; } = [];
}

/// <summary>A command, or the stage <c>lint</c> of a Dockerfile.</summary>
/// <param name="Name">A component's name or <c>repo</c>; further commands are numbered, <c>repo-2</c>.</param>
public sealed record LinterResult(string Name, string Fingerprint, bool Passed, double Seconds);

/// <param name="Fingerprint">Of all that goes into the image; see Build/Fingerprint.</param>
/// <param name="Materials">Base images as the Dockerfile names them → what the engine had under that name when it was built (an image id or digest).</param>
/// <param name="Found">In the registry by its fingerprint: not built here.</param>
public sealed record BuiltImage(
    string Component, ImageReference Image, string Fingerprint, bool Found, Digest? Digest, string? ImageId, ImmutableSortedDictionary<string, string> Materials, double Seconds, string Why);

public sealed record BuiltImages(string Commit, ImmutableArray<BuiltImage> Images);

/// <param name="Image">Tagged with the commit.</param>
public sealed record PushedImage(string Component, ImageReference Image, Digest Digest, long Size)
{
    [JsonIgnore]
    public ImageReference Pinned => Image.Pinned(Digest);
}

public sealed record PushedImages(string Commit, ImmutableArray<PushedImage> Images);

/// <param name="File">Relative to the root, such as <c>.mlops/components/train/component.yaml</c>.</param>
public sealed record RewrittenComponent(string Component, string File, ImageReference? Image, Digest Sha256);

public sealed record RewrittenComponents(ImmutableArray<RewrittenComponent> Components);

/// <param name="Sha256">Of the file's bytes.</param>
/// <param name="HostNeutral">Of its form in which images read <c>COMPONENT@sha256:…</c>.</param>
public sealed record CompiledPipeline(string Pipeline, string Name, string File, Digest Sha256, Digest HostNeutral);

public sealed record CompiledPipelines(string Fingerprint, ImmutableArray<CompiledPipeline> Pipelines);

/// <param name="Uri"><c>https://LOC-kfp.pkg.dev/P/R/PACKAGE/sha256:…</c> or <c>gs://…</c></param>
public sealed record UploadedPipeline(string Pipeline, string Uri, Digest Sha256, ImmutableArray<string> Tags);

public sealed record UploadedPipelines(string Environment, ImmutableArray<UploadedPipeline> Pipelines);

/// <param name="Job">The resource name, <c>projects/P/locations/L/pipelineJobs/ID</c>.</param>
/// <param name="State">As Vertex names it, <c>PIPELINE_STATE_SUCCEEDED</c>, …</param>
public sealed record PipelineRun(
    string Pipeline, string Job, string State, JsonObject Parameters, JsonObject Outputs, ImmutableSortedDictionary<string, JsonNode?> Metrics, ImmutableArray<TaskRun> Tasks, double Seconds, bool Reused);

/// <summary>An attempt at a task.</summary>
/// <param name="Path"><c>group.task</c>; null for tasks of the pipeline's own.</param>
/// <param name="Iteration">In loops the number of each iteration, the outermost first, from 0; else null.</param>
public sealed record TaskRun(string Name, string State, string? Error = null, string? Path = null, ImmutableArray<int>? Iteration = null)
{
    /// <summary><c>score [1]</c>.</summary>
    [JsonIgnore]
    public string Label => Iteration is { } iteration ? $"{Name} {string.Concat(iteration.Select(number => $"[{number}]"))}" : Name;
}

public sealed record PipelineRuns(string Environment, ImmutableArray<PipelineRun> Runs)
{
    /// <summary>The release that was run: the runs are evidence of no other's.</summary>
    public Digest? Release { get; init; }
}

/// <summary>The files under <c>.mlops/</c>, in the order of the steps.</summary>
public static class Records
{
    public static readonly RecordFile<SourceRevision> Source = new("checkout", "source.json", RecordJson.Default.SourceRevision);
    public static readonly RecordFile<TestReport> Test = new("test", "test.json", RecordJson.Default.TestReport);
    public static readonly RecordFile<TestReport> IntegrationTest = new("test --integration", "integration.json", RecordJson.Default.TestReport);
    public static readonly RecordFile<LintReport> Lint = new("lint", "lint.json", RecordJson.Default.LintReport);
    public static readonly RecordFile<BuiltImages> Build = new("build", "build.json", RecordJson.Default.BuiltImages);
    public static readonly RecordFile<PushedImages> Push = new("push", "push.json", RecordJson.Default.PushedImages);
    public static readonly RecordFile<RewrittenComponents> Rewrite = new("rewrite", "rewrite.json", RecordJson.Default.RewrittenComponents);
    public static readonly RecordFile<CompiledPipelines> Compile = new("compile", "compile.json", RecordJson.Default.CompiledPipelines);
    public static readonly RecordFile<UploadedPipelines> Upload = new("upload", "upload.json", RecordJson.Default.UploadedPipelines);
    public static readonly RecordFile<PipelineRuns> Run = new("run", "run.json", RecordJson.Default.PipelineRuns);
    public static readonly RecordFile<ReleaseRecord> Release = new("ci", "release.json", RecordJson.Default.ReleaseRecord);
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, NewLine = "\n", AllowOutOfOrderMetadataProperties = true)]
[JsonSerializable(typeof(SourceRevision))]
[JsonSerializable(typeof(TestReport))]
[JsonSerializable(typeof(LintReport))]
[JsonSerializable(typeof(BuiltImages))]
[JsonSerializable(typeof(PushedImages))]
[JsonSerializable(typeof(RewrittenComponents))]
[JsonSerializable(typeof(CompiledPipelines))]
[JsonSerializable(typeof(UploadedPipelines))]
[JsonSerializable(typeof(PipelineRuns))]
[JsonSerializable(typeof(Statement))]
[JsonSerializable(typeof(ReleaseRecord))]
[JsonSerializable(typeof(ImmutableArray<ReleaseRecord>))]
[JsonSerializable(typeof(MoveOutcome))]
[JsonSerializable(typeof(ImmutableArray<GateResult>))]
[JsonSerializable(typeof(ImmutableArray<EnvironmentStatus>))]
[JsonSerializable(typeof(ImmutableArray<ReleaseTrace>))]
[JsonSerializable(typeof(ImmutableArray<Problem>))]
public sealed partial class RecordJson : JsonSerializerContext;

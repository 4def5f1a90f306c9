using System.Collections.Immutable;
using System.Text.Json.Serialization;
using MlOps.Core.Images;
using MlOps.Core.Releases;

namespace MlOps.Steps.Releases;

/// <summary>A release with the evidence about it, as <c>release list</c> and <c>show</c> print it.</summary>
/// <param name="Components">The digest of each component's image.</param>
/// <param name="Pipelines">The SHA-256 of each pipeline's host-neutral form.</param>
/// <param name="Evidence">In the order in which it was said.</param>
public sealed record ReleaseRecord(
    Digest Id, string Repo, string Commit, ImmutableSortedDictionary<string, Digest> Components, ImmutableSortedDictionary<string, Digest> Pipelines, ImmutableArray<Evidence> Evidence)
{
    [JsonIgnore]
    public Release Identity => new(Repo, Commit, Components, Pipelines);

    /// <summary>The id is what the content makes it, and so is each statement's.</summary>
    [JsonIgnore]
    public bool IsIntact => Identity.Id == Id && Evidence.All(evidence => evidence.IsIntact);

    [JsonIgnore]
    public DateTimeOffset Time => Evidence.IsEmpty ? default : Evidence[0].Statement.Time;

    /// <summary>It was made of files that were not committed (<see cref="ReleaseIdentity"/>).</summary>
    [JsonIgnore]
    public bool IsDirty => Commit.Contains("-dirty-", StringComparison.Ordinal);

    public IEnumerable<T> Said<T>() where T : Statement => Evidence.Select(evidence => evidence.Statement).OfType<T>();

    /// <summary>What was said last, in the order of saying (clocks differ); null where nothing was.</summary>
    public T? Last<T>() where T : Statement => Said<T>().LastOrDefault();

    public IEnumerable<PipelineRun> RunsIn(string environment) => Said<RunStatement>().Where(run => run.Environment == environment).Select(run => run.Run);

    /// <summary>The last one of each of its pipelines.</summary>
    public IEnumerable<PipelineRun> LatestRunsIn(string environment) => RunsIn(environment).GroupBy(run => run.Pipeline).Select(group => group.Last());

    /// <summary>Its pipelines as they stand in an environment's repository.</summary>
    public ImmutableArray<UploadedPipeline> UploadedTo(string environment) =>
        Said<PipelinesStatement>().Where(upload => upload.Environment == environment).LastOrDefault()?.Pipelines ?? [];

    /// <summary>What is known stays as it is; what was not said yet is added.</summary>
    public ReleaseRecord With(IEnumerable<Evidence> later)
    {
        var known = Evidence.Select(evidence => evidence.Statement.Subject).ToHashSet(StringComparer.Ordinal);
        return this with { Evidence = [.. Evidence, .. later.Where(evidence => known.Add(evidence.Statement.Subject))] };
    }
}

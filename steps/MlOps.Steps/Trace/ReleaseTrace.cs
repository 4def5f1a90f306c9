using System.Collections.Immutable;
using MlOps.Core.Images;
using MlOps.Steps.Build;
using MlOps.Steps.Ledger;
using MlOps.Steps.Releases;

namespace MlOps.Steps.Trace;

/// <summary>The chain of one release: back to the commit, on to what it made and where it ran.</summary>
/// <param name="Asked">What of it was asked about: <c>image train</c>, <c>run projects/…</c>.</param>
public sealed record ReleaseTrace(
    string Asked,
    Digest Release,
    string Repo,
    string Commit,
    ImmutableArray<SourceStatement> Sources,
    ImmutableArray<BuildStatement> Builds,
    TestsStatement? Tests,
    ImmutableArray<TracedImage> Images,
    ImmutableArray<TracedPipeline> Pipelines,
    ImmutableArray<TracedRun> Runs,
    ImmutableArray<TracedStay> Environments);

/// <param name="Names">The image pinned, in each registry that an environment where the release ran reads.</param>
public sealed record TracedImage(string Component, Digest Digest, ImmutableArray<string> Names);

/// <param name="Sha256">Of the host-neutral form.</param>
/// <param name="Uploads">Where each environment has it.</param>
public sealed record TracedPipeline(string Pipeline, Digest Sha256, ImmutableSortedDictionary<string, string> Uploads);

/// <param name="Models">URIs of the models that it made.</param>
public sealed record TracedRun(string Environment, string Pipeline, string Job, string State, ImmutableArray<TracedModel> Models);

/// <param name="Name">The artifact's resource name.</param>
public sealed record TracedModel(string Task, string Uri, string Name);

/// <param name="Until">Null where it still runs.</param>
public sealed record TracedStay(string Environment, DateTimeOffset Since, string Action, string By, string? Why, DateTimeOffset? Until, string? LeftBy);

/// <summary>Makes the chain of what was found.</summary>
public static class ReleaseTraces
{
    public static ReleaseTrace Of(TraceMatch match, KnownReleases known, IReadOnlyDictionary<string, ImmutableArray<TracedModel>> models)
    {
        var release = match.Release;
        var stays = known.Environments.SelectMany(environment => environment.StaysOf(release.Id)).ToArray();
        var places = known.Environments.Where(environment => stays.Any(stay => stay.Environment == environment.Place.Name)).Select(environment => environment.Place).ToArray();
        return new ReleaseTrace(
            $"{match.Kind} {match.Name}",
            release.Id,
            release.Repo,
            release.Commit,
            [.. release.Said<SourceStatement>()],
            [.. release.Said<BuildStatement>()],
            release.Last<TestsStatement>(),
            [.. release.Components.Select(component => new TracedImage(component.Key, component.Value, [.. places.Select(place => ComponentImage.Of(place.Environment, component.Key).Pinned(component.Value).ToString()).Distinct(StringComparer.Ordinal)]))],
            [.. release.Pipelines.Select(pipeline => new TracedPipeline(pipeline.Key, pipeline.Value, Uploads(release, pipeline.Key)))],
            [.. release.Said<RunStatement>().Select(said => new TracedRun(said.Environment, said.Run.Pipeline, said.Run.Job, said.Run.State, models.GetValueOrDefault(said.Run.Job, [])))],
            [.. stays.OrderBy(stay => stay.Came.Time).Select(Of)]);
    }

    private static TracedStay Of(Stay stay) => new(
        stay.Environment, stay.Came.Time, Word(stay.Came), stay.Came.By, stay.Came.Why, stay.Left?.Time, stay.Left is { } left ? $"{Word(left)} of {left.Release?.Short} by {left.By}" : null);

    private static string Word(LedgerEntry entry) => entry.Action.ToString().ToLowerInvariant();

    private static ImmutableSortedDictionary<string, string> Uploads(ReleaseRecord release, string pipeline) => release.Said<PipelinesStatement>()
        .SelectMany(said => said.Pipelines.Where(one => one.Pipeline == pipeline).Select(one => (said.Environment, one.Uri)))
        .GroupBy(one => one.Environment)
        .ToImmutableSortedDictionary(group => group.Key, group => group.Last().Uri, StringComparer.Ordinal);
}

using System.Collections.Immutable;
using System.Text.Json.Nodes;
using LibGit2Sharp;
using MlOps.Core.Images;
using MlOps.Pipelines.Comparing;
using MlOps.Pipelines.Ir;
using MlOps.Steps.Build;
using MlOps.Steps.Upload;

namespace MlOps.Steps.Releases;

/// <summary>From one release to another.</summary>
/// <param name="Commits">Reached from the second and not from the first, newest first; null where git here does not know both.</param>
/// <param name="Undone">Reached from the first only: the second is not a descendant of it.</param>
public sealed record ReleaseDifference(ImmutableArray<CommitLine>? Commits, ImmutableArray<CommitLine> Undone, ImmutableArray<MovedImage> Images, ImmutableArray<ChangedPipeline> Pipelines);

/// <param name="Subject">The message's first line.</param>
public sealed record CommitLine(string Commit, string Author, DateTimeOffset Time, string Subject);

/// <param name="Before">Null where the component is new.</param>
/// <param name="After">Null where it is gone.</param>
public sealed record MovedImage(string Component, Digest? Before, Digest? After);

/// <param name="Changes">Null where one of the two does not have it, or its bytes are gone.</param>
public sealed record ChangedPipeline(string Pipeline, Digest? Before, Digest? After, ImmutableArray<PipelineChange>? Changes);

/// <summary>Finds what two releases differ in.</summary>
public static class ReleaseDifferences
{
    /// <param name="places">Environments where the pipelines may have been uploaded.</param>
    public static async Task<ReleaseDifference> OfAsync(string root, IReadOnlyList<EnvironmentPlace> places, ReleaseRecord before, ReleaseRecord after, CancellationToken cancel)
    {
        var commits = Between(root, before.Commit, after.Commit);
        var pipelines = ImmutableArray.CreateBuilder<ChangedPipeline>();
        foreach (var (name, old, young) in Changed(before.Pipelines, after.Pipelines))
        {
            var (was, now) = (await NeutralAsync(places, before, name, cancel), await NeutralAsync(places, after, name, cancel));
            pipelines.Add(new ChangedPipeline(name, old, young, was is null || now is null ? null : PipelineComparison.Of(was, now)));
        }

        return new ReleaseDifference(
            commits,
            commits is null ? [] : Between(root, after.Commit, before.Commit) ?? [],
            [.. Changed(before.Components, after.Components).Select(change => new MovedImage(change.Name, change.Before, change.After))],
            pipelines.ToImmutable());
    }

    private static IEnumerable<(string Name, Digest? Before, Digest? After)> Changed(ImmutableSortedDictionary<string, Digest> before, ImmutableSortedDictionary<string, Digest> after) =>
        before.Keys.Union(after.Keys).Order(StringComparer.Ordinal)
            .Select(name => (Name: name, Before: before.TryGetValue(name, out var old) ? old : (Digest?)null, After: after.TryGetValue(name, out var young) ? young : (Digest?)null))
            .Where(change => change.Before != change.After);

    /// <summary>A pipeline of a release, its images as <c>COMPONENT@sha256:…</c>, so that registries make no difference.</summary>
    private static async Task<JsonObject?> NeutralAsync(IReadOnlyList<EnvironmentPlace> places, ReleaseRecord release, string name, CancellationToken cancel)
    {
        foreach (var place in places)
        {
            if (release.UploadedTo(place.Name).FirstOrDefault(pipeline => pipeline.Pipeline == name) is { } uploaded)
            {
                var spec = JsonNode.Parse(await PipelineRepository.DownloadAsync(place, uploaded, cancel))!.AsObject();
                return HostNeutral.Form(spec, image => ComponentImage.InRelease(release, place.Environment, image));
            }
        }

        return null;
    }

    private static ImmutableArray<CommitLine>? Between(string root, string from, string to)
    {
        try
        {
            if (Repository.Discover(root) is not { } folder)
            {
                return null;
            }

            using var repository = new Repository(folder);
            var (old, young) = (repository.Lookup<Commit>(Clean(from)), repository.Lookup<Commit>(Clean(to)));
            return old is null || young is null
                ? null
                : [.. repository.Commits.QueryBy(new CommitFilter { IncludeReachableFrom = young, ExcludeReachableFrom = old }).Select(commit => new CommitLine(commit.Sha, commit.Author.Name, commit.Committer.When, commit.MessageShort))];
        }
        catch (LibGit2SharpException)
        {
            return null;
        }
    }

    private static string Clean(string commit) => commit.Split('-')[0];
}

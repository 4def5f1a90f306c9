using MlOps.Core.Images;
using MlOps.Steps.Releases;

namespace MlOps.Steps.Trace;

/// <summary>What in a release is meant by a word of the user's.</summary>
/// <param name="Kind">release, commit, tag, image, pipeline, run.</param>
/// <param name="Name">As the release calls it.</param>
public sealed record TraceMatch(ReleaseRecord Release, string Kind, string Name);

/// <summary>Finds what a word means among the releases that are known.</summary>
public static class TraceTarget
{
    private const int ShortestPrefix = 4;

    /// <param name="what">An image (pinned, or its digest), a pipeline (its address or sha256), a run (a job's name or id), a commit, a git tag, or a release; hashes by their beginning too.</param>
    /// <returns>The first kind that fits, in each release that has it.</returns>
    public static IReadOnlyList<TraceMatch> Find(IEnumerable<ReleaseRecord> releases, string what)
    {
        var all = releases.ToArray();
        Func<ReleaseRecord, string, IEnumerable<TraceMatch>>[] kinds = [Releases, Commits, Images, Pipelines, Runs];
        return kinds.Select(kind => all.SelectMany(release => kind(release, what)).DistinctBy(match => (match.Release.Id, match.Name)).ToArray()).FirstOrDefault(found => found.Length > 0) ?? [];
    }

    private static IEnumerable<TraceMatch> Releases(ReleaseRecord release, string what) =>
        Fits(release.Id, what) ? [new TraceMatch(release, "release", release.Id.ToString())] : [];

    private static IEnumerable<TraceMatch> Commits(ReleaseRecord release, string what)
    {
        if (what.Length >= ShortestPrefix && release.Commit.StartsWith(what, StringComparison.OrdinalIgnoreCase))
        {
            yield return new TraceMatch(release, "commit", release.Commit);
        }

        if (release.Said<SourceStatement>().Any(source => source.Tag == what))
        {
            yield return new TraceMatch(release, "tag", what);
        }
    }

    private static IEnumerable<TraceMatch> Images(ReleaseRecord release, string what)
    {
        var at = what.LastIndexOf('@');
        var (name, digest) = at < 0 ? ("", what) : (what[..at], what[(at + 1)..]);
        return release.Components
            .Where(component => Fits(component.Value, digest) && (name.Length == 0 || name == component.Key || name.EndsWith("/" + component.Key, StringComparison.Ordinal)))
            .Select(component => new TraceMatch(release, "image", component.Key));
    }

    private static IEnumerable<TraceMatch> Pipelines(ReleaseRecord release, string what)
    {
        var neutral = release.Pipelines.Where(pipeline => Fits(pipeline.Value, what)).Select(pipeline => pipeline.Key);
        var uploaded = release.Said<PipelinesStatement>().SelectMany(said => said.Pipelines).Where(pipeline => pipeline.Uri == what || Fits(pipeline.Sha256, what)).Select(pipeline => pipeline.Pipeline);
        return neutral.Concat(uploaded).Select(name => new TraceMatch(release, "pipeline", name));
    }

    private static IEnumerable<TraceMatch> Runs(ReleaseRecord release, string what) => release.Said<RunStatement>()
        .Where(said => said.Run.Job == what || said.Run.Job.EndsWith("/" + what, StringComparison.Ordinal))
        .Select(said => new TraceMatch(release, "run", said.Run.Job));

    private static bool Fits(Digest digest, string text)
    {
        var hex = text.StartsWith("sha256:", StringComparison.Ordinal) ? text["sha256:".Length..] : text;
        return hex.Length >= ShortestPrefix && digest.Hex.StartsWith(hex, StringComparison.Ordinal);
    }
}

using System.Collections.Immutable;
using MlOps.Core.Images;
using MlOps.Core.Problems;
using MlOps.Steps.Ledger;
using MlOps.Steps.Releases;

namespace MlOps.Steps.Trace;

/// <summary>All that the environments of a repo know of its releases, and their ledgers.</summary>
/// <param name="Releases">By id, with what every environment says of them; newest first.</param>
/// <param name="Silent">Environments that could not be asked.</param>
public sealed record KnownReleases(ImmutableArray<ReleaseRecord> Releases, ImmutableArray<KnownEnvironment> Environments, ImmutableArray<Problem> Silent)
{
    public static async Task<KnownReleases> ReadAsync(string repo, IReadOnlyList<EnvironmentPlace> places, CancellationToken cancel)
    {
        // Environments may share a bucket: what it holds is read once.
        var buckets = places.GroupBy(place => (place.Bucket, place.Endpoint)).ToDictionary(
            group => group.Key, group => new Lazy<Task<ImmutableArray<ReleaseRecord>>>(() => new ReleaseStore(group.First()).ListAsync(cancel)));
        var (answers, silent) = await Asking.EachAsync(places, async place =>
        {
            var releases = buckets[(place.Bucket, place.Endpoint)].Value;
            return (Environment: new KnownEnvironment(place, await new LedgerStore(place, repo).ReadAsync(cancel)), Releases: await releases);
        });
        var all = answers.SelectMany(answer => answer.Releases).Where(release => release.Repo == repo)
            .GroupBy(release => release.Id)
            .Select(same => same.Skip(1).Aggregate(same.First(), (merged, one) => merged.With(one.Evidence)));
        return new KnownReleases([.. all.OrderByDescending(release => release.Time)], [.. answers.Select(answer => answer.Environment)], silent);
    }
}

/// <summary>An environment with its history.</summary>
public sealed record KnownEnvironment(EnvironmentPlace Place, EnvironmentLedger Ledger)
{
    /// <summary>The stays of a release here: from the entry that brought it to the one after which something else ran.</summary>
    public IEnumerable<Stay> StaysOf(Digest release)
    {
        var moves = Ledger.State.Moves;
        for (var i = 0; i < moves.Count; i++)
        {
            if (moves[i].Release != release || (i > 0 && moves[i - 1].Release == release))
            {
                continue;
            }

            var end = moves.FindIndex(i, move => move.Release != release);
            yield return new Stay(Place.Name, moves[i], end < 0 ? null : moves[end]);
        }
    }
}

/// <summary>The time that an environment ran a release.</summary>
/// <param name="Came">The entry that brought it.</param>
/// <param name="Left">The entry that brought something else; null where it still runs.</param>
public sealed record Stay(string Environment, LedgerEntry Came, LedgerEntry? Left);

using System.Collections.Immutable;
using MlOps.Core.Images;
using MlOps.Core.Problems;
using MlOps.Steps.Ledger;
using MlOps.Steps.Project;
using MlOps.Steps.Promotion.Gates;
using MlOps.Steps.Releases;

namespace MlOps.Steps.Promotion;

/// <summary>One environment as <c>mlops status</c> shows it.</summary>
/// <param name="Release">What it runs; null where it runs nothing yet.</param>
/// <param name="Since">When it came to run it.</param>
/// <param name="Hold">Why nothing is to move it; null where nobody holds it.</param>
/// <param name="Moving">Who moves it now, and what they do; null where nobody does.</param>
/// <param name="Next">What could come to it.</param>
public sealed record EnvironmentStatus(
    string Environment,
    Digest? Release,
    string? Commit,
    string? Tag,
    DateTimeOffset? Since,
    string? Action,
    string? By,
    TestsStatement? Tests,
    ImmutableArray<RunReference> Runs,
    string? Hold,
    string? Moving,
    NextRelease? Next);

/// <summary>A release that runs where an environment takes its releases from, and what it waits for.</summary>
/// <param name="Waits">Gates that did not pass.</param>
public sealed record NextRelease(string From, Digest Release, string Commit, ImmutableArray<GateResult> Waits);

/// <summary>What all environments of a repo run, and what waits for what.</summary>
public static class StatusBoard
{
    /// <summary>Environments in the order in which releases go through them.</summary>
    public static IEnumerable<string> Order(ProjectFile project) => project.Environments.Values.OrderBy(environment => Depth(project, environment)).ThenBy(environment => environment.Name, StringComparer.Ordinal).Select(environment => environment.Name);

    /// <returns>The environments that answered, and a warning for each of the others.</returns>
    public static async Task<(ImmutableArray<EnvironmentStatus> Board, ImmutableArray<Problem> Silent)> ReadAsync(string repo, IReadOnlyList<EnvironmentPlace> places, TimeProvider time, CancellationToken cancel)
    {
        var (states, silent) = await Asking.EachAsync(places, async place =>
        {
            var state = await new LedgerStore(place, repo).ReadStateAsync(cancel);
            var release = state.Current?.Release is { } id ? await new ReleaseStore(place).FindAsync(repo, id, cancel) : null;
            return new Known(place, state, release, await new LeaseStore(place, repo, time).HolderAsync(cancel));
        });
        return ([.. states.Select(state => One(state, states, time.GetUtcNow()))], silent);
    }

    private static EnvironmentStatus One(Known known, ImmutableArray<Known> all, DateTimeOffset now)
    {
        var (current, release) = (known.State.Current, known.Release);
        return new EnvironmentStatus(
            known.Place.Name,
            current?.Release,
            current?.Commit,
            release?.Said<SourceStatement>().Select(source => source.Tag).LastOrDefault(tag => tag is not null),
            known.State.Since?.Time,
            current?.Action.ToString().ToLowerInvariant(),
            current?.By,
            release?.Last<TestsStatement>(),
            current?.Runs ?? [],
            known.State.HoldAt(now) is { } hold ? $"{hold.By}{(hold.Until is { } until ? $" until {SourceGates.Text(until)}" : "")}: {hold.Why}" : null,
            Moving(known),
            Next(known, all, now));
    }

    private static string? Moving(Known known) => known switch
    {
        { Lease: { } lease } => $"being moved by {lease.Holder}: {lease.Purpose}",
        { State.Unfinished: { } begun } => $"{begun.By} began to {begun.Action.ToString().ToLowerInvariant()} {begun.Release?.Short} at {SourceGates.Text(begun.Time)} and was interrupted; 'mlops promote {begun.Release?.Short} --to {known.Place.Name}' goes on",
        _ => null,
    };

    private static NextRelease? Next(Known to, ImmutableArray<Known> all, DateTimeOffset now)
    {
        var from = all.FirstOrDefault(known => known.Place.Name == to.Place.Environment.PromoteFrom);
        if (from?.Release is not { } release || to.State.Current?.Release == release.Id)
        {
            return null;
        }

        var gates = GateCheck.Run(new GateFacts(from.Place.Environment, from.State, to.Place.Environment, to.State, release, null, now));
        return new NextRelease(from.Place.Name, release.Id, release.Commit, [.. gates.Where(gate => gate.Outcome == GateOutcome.Failed)]);
    }

    private static int Depth(ProjectFile project, DeliveryEnvironment environment) =>
        environment.PromoteFrom is { } from && project.Environments.TryGetValue(from, out var before) ? Depth(project, before) + 1 : environment.Name == DeliveryEnvironment.LocalName ? -1 : 0;

    /// <param name="Release">What it runs.</param>
    private sealed record Known(EnvironmentPlace Place, EnvironmentState State, ReleaseRecord? Release, LeaseRecord? Lease);
}

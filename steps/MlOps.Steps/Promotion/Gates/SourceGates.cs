using System.Globalization;
using MlOps.Steps.Ledger;
using MlOps.Steps.Project;

namespace MlOps.Steps.Promotion.Gates;

/// <summary>Gates that look at the environment that the release comes from.</summary>
internal static class SourceGates
{
    /// <summary>It runs there, and its own runs there succeeded.</summary>
    public static GateResult Source(GateFacts facts)
    {
        var (from, release) = (facts.From.Name, facts.Release.Id);
        var state = facts.FromState;
        if (state.LastMoveTo(release) is not { } move)
        {
            return GateResult.Failed("source", $"it never ran in {from}: {(facts.From.PromoteFrom is null ? $"'mlops ci --env {from}' delivers it there" : $"'mlops promote {release.Short} --to {from}' brings it there")}");
        }

        if (facts.Release.IsDirty)
        {
            return GateResult.Failed("source", $"it was made of files that are not committed ({facts.Release.Commit}): nobody could read them or build it again. Commit them and deliver the commit to {from}");
        }

        if (state.WentBackFrom(release))
        {
            return GateResult.Failed("source", $"{from} went back from it at {Text(state.Moves[state.Moves.IndexOf(move) + 1].Time)}");
        }

        if (state.Current?.Release != release && facts.To.Gates.Source == "runs")
        {
            return GateResult.Failed("source", $"{from} does not run it any more, it runs {state.Current?.Release?.Short}: promote that one, or let releases pass that ran there before ('source: ran' in the gates of {facts.To.Name})");
        }

        return Runs(facts, move);
    }

    public static GateResult Soak(GateFacts facts)
    {
        var since = facts.FromState.Current?.Release == facts.Release.Id ? facts.FromState.Since : null;
        if (since is null)
        {
            return GateResult.Failed("soak", $"it does not run in {facts.From.Name}, so it does not prove itself there");
        }

        var (soaked, asked) = (facts.Now - since.Time, facts.To.Gates.Soak);
        return soaked >= asked
            ? GateResult.Passed("soak", $"{Durations.Text(soaked)} in {facts.From.Name}")
            : GateResult.Failed("soak", $"{Durations.Text(soaked < TimeSpan.Zero ? TimeSpan.Zero : soaked)} of {Durations.Text(asked)} in {facts.From.Name}; passes at {Text(since.Time + asked)}");
    }

    private static GateResult Runs(GateFacts facts, LedgerEntry move)
    {
        var latest = facts.Release.LatestRunsIn(facts.From.Name).ToArray();
        var failed = latest.Where(run => run.State != "SUCCEEDED").ToArray();
        if (failed.Length > 0)
        {
            return GateResult.Failed("source", $"its run in {facts.From.Name} ended {failed[0].State}: {failed[0].Job}");
        }

        return latest.Length == 0
            ? GateResult.Failed("source", $"no run of it in {facts.From.Name} is known: give {facts.From.Name} something to run ('run' in mlops.yaml) and deliver again")
            : GateResult.Passed("source", $"in {facts.From.Name} since {Text(move.Time)}; {string.Join(", ", latest.Select(run => $"{run.Pipeline} SUCCEEDED"))}");
    }

    internal static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
}

using System.Collections.Immutable;
using System.Globalization;
using MlOps.Steps.Ledger;
using MlOps.Steps.Promotion.Gates;

namespace MlOps.Cli.Output;

/// <summary>Ledgers for people, one line an entry.</summary>
internal static class LedgerReport
{
    public static void Write(Report report, ImmutableArray<LedgerEntry> shown, int all, string? environment)
    {
        if (all == 0)
        {
            report.Line($"Nothing was done to {environment ?? "any environment"} yet; 'mlops ci' and 'mlops promote' write its history.");
            return;
        }

        foreach (var line in Columns.Of(["TIME (UTC)", "ENVIRONMENT", "#", "ACTION", "RELEASE", "COMMIT", "BEFORE", "BY", ""], shown.Select(Row)))
        {
            report.Line(line);
        }

        report.Line($"{(all == 1 ? "1 entry" : $"{all} entries")} checked, each hash and its place in the chain{(shown.Length < all ? $"; the last {shown.Length} are shown" : "")}.");
    }

    private static string[] Row(LedgerEntry entry) =>
    [
        entry.Time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
        entry.Environment,
        entry.Sequence.ToString(CultureInfo.InvariantCulture),
        entry.Action.ToString().ToLowerInvariant() + (entry.State == EntryState.Completed ? "" : " " + entry.State.ToString().ToLowerInvariant()),
        entry.Release?.Short ?? "",
        entry.Commit is { } commit ? ReleaseReport.Commit(commit, 8) : "",
        entry.From is { } from && from != entry.Release ? from.Short : "",
        Who.Short(entry.By),
        Remark(entry),
    ];

    private static string Remark(LedgerEntry entry)
    {
        var skipped = entry.Gates.Where(gate => gate.Outcome == GateOutcome.Skipped).Select(gate => $"GATE {gate.Gate.ToUpperInvariant()} SKIPPED");
        var until = entry.Until is { } end ? new[] { end.UtcDateTime.ToString("'until' yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) } : [];
        var approved = entry is { Action: LedgerAction.Promote, State: EntryState.Completed } ? entry.Gates.Where(gate => gate is { Gate: "approval", Outcome: GateOutcome.Passed }).Select(gate => $"approved by {gate.Detail}") : [];
        var policy = entry.Policy?.Contains("-dirty-", StringComparison.Ordinal) == true ? new[] { "POLICY NOT COMMITTED" } : [];
        var settings = entry is { State: EntryState.Completed, Action: LedgerAction.Promote } && entry.From == entry.Release ? new[] { "other settings" } : [];
        return string.Join("; ", skipped.Concat(policy).Concat(settings).Concat(approved).Concat(until).Append(entry.Why).Where(text => !string.IsNullOrEmpty(text)));
    }
}

using System.Collections.Immutable;
using MlOps.Steps.Promotion;
using MlOps.Steps.Promotion.Gates;

namespace MlOps.Cli.Output;

/// <summary>Promotions and rollbacks for people.</summary>
internal static class MoveReport
{
    public static void WriteLine(Report report, string step, string? subject, string text) => report.Line($"  {step,-10} {(subject is null ? "" : subject + ": ")}{text}");

    public static void WriteGates(Report report, ImmutableArray<GateResult> gates)
    {
        foreach (var gate in gates)
        {
            report.Line($"  {Mark(gate.Outcome)} {gate.Gate,-10} {gate.Detail}{(gate.Why is { } why ? $"; skipped: {why}" : "")}");
        }
    }

    public static void WriteOutcome(Report report, MoveOutcome outcome)
    {
        WriteGates(report, outcome.Gates);
        foreach (var run in outcome.Runs)
        {
            foreach (var line in DeliverySummary.Results(run))
            {
                report.Line($"    {line}");
            }
        }

        var before = outcome.Previous is { } previous && previous != outcome.Release ? $", before it {previous.Short}" : "";
        report.Line(outcome.AlreadyThere
            ? $"{outcome.Environment} runs {outcome.Release.Short} already; nothing was moved."
            : $"{outcome.Environment} runs {outcome.Release.Short} now{before} (entry {outcome.Entry} of its ledger).");
    }

    private static string Mark(GateOutcome outcome) => outcome switch
    {
        GateOutcome.Passed => "ok  ",
        GateOutcome.Failed => "NO  ",
        _ => "SKIP",
    };
}

using System.Collections.Immutable;
using MlOps.Steps.Promotion;
using MlOps.Steps.Promotion.Gates;

namespace MlOps.Cli.Output;

/// <summary>Promotions and rollbacks for people.</summary>
internal static class MoveReport
{
    private const int Longest = 100;

    public static void WriteLine(Report report, string step, string? subject, string text) => report.Line($"  {step,-10} {(subject is null ? "" : subject + ": ")}{text}");

    public static void WriteGates(Report report, ImmutableArray<GateResult> gates)
    {
        var width = gates.Select(gate => gate.Gate.Length).Append(10).Max();
        foreach (var gate in gates)
        {
            var text = $"{gate.Detail}{(gate.Why is { } why ? $"; skipped: {why}" : "")}";
            // A line a metric where there are many.
            var lines = text.Length <= Longest ? [text] : text.Split("; ");
            report.Line($"  {Mark(gate.Outcome)} {gate.Gate.PadRight(width)} {lines[0]}");
            foreach (var line in lines.Skip(1))
            {
                report.Line($"       {new string(' ', width)} {line}");
            }
        }
    }

    public static void WriteOutcome(Report report, MoveOutcome outcome)
    {
        WriteGates(report, outcome.Gates);
        // Gates on metrics have told them.
        foreach (var run in outcome.Runs.Where(_ => !outcome.Gates.Any(gate => gate.Gate.StartsWith("metrics", StringComparison.Ordinal))))
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

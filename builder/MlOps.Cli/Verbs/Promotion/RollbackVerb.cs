using System.CommandLine;
using System.Text.Json;
using MlOps.Cli.Output;
using MlOps.Cli.Sessions;
using MlOps.Core.Problems;
using MlOps.Steps;
using MlOps.Steps.Promotion;

namespace MlOps.Cli.Verbs;

/// <summary><c>mlops rollback ENVIRONMENT [--to RELEASE]</c></summary>
internal static class RollbackVerb
{
    private static readonly Argument<string> Where = new("ENVIRONMENT") { Description = "What is to go back." };
    private static readonly Option<string?> To = new("--to") { Description = "A release that it ran before: its id or commit, or the beginning, or a git tag; left out: the last one before the present one." };
    private static readonly Option<string?> Why = new("--why") { Description = "The reason, kept in the ledger." };
    private static readonly Option<string[]> SkipGate = new("--skip-gate") { Description = "'hold', where the environment's policy allows that; needs --why." };

    public static Command Command() => new Command("rollback", "Takes an environment back to what it ran before; nothing is built.") { Where, To, Why, SkipGate }.Does(RunAsync);

    private static async Task<int> RunAsync(VerbContext verb, CancellationToken cancel)
    {
        await using var session = PromotionSession.Open(verb);
        var place = await session.PlaceAsync(verb.Parsed.GetRequiredValue(Where), cancel);
        var rollback = new Rollback(
            place, session.Repo, session.Actor, verb.Parsed.GetValue(SkipGate) ?? [], verb.Parsed.GetValue(Why), (step, subject, text) => MoveReport.WriteLine(verb.Report, step, subject, text), verb.Time);
        try
        {
            var outcome = await rollback.RunAsync(verb.Parsed.GetValue(To) is { } to ? session.Named(to) : null, cancel);
            verb.Report.ResultText(JsonSerializer.Serialize(outcome, RecordJson.Default.MoveOutcome));
            MoveReport.WriteOutcome(verb.Report, outcome);
            return ExitCode.Done;
        }
        catch (GatesClosedException closed)
        {
            MoveReport.WriteGates(verb.Report, closed.Gates);
            throw;
        }
    }
}

using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Json;
using MlOps.Cli.Output;
using MlOps.Cli.Sessions;
using MlOps.Core.Problems;
using MlOps.Steps;
using MlOps.Steps.Checkout;
using MlOps.Steps.Promotion;
using MlOps.Steps.Promotion.Gates;

namespace MlOps.Cli.Verbs;

/// <summary><c>mlops promote [RELEASE] --to ENVIRONMENT</c>: the same digests, one environment on.</summary>
internal static class PromoteVerb
{
    private static readonly Argument<string?> Which = new("RELEASE") { Description = "A release's id or its beginning, a commit, or a git tag; left out: what runs in the environment that it comes from.", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Option<string> To = new("--to") { Description = "The environment that it is to come to.", Required = true };
    private static readonly Option<bool> Check = new("--check") { Description = "Ask the gates, and change nothing." };
    private static readonly Option<string[]> SkipGate = new("--skip-gate") { Description = "A gate that need not be passed, where the environment's policy allows that; needs --why." };
    private static readonly Option<string?> Why = new("--why") { Description = "The reason, kept in the ledger." };

    public static Command Command() =>
        new Command("promote", "Moves a release to the next environment, by digest, through its gates.") { Which, To, Check, SkipGate, Why }.Does(RunAsync);

    private static async Task<int> RunAsync(VerbContext verb, CancellationToken cancel)
    {
        await using var session = PromotionSession.Open(verb);
        var (from, to) = await session.WayAsync(verb.Parsed.GetRequiredValue(To), cancel);
        var release = await ReleaseChoice.ForAsync(from, to, session.Repo, verb.Parsed.GetValue(Which) is { } which ? session.Named(which) : null, cancel);
        var build = await BuildApprovals.FindAsync(to.Endpoint, session.Actor, cancel);
        var request = new PromotionRequest(session.Project, from, to, session.Repo, session.Actor, verb.Parsed.GetValue(SkipGate) ?? [], verb.Parsed.GetValue(Why), build)
        {
            Policy = session.Checkout,
            Tag = BuildValues.FromEnvironment() is { Tag: { } tag } values && values.Commit == release.Commit ? tag : null,
        };
        var told = 0;
        void Passed(ImmutableArray<GateResult> gates)
        {
            told = gates.Length;
            MoveReport.WriteGates(verb.Report, gates);
        }

        var promotion = new PromotionRun(request, (step, subject, text) => MoveReport.WriteLine(verb.Report, step, subject, text), verb.Time, Passed);
        if (request.Policy?.Contains("-dirty-", StringComparison.Ordinal) == true)
        {
            verb.Report.WriteProblems([Problem.Warning("policy-not-committed", $"The files here are not committed; what mlops.yaml and the settings say of {to.Name} now is what counts, and the ledger says so.", to.Environment.Spot)]);
        }

        verb.Report.Line($"{release.Id.Short} ({ReleaseReport.Commit(release, 12)}) {from.Name} -> {to.Name}");
        try
        {
            return verb.Parsed.GetValue(Check) ? await CheckAsync(verb, promotion, release, cancel) : Ended(verb, await promotion.RunAsync(release, cancel), told);
        }
        catch (GatesClosedException closed)
        {
            MoveReport.WriteGates(verb.Report, [.. closed.Gates.Skip(told)]);
            throw;
        }
    }

    private static async Task<int> CheckAsync(VerbContext verb, PromotionRun promotion, Steps.Releases.ReleaseRecord release, CancellationToken cancel)
    {
        var gates = await promotion.GatesAsync(release, cancel);
        verb.Report.ResultText(JsonSerializer.Serialize(gates, RecordJson.Default.ImmutableArrayGateResult));
        MoveReport.WriteGates(verb.Report, gates);
        return gates.Any(gate => gate.Outcome == GateOutcome.Failed) ? ExitCode.StepFailed : ExitCode.Done;
    }

    private static int Ended(VerbContext verb, MoveOutcome outcome, int told)
    {
        verb.Report.ResultText(JsonSerializer.Serialize(outcome, RecordJson.Default.MoveOutcome));
        MoveReport.WriteOutcome(verb.Report, outcome, told);
        return ExitCode.Done;
    }
}

using System.CommandLine;
using System.Text.Json;
using MlOps.Cli.Sessions;
using MlOps.Core.Problems;
using MlOps.Steps.Ledger;
using MlOps.Steps.Promotion;

namespace MlOps.Cli.Verbs;

/// <summary><c>mlops approve [RELEASE] --to ENVIRONMENT</c></summary>
internal static class ApproveVerb
{
    private static readonly Argument<string?> Which = new("RELEASE") { Description = "A release's id or its beginning, a commit, or a git tag; left out: what runs in the environment that it comes from.", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Option<string> To = new("--to") { Description = "The environment that it may come to.", Required = true };
    private static readonly Option<string?> Why = new("--why") { Description = "A remark, kept in the ledger." };

    public static Command Command() => new Command("approve", "Lets a release come to an environment that asks for an approval.") { Which, To, Why }.Does(RunAsync);

    private static async Task<int> RunAsync(VerbContext verb, CancellationToken cancel)
    {
        await using var session = PromotionSession.Open(verb);
        var (from, to) = await session.WayAsync(verb.Parsed.GetRequiredValue(To), cancel);
        var release = await ReleaseChoice.ForAsync(from, to, session.Repo, verb.Parsed.GetValue(Which) is { } which ? session.Named(which) : null, cancel);
        var entry = await new Orders(to, session.Repo, session.Actor, verb.Time).ApproveAsync(release, verb.Parsed.GetValue(Why), cancel);
        verb.Report.ResultText(JsonSerializer.Serialize(entry, LedgerJson.Default.LedgerEntry));
        verb.Report.Line($"{entry.By} approves {release.Id.Short} ({release.Commit[..Math.Min(12, release.Commit.Length)]}) for {to.Name}.");
        if (!to.Environment.NeedsApproval)
        {
            verb.Report.WriteProblems([Problem.Warning("no-approval-asked", $"{to.Name} asks for no approval ('approval: required' in mlops.yaml), so this changes nothing.", to.Environment.Spot)]);
        }

        return ExitCode.Done;
    }
}

using System.CommandLine;
using System.Collections.Immutable;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.Json;
using MlOps.Cli.Output;
using MlOps.Cli.Sessions;
using MlOps.Steps;
using MlOps.Steps.Ledger;
using MlOps.Steps.Releases;

namespace MlOps.Cli.Verbs;

/// <summary><c>mlops ledger [ENVIRONMENT]</c>: what was done to the environments, checked from the first entry on.</summary>
internal static class LedgerVerb
{
    private static readonly Argument<string?> Where = new("ENVIRONMENT") { Description = "Left out: all of them.", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Option<int?> Limit = new("--limit") { Description = "Just the newest so many; all are checked.", CustomParser = ParseLimit };

    public static Command Command() => new Command("ledger", "The history of the environments, every entry checked.") { Where, Limit }.Does(RunAsync);

    private static async Task<int> RunAsync(VerbContext verb, CancellationToken cancel)
    {
        await using var session = PromotionSession.Open(verb);
        var name = verb.Parsed.GetValue(Where) ?? verb.EnvironmentName;
        var (ledgers, silent) = await Asking.EachAsync(await session.PlacesAsync(name, cancel), place => CheckedAsync(place, session.Repo, cancel));
        var code = verb.Report.Silent(silent);
        var ordered = ledgers.SelectMany(ledger => ledger.Entries).OrderBy(entry => entry.Time).ThenBy(entry => entry.Sequence).ToImmutableArray();
        var shown = verb.Parsed.GetValue(Limit) is { } limit ? [.. ordered.TakeLast(limit)] : ordered;
        verb.Report.ResultText(JsonSerializer.Serialize(shown, LedgerJson.Default.ImmutableArrayLedgerEntry));
        LedgerReport.Write(verb.Report, shown, ordered.Length, name);
        return code;
    }

    /// <summary>The ledger, compared with what the releases say that were moved by it: a chain that lost its end is still one.</summary>
    private static async Task<EnvironmentLedger> CheckedAsync(EnvironmentPlace place, string repo, CancellationToken cancel)
    {
        var ledger = await new LedgerStore(place, repo).ReadAsync(cancel);
        LedgerChain.Check(ledger.Entries, place.Name, (await new ReleaseStore(place).ListAsync(cancel)).Where(release => release.Repo == repo));
        return ledger;
    }

    private static int? ParseLimit(ArgumentResult given)
    {
        var text = given.Tokens.Single().Value;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit > 0)
        {
            return limit;
        }

        given.AddError($"--limit {text}: expected how many entries to show, 1 or more.");
        return null;
    }
}

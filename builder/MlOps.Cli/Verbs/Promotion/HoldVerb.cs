using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using MlOps.Cli.Sessions;
using MlOps.Core.Problems;
using MlOps.Steps.Ledger;
using MlOps.Steps.Project;
using MlOps.Steps.Promotion;

namespace MlOps.Cli.Verbs;

/// <summary><c>mlops hold ENVIRONMENT --why TEXT [--for 2h] | --lift</c></summary>
internal static class HoldVerb
{
    private static readonly Argument<string> Where = new("ENVIRONMENT") { Description = "What is to stay as it is." };
    private static readonly Option<string?> Why = new("--why") { Description = "The reason; whoever wants to move it is told." };
    private static readonly Option<string?> For = new("--for") { Description = "It ends by itself after this long: 30m, 2h, 1d." };
    private static readonly Option<bool> Lift = new("--lift") { Description = "Ends the hold." };

    public static Command Command() => new Command("hold", "Keeps an environment as it is until the hold is lifted.") { Where, Why, For, Lift }.Does(RunAsync);

    private static async Task<int> RunAsync(VerbContext verb, CancellationToken cancel)
    {
        var (why, lift) = (verb.Parsed.GetValue(Why), verb.Parsed.GetValue(Lift));
        var length = Durations.Option(For.Name, verb.Parsed.GetValue(For));
        if (!lift && string.IsNullOrWhiteSpace(why))
        {
            throw new InvalidInputException("no-reason", "A hold needs --why: whoever wants to move the environment is told.");
        }

        if (lift && length is not null)
        {
            throw new InvalidInputException("lift-for", "--lift ends a hold; --for says how long one lasts. Give one of them.");
        }

        await using var session = PromotionSession.Open(verb);
        var place = await session.PlaceAsync(verb.Parsed.GetRequiredValue(Where), cancel);
        var orders = new Orders(place, session.Repo, session.Actor, verb.Time);
        var entry = lift ? await orders.LiftAsync(why, cancel) : await orders.HoldAsync(why!, verb.Time.GetUtcNow() + length, cancel);
        verb.Report.ResultText(JsonSerializer.Serialize(entry, LedgerJson.Default.LedgerEntry));
        verb.Report.Line(lift
            ? $"{place.Name} is free again."
            : $"{entry.By} holds {place.Name}{(entry.Until is { } until ? until.UtcDateTime.ToString(" 'until' yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture) : "")}: {entry.Why}. 'mlops hold {place.Name} --lift' ends it.");
        return ExitCode.Done;
    }
}

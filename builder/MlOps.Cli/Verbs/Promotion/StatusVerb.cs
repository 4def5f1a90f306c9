using System.CommandLine;
using System.Text.Json;
using MlOps.Cli.Output;
using MlOps.Cli.Sessions;
using MlOps.Steps;
using MlOps.Steps.Promotion;

namespace MlOps.Cli.Verbs;

/// <summary><c>mlops status</c>: environments, what they run on what evidence, and what waits for what.</summary>
internal static class StatusVerb
{
    public static Command Command() => new Command("status", "What each environment runs, on what evidence, and what waits for what.").Does(RunAsync);

    private static async Task<int> RunAsync(VerbContext verb, CancellationToken cancel)
    {
        await using var session = PromotionSession.Open(verb);
        var (board, silent) = await StatusBoard.ReadAsync(session.Repo, await session.PlacesAsync(verb.EnvironmentName, cancel), verb.Time, cancel);
        verb.Report.ResultText(JsonSerializer.Serialize(board, RecordJson.Default.ImmutableArrayEnvironmentStatus));
        var code = verb.Report.Silent(silent);
        StatusReport.Write(verb.Report, board, verb.Time.GetUtcNow());
        return code;
    }
}

using System.CommandLine;
using System.Text.Json;
using MlOps.Cli.Output;
using MlOps.Cli.Sessions;
using MlOps.Core.Problems;
using MlOps.Steps;
using MlOps.Steps.Promotion;
using MlOps.Steps.Releases;

namespace MlOps.Cli.Verbs;

/// <summary><c>mlops release list | show R</c></summary>
internal static class ReleaseVerb
{
    private static readonly Argument<string> Which = new("RELEASE") { Description = "A release's id or the beginning of it, or a commit." };

    public static Command Command()
    {
        var list = new Command("list", "The releases of the environment, newest first.").Does(ListAsync);
        var show = new Command("show", "One release with its evidence.") { Which }.Does(ShowAsync);
        return new Command("release", "What was built, once, and what is known about it.") { list, show };
    }

    private static async Task<int> ListAsync(VerbContext verb, CancellationToken cancel)
    {
        await using var session = await DeliverySession.OpenAsync(verb, cancel);
        var releases = await new ReleaseStore(session.Context.Place).ListAsync(cancel);
        verb.Report.ResultText(JsonSerializer.Serialize(releases, RecordJson.Default.ImmutableArrayReleaseRecord));
        ReleaseReport.WriteList(verb.Report, releases);
        return ExitCode.Done;
    }

    private static async Task<int> ShowAsync(VerbContext verb, CancellationToken cancel)
    {
        await using var session = await DeliverySession.OpenAsync(verb, cancel);
        var releases = await new ReleaseStore(session.Context.Place).ListAsync(cancel);
        var release = ReleaseChoice.Find(releases, verb.Parsed.GetValue(Which)!, session.Context.Environment.Name);
        verb.Report.ResultText(JsonSerializer.Serialize(release, RecordJson.Default.ReleaseRecord));
        ReleaseReport.WriteOne(verb.Report, release);
        return ExitCode.Done;
    }
}

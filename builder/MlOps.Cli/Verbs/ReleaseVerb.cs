using System.CommandLine;
using System.Text.Json;
using MlOps.Cli.Output;
using MlOps.Cli.Sessions;
using MlOps.Steps;
using MlOps.Steps.Project;
using MlOps.Steps.Promotion;
using MlOps.Steps.Releases;
using MlOps.Steps.Trace;

namespace MlOps.Cli.Verbs;

/// <summary><c>mlops release list | show R | diff A B</c></summary>
internal static class ReleaseVerb
{
    private static readonly Argument<string> Which = new("RELEASE") { Description = "A release's id or the beginning of it, a commit, or a git tag." };
    private static readonly Argument<string> Older = new("OLD") { Description = "The release to compare from." };
    private static readonly Argument<string> Newer = new("NEW") { Description = "The release to compare to." };

    public static Command Command()
    {
        var list = new Command("list", "The releases, newest first.").Does(ListAsync);
        var show = new Command("show", "One release with its evidence.") { Which }.Does(ShowAsync);
        var diff = new Command("diff", "From one release to another: commits, images, pipelines.") { Older, Newer }.Does(DiffAsync);
        return new Command("release", "What was built, once, and what is known about it.") { list, show, diff };
    }

    private static async Task<int> ListAsync(VerbContext verb, CancellationToken cancel)
    {
        await using var session = PromotionSession.Open(verb);
        var (known, _, code) = await KnownAsync(verb, session, cancel);
        verb.Report.ResultText(JsonSerializer.Serialize(known.Releases, RecordJson.Default.ImmutableArrayReleaseRecord));
        ReleaseReport.WriteList(verb.Report, known.Releases);
        return code;
    }

    private static async Task<int> ShowAsync(VerbContext verb, CancellationToken cancel)
    {
        await using var session = PromotionSession.Open(verb);
        var (known, where, code) = await KnownAsync(verb, session, cancel);
        var release = ReleaseChoice.Find(known.Releases, session.Named(verb.Parsed.GetRequiredValue(Which)), where);
        verb.Report.ResultText(JsonSerializer.Serialize(release, RecordJson.Default.ReleaseRecord));
        ReleaseReport.WriteOne(verb.Report, release);
        return code;
    }

    private static async Task<int> DiffAsync(VerbContext verb, CancellationToken cancel)
    {
        await using var session = PromotionSession.Open(verb);
        var (known, where, code) = await KnownAsync(verb, session, cancel);
        var (older, newer) = (ReleaseChoice.Find(known.Releases, session.Named(verb.Parsed.GetRequiredValue(Older)), where), ReleaseChoice.Find(known.Releases, session.Named(verb.Parsed.GetRequiredValue(Newer)), where));
        var difference = await ReleaseDifferences.OfAsync(session.Project.Root, [.. known.Environments.Select(environment => environment.Place)], older, newer, cancel);
        ReleaseDifferenceReport.Write(verb.Report, older, newer, difference);
        return code;
    }

    /// <summary>Of the named environment; else of the local one, or of all where one cloud holds them.</summary>
    private static async Task<(KnownReleases Known, string Where, int Code)> KnownAsync(VerbContext verb, PromotionSession session, CancellationToken cancel)
    {
        var only = verb.EnvironmentName ?? (CloudAccess.IsChosen ? null : DeliveryEnvironment.LocalName);
        var known = await KnownReleases.ReadAsync(session.Repo, await session.PlacesAsync(only, cancel), cancel);
        return (known, only ?? "any environment", verb.Report.Silent(known.Silent));
    }
}

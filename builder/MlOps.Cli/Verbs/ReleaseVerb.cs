using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Json;
using MlOps.Cli.Output;
using MlOps.Cli.Sessions;
using MlOps.Core.Problems;
using MlOps.Steps;
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
        var releases = await ReleaseStore.ListAsync(session.Context, cancel);
        verb.Report.ResultText(JsonSerializer.Serialize(releases, RecordJson.Default.ImmutableArrayReleaseRecord));
        ReleaseReport.WriteList(verb.Report, releases);
        return ExitCode.Done;
    }

    private static async Task<int> ShowAsync(VerbContext verb, CancellationToken cancel)
    {
        await using var session = await DeliverySession.OpenAsync(verb, cancel);
        var releases = await ReleaseStore.ListAsync(session.Context, cancel);
        var release = Find(releases, verb.Parsed.GetValue(Which)!);
        verb.Report.ResultText(JsonSerializer.Serialize(release, RecordJson.Default.ReleaseRecord));
        ReleaseReport.WriteOne(verb.Report, release);
        return ExitCode.Done;
    }

    private static ReleaseRecord Find(ImmutableArray<ReleaseRecord> releases, string which)
    {
        var prefix = which.StartsWith("sha256:", StringComparison.Ordinal) ? which["sha256:".Length..] : which;
        var found = releases.Where(release => release.Id.Hex.StartsWith(prefix, StringComparison.Ordinal) || release.Commit.StartsWith(prefix, StringComparison.Ordinal)).ToArray();
        // A commit means what was committed; the rest has the rest of its name.
        var clean = found.Where(release => release.Id.Hex.StartsWith(prefix, StringComparison.Ordinal) || !release.Commit.Contains("-dirty-", StringComparison.Ordinal)).ToArray();
        found = clean.Length > 0 ? clean : found;
        return found.Length switch
        {
            1 => found[0],
            0 => throw new InvalidInputException("unknown-release", $"There is no release '{which}' here.{Suggestion.For(which, releases.Select(release => release.Id.Short))} 'mlops release list' shows them."),
            _ => throw new InvalidInputException("ambiguous-release", $"'{which}' means {found.Length} releases: {string.Join(", ", found.Select(release => release.Id.Short))}. Give more of the id."),
        };
    }
}

using System.Collections.Immutable;
using MlOps.Core.Problems;
using MlOps.Steps.Ledger;
using MlOps.Steps.Releases;

namespace MlOps.Steps.Promotion;

/// <summary>Which release people mean.</summary>
public static class ReleaseChoice
{
    private const int ShortestPrefix = 4;

    /// <summary>By the id or its beginning, a commit or its beginning, or a git tag.</summary>
    /// <exception cref="InvalidInputException">None, or several.</exception>
    public static ReleaseRecord Find(ImmutableArray<ReleaseRecord> releases, string which, string where)
    {
        var tagged = releases.Where(release => IsTagged(release, which)).ToArray();
        var prefix = tagged.Length > 0 ? which : Prefix(which);
        var found = tagged.Length > 0
            ? tagged
            : [.. releases.Where(release => release.Id.Hex.StartsWith(prefix, StringComparison.Ordinal) || release.Commit.StartsWith(prefix, StringComparison.Ordinal))];
        // A commit means what was committed; the rest has the rest of its name.
        var clean = found.Where(release => release.Id.Hex.StartsWith(prefix, StringComparison.Ordinal) || !release.IsDirty).ToArray();
        found = clean.Length > 0 ? clean : found;
        return found.Length switch
        {
            1 => found[0],
            0 => throw new InvalidInputException("unknown-release", $"There is no release '{which}' in {where}.{Suggestion.For(which, releases.Select(release => release.Id.Short))} 'mlops release list --env {where}' shows them."),
            _ => throw new InvalidInputException("ambiguous-release", $"'{which}' means {found.Length} releases: {string.Join(", ", found.Select(release => release.Id.Short))}. Give more of the id."),
        };
    }

    /// <summary>The digits that are given of a release's id or of a commit.</summary>
    /// <exception cref="InvalidInputException">Too few: an empty variable of a script must not mean whatever there is.</exception>
    internal static string Prefix(string which)
    {
        var prefix = which.StartsWith("sha256:", StringComparison.Ordinal) ? which["sha256:".Length..] : which;
        return prefix.Trim().Length >= ShortestPrefix
            ? prefix
            : throw new InvalidInputException("short-release", $"'{which}' does not name a release: give at least {ShortestPrefix} digits of its id or commit, or a git tag. (Is a variable empty?)");
    }

    /// <summary>What is to come to an environment: what is named, or what runs where it comes from.</summary>
    /// <param name="which">Null for what the other environment runs now.</param>
    public static async Task<ReleaseRecord> ForAsync(EnvironmentPlace from, EnvironmentPlace to, string repo, string? which, CancellationToken cancel)
    {
        var releases = new ReleaseStore(from);
        if (which is null)
        {
            var current = (await new LedgerStore(from, repo).ReadAsync(cancel)).State.Current
                ?? throw new InvalidInputException("nothing-to-promote", $"{from.Name}, from where {to.Name} takes its releases, runs nothing yet. {HowTo(from)}");
            return await releases.FindAsync(repo, current.Release!.Value, cancel)
                ?? throw new StepFailedException($"{from.Name} runs the release {current.Release!.Value.Short}, and gs://{from.Bucket} does not have it any more.");
        }

        var known = await releases.ListAsync(cancel);
        try
        {
            return Find([.. known.Where(release => release.Repo == repo)], which, from.Name);
        }
        catch (InvalidInputException error) when (error.Problems is [{ Code: "unknown-release" } problem])
        {
            throw new InvalidInputException("unknown-release", $"{problem.Message} {to.Name} takes its releases from {from.Name}, and a release is never built on the way: {HowTo(from)}");
        }
    }

    private static string HowTo(EnvironmentPlace from) => from.Environment.PromoteFrom is { } before
        ? $"'mlops promote --to {from.Name}' brings one from {before}."
        : $"'mlops ci --env {from.Name}' makes one.";

    private static bool IsTagged(ReleaseRecord release, string tag) => release.Said<SourceStatement>().Any(source => source.Tag == tag);
}

using System.Collections.Immutable;
using MlOps.Core.Images;
using MlOps.Steps.Project;

namespace MlOps.Steps.Run;

/// <summary>Labels that lead from a job back to what it ran: keys and values of at most 63 lower-case letters, digits, <c>_</c> and <c>-</c>.</summary>
internal static class RunLabels
{
    private const int Longest = 63;

    public static ImmutableSortedDictionary<string, string> Of(string repo, string commit, Digest release, DeliveryEnvironment environment) =>
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["mlops-repo"] = Clean(repo),
            ["mlops-commit"] = Clean(commit),
            ["mlops-release"] = release.Hex[..Longest],
            ["mlops-environment"] = Clean(environment.Name),
        }.ToImmutableSortedDictionary(StringComparer.Ordinal);

    private static string Clean(string text)
    {
        var kept = new string([.. text.ToLowerInvariant().Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-' ? letter : '-')]);
        return kept[..Math.Min(Longest, kept.Length)];
    }
}

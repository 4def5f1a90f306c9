using System.Collections.Immutable;
using MlOps.Core.Releases;
using MlOps.Steps.Releases;

namespace MlOps.Steps.Upload;

/// <summary>The tags of an uploaded pipeline: commit, branch, git tag and release. A tag never begins with <c>sha256:</c> (specs/registry.md, section 3).</summary>
internal static class UploadTags
{
    private const int Longest = 128;

    public static ImmutableArray<string> Of(SourceRevision source, Release release) =>
        [.. new[] { source.ImageTag, source.Branch, source.Tag, "release-" + release.Id.Short }.OfType<string>().Where(text => text.Length > 0).Select(Clean).Distinct(StringComparer.Ordinal)];

    /// <summary>Of a promoted one: commit, git tag and release. The branch is where it was built.</summary>
    public static ImmutableArray<string> Of(ReleaseRecord release) =>
        [.. release.Said<SourceStatement>().Select(source => source.Tag).OfType<string>().Prepend(release.Commit).Append("release-" + release.Id.Short).Select(Clean).Distinct(StringComparer.Ordinal)];

    /// <summary>A branch's name as a tag: what a tag may not hold becomes a dash.</summary>
    private static string Clean(string text)
    {
        var kept = new string([.. text.Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '_' or '-' ? letter : '-')]).TrimStart('.', '-');
        return kept.Length == 0 ? "unnamed" : kept[..Math.Min(Longest, kept.Length)].ToLowerInvariant();
    }
}

using System.Text.Json.Nodes;
using MlOps.Core.Files;
using MlOps.Core.Images;

namespace MlOps.Steps.Run;

/// <summary>
/// A run's job id comes from what is run, not from when: a rerun after a crash finds the job that is running or done, and a rerun
/// after a failure starts the next attempt (design.md, "The flow"). Vertex: <c>[a-z][-a-z0-9]*</c>, fewer than 128 characters.
/// </summary>
public static class JobId
{
    private const int LongestName = 80;

    public static string Of(string pipeline, Digest release, string environment, JsonObject parameters, int attempt)
    {
        var identity = new JsonObject
        {
            ["pipeline"] = pipeline,
            ["release"] = release.ToString(),
            ["environment"] = environment,
            ["parameters"] = parameters.DeepClone(),
        };
        return $"{Slug(pipeline)}-{Digest.Of(CanonicalJson.Bytes(identity)).Short}-{attempt}";
    }

    /// <summary>For a run that nothing identifies, such as one of a file at hand: made unique by time and chance.</summary>
    public static string Unique(string pipeline, TimeProvider time) => $"{Slug(pipeline)}-{time.GetUtcNow():yyyyMMddHHmmss}-{Guid.NewGuid().ToString("N")[..6]}";

    /// <summary>A name in the letters that a job id may have, beginning with a letter.</summary>
    internal static string Slug(string name)
    {
        var kept = new string([.. name.ToLowerInvariant().Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : '-')]).Trim('-');
        var slug = kept.Length == 0 || !char.IsAsciiLetter(kept[0]) ? "p-" + kept : kept;
        return slug[..Math.Min(LongestName, slug.Length)].TrimEnd('-');
    }
}

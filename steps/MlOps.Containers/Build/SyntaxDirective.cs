using System.Text;
using System.Text.RegularExpressions;

namespace MlOps.Containers.Build;

/// <summary>
/// The first line <c># syntax=docker/dockerfile:1</c> has BuildKit fetch another Dockerfile frontend from Docker Hub. Where that
/// cannot be had, the engine's own frontend, which knows nearly the same, builds the file without the line.
/// </summary>
internal static partial class SyntaxDirective
{
    /// <summary>The Dockerfile without the directive, line numbers kept; null where it has none that the engine could do without.</summary>
    public static byte[]? Remove(byte[] dockerfile)
    {
        var text = Encoding.UTF8.GetString(dockerfile);
        return Directive().Match(text) is { Success: true } match
            ? Encoding.UTF8.GetBytes(string.Concat(text.AsSpan(0, match.Groups["line"].Index), "#", text.AsSpan(match.Groups["line"].Index + match.Groups["line"].Length)))
            : null;
    }

    /// <summary>Whether a build failed because the frontend could not be had.</summary>
    public static bool IsMissingFrontend(string error) => error.Contains("docker/dockerfile", StringComparison.Ordinal);

    // Parser directives stand before everything else, each once, in any order.
    [GeneratedRegex(@"\A\uFEFF?(?:#[ \t]*(?:escape|check)[ \t]*=[^\n]*\n)*(?<line>#[ \t]*syntax[ \t]*=[ \t]*(?:docker\.io/)?docker/dockerfile(?:[:@][^\s]*)?[ \t]*)(?=\r?\n|\z)", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Directive();
}

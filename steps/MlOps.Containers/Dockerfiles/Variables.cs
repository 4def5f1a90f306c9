using System.Text.RegularExpressions;

namespace MlOps.Containers.Dockerfiles;

/// <summary>Variables in FROM lines: <c>$X</c>, <c>${X}</c>, <c>${X:-default}</c>, <c>${X-default}</c>, <c>${X:+other}</c>, <c>${X+other}</c>.</summary>
public static partial class Variables
{
    /// <summary>BuildKit's own arguments; every image here is built for linux/amd64.</summary>
    public static readonly IReadOnlyDictionary<string, string?> Platform = new Dictionary<string, string?>(StringComparer.Ordinal)
    {
        ["TARGETPLATFORM"] = "linux/amd64",
        ["TARGETOS"] = "linux",
        ["TARGETARCH"] = "amd64",
        ["TARGETVARIANT"] = "",
        ["BUILDPLATFORM"] = "linux/amd64",
        ["BUILDOS"] = "linux",
        ["BUILDARCH"] = "amd64",
        ["BUILDVARIANT"] = "",
    };

    public static string Expand(string text, Func<string, string?> lookup) => Form().Replace(text, match =>
    {
        var value = lookup(match.Groups["name"].Value);
        var (kind, word) = (match.Groups["kind"].Value, match.Groups["word"].Value);
        var isSet = kind.StartsWith(':') ? !string.IsNullOrEmpty(value) : value is not null;
        return kind switch
        {
            ":-" or "-" => isSet ? value! : Expand(word, lookup),
            ":+" or "+" => isSet ? Expand(word, lookup) : "",
            _ => value ?? "",
        };
    });

    /// <summary>The names that a text refers to, and whether each has something to fall back on.</summary>
    public static IEnumerable<(string Name, bool HasDefault)> Names(string text) =>
        Form().Matches(text).Select(match => (match.Groups["name"].Value, match.Groups["kind"].Success));

    [GeneratedRegex(@"\$(?:(?<name>[A-Za-z_][A-Za-z0-9_]*)|\{(?<name>[A-Za-z_][A-Za-z0-9_]*)(?:(?<kind>:?[-+])(?<word>(?:[^{}]|\{[^}]*\})*))?\})")]
    private static partial Regex Form();
}

using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace MlOps.LocalCloud.Vertex.Pipelines.Placeholders;

/// <summary>An expression such as <c>{{$.inputs.parameters['x']}}</c>: as written, and its path (<c>inputs</c>, <c>parameters</c>, <c>x</c>; empty for <c>{{$}}</c>).</summary>
internal sealed partial record Placeholder(string Text, ImmutableArray<string> Path)
{
    /// <summary>
    /// Fills in a text's expressions from left to right, once: what is filled in is never looked at again. Where
    /// <paramref name="resolve"/> gives null the expression stays as written.
    /// </summary>
    public static string Expand(string text, Func<Placeholder, string?> resolve) =>
        text.Contains("{{$", StringComparison.Ordinal) ? Grammar().Replace(text, match => resolve(Of(match)) ?? match.Value) : text;

    /// <summary>The expression that a text consists of; null where it is anything else.</summary>
    public static Placeholder? Whole(string text) => Grammar().Match(text) is { Success: true } match && match.Length == text.Length ? Of(match) : null;

    private static Placeholder Of(Match match) => new(match.Value, [.. Segment().Matches(match.Groups["path"].Value).Select(Name)]);

    private static string Name(Match segment) => segment.Value[0] == '.' ? segment.Value[1..] : segment.Value[1..^1].Trim('\'', '"');

    [GeneratedRegex(@"\{\{\$(?<path>(?:\.[A-Za-z_]+|\[(?:'[^']*'|""[^""]*""|[0-9]+)\])*)\}\}")]
    private static partial Regex Grammar();

    [GeneratedRegex(@"\.[A-Za-z_]+|\[(?:'[^']*'|""[^""]*""|[0-9]+)\]")]
    private static partial Regex Segment();
}

/// <summary>An expression asks for an optional input that was not given.</summary>
internal sealed class AbsentInputException(string input) : Exception($"Input '{input}' was not given.")
{
    public string Input { get; } = input;
}

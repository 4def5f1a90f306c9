using MlOps.Core.Problems;

namespace MlOps.CloudBuild.Config;

/// <summary>What is said to people of a file that is not read at all: the parser's words, and what to write instead.</summary>
internal static class YamlRemedies
{
    /// <summary>By words of the parser's message; the first that fits counts.</summary>
    private static readonly (string Words, string Remedy)[] ByWords =
    [
        ("found character '\\t' that cannot start", "YAML is indented with spaces: replace the tab."),
        ("that cannot start any token", "A text that begins with this character needs quotes."),
        ("mapping values are not allowed here", "The line is indented otherwise than the keys beside it, or a text holds ': ' and needs quotes."),
        ("but got '<stream end>'", "A '[' or '{' is not closed."),
        ("but got '{'", "In [ ] and { } a '{' begins a map: put texts with '${…}' in quotes."),
        ("expected ',' or", "There is no comma between two items, or a bracket is not closed."),
        ("expected <block end>", "The line is indented otherwise than those that it stands beside, or a text goes on after its closing quote."),
        ("could not find expected ':'", "Expected 'key: value'; a line of a longer text (after '|') is indented further than its key."),
        ("a quoted scalar: found unexpected end", "The quote that opens here is never closed; within single quotes an apostrophe is written twice."),
        ("unknown escape character", "In double quotes a '\\' begins an escape: write '\\\\', or use single quotes."),
        ("alias", "A text that begins with '*' needs quotes: it names an anchor otherwise."),
        ("anchor", "A text that begins with '&' needs quotes: it sets an anchor otherwise."),
        ("tag", "A text that begins with '!' needs quotes: it is a tag otherwise."),
        ("directive", "A line that begins with '%' is a directive; indent it, or put it in quotes."),
        ("block scalar", "After '|' or '>' the line ends; the text begins on the next one, indented further than its key."),
        ("single document", "A build is one document: remove '---' and what follows, or make two files of it."),
    ];

    /// <param name="error">As gcloud words it.</param>
    public static Problem Explain(string file, string text, ConfigError error)
    {
        var said = error.Message;
        var prefix = $"parsing {file}: ";
        if (!said.StartsWith(prefix, StringComparison.Ordinal))
        {
            return Problem.Error("not-yaml", $"gcloud cannot read this: {error.Type}: {said}.", error.Spot);
        }

        // The place is the problem's own.
        var place = said.LastIndexOf("\n  in ", StringComparison.Ordinal);
        said = said[prefix.Length..(place < 0 ? said.Length : place)].TrimEnd('.');
        return Problem.Error("not-yaml", said.StartsWith("Could not parse as a dictionary", StringComparison.Ordinal)
            ? $"{(IsBlank(text) ? "There is nothing in this file" : "This is no map")}; expected a build: 'steps:' and a list of steps, each with a 'name'."
            : $"This is not YAML: {said}. {ByWords.FirstOrDefault(entry => said.Contains(entry.Words, StringComparison.Ordinal)).Remedy}".TrimEnd(), error.Spot);
    }

    private static bool IsBlank(string text) => text.Split('\n').All(line => line.Trim() is "" or "---" or "..." || line.TrimStart().StartsWith('#'));
}

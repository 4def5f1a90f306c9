using System.Text;

namespace MlOps.Pipelines.Definitions;

/// <summary>Text in a condition: <c>'…'</c> or <c>"…"</c>, in which <c>\\</c> <c>\'</c> <c>\"</c> <c>\n</c> <c>\t</c> stand for a letter each.</summary>
internal static class ConditionText
{
    /// <param name="literal">Begins with a quotation mark.</param>
    /// <param name="wrong">Why it is no text; null where it is one.</param>
    public static string Read(string literal, out string? wrong)
    {
        var quote = literal[0];
        var text = new StringBuilder(literal.Length);
        for (var at = 1; at < literal.Length; at++)
        {
            if (literal[at] == quote)
            {
                wrong = at == literal.Length - 1 ? null : $"the text {literal[..(at + 1)]} ends before {literal[(at + 1)..].Trim()}; a {quote} within it is written \\{quote}";
                return text.ToString();
            }

            if (literal[at] != '\\')
            {
                text.Append(literal[at]);
            }
            else if (at + 1 < literal.Length && Escaped(literal[++at]) is { } letter)
            {
                text.Append(letter);
            }
            else
            {
                wrong = $"in {literal} after \\ comes one of \\ ' \" n t; a backslash itself is written \\\\";
                return "";
            }
        }

        wrong = $"the text {literal} has no closing {quote}";
        return "";
    }

    /// <summary>The text in single quotes.</summary>
    public static string Write(string text) =>
        $"'{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)}'";

    private static char? Escaped(char letter) => letter switch
    {
        '\\' or '\'' or '"' => letter,
        'n' => '\n',
        't' => '\t',
        _ => null,
    };
}

using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace MlOps.LocalCloud.Vertex.Jobs.Batch;

/// <summary>A field of a CSV file.</summary>
/// <param name="IsQuoted">What stands in quotes is text, whatever it looks like.</param>
internal sealed record CsvField(string Text, bool IsQuoted)
{
    /// <summary>A number where it is written as one and not quoted; else text.</summary>
    public JsonNode? Value => !IsQuoted && double.TryParse(Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
        ? JsonValue.Create(number)
        : JsonValue.Create(Text);
}

/// <summary>CSV (RFC 4180): commas, quotes doubled within quotes, line ends within quotes. Empty lines are no rows.</summary>
internal static class CsvText
{
    public static IEnumerable<List<CsvField>> Rows(TextReader text)
    {
        while (text.Peek() >= 0)
        {
            var row = Row(text);
            if (row is not [{ Text.Length: 0, IsQuoted: false }])
            {
                yield return row;
            }
        }
    }

    private static List<CsvField> Row(TextReader text)
    {
        var row = new List<CsvField>();
        while (true)
        {
            row.Add(Field(text));
            if (text.Read() != ',')
            {
                return row;
            }
        }
    }

    // Leaves the reader before the comma or the line's last character.
    private static CsvField Field(TextReader text)
    {
        var field = new StringBuilder();
        var (isQuoted, inQuotes) = (false, false);
        while (text.Peek() is >= 0 and var next && (inQuotes || next is not (',' or '\n')))
        {
            _ = text.Read();
            if (next == '"' && inQuotes && text.Peek() == '"')
            {
                field.Append((char)text.Read());
            }
            else if (next == '"' && (inQuotes || field.Length == 0))
            {
                (isQuoted, inQuotes) = (true, !inQuotes);
            }
            else if (next != '\r' || inQuotes || text.Peek() != '\n')
            {
                field.Append((char)next);
            }
        }

        return new CsvField(field.ToString(), isQuoted);
    }
}

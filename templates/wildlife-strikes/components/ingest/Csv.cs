using System.Text;

namespace Ingest;

/// <summary>Reads comma-separated values as RFC 4180 writes them: quoted fields may hold commas, quotes and line ends.</summary>
internal static class Csv
{
    /// <exception cref="InvalidDataException">The file has no header, a row of another width, or a quote that is not closed.</exception>
    public static IReadOnlyList<Strike> Read(string path)
    {
        using var reader = new StreamReader(path);
        return Read(reader);
    }

    public static IReadOnlyList<Strike> Read(TextReader reader)
    {
        var rows = Rows(reader).ToList();
        if (rows.Count == 0)
        {
            throw new InvalidDataException("The source is empty; its first line must name the columns.");
        }

        var header = rows[0].Fields;
        return [.. rows.Skip(1).Select(row => ToStrike(header, row.Line, row.Fields))];
    }

    private static Strike ToStrike(List<string> header, int line, List<string> fields)
    {
        if (fields.Count != header.Count)
        {
            throw new InvalidDataException($"Line {line} of the source has {fields.Count} fields, the header {header.Count}.");
        }

        var present = header.Zip(fields).Where(column => column.Second.Length > 0);
        return new Strike(line, present.ToDictionary(column => column.First, column => column.Second));
    }

    private static IEnumerable<(int Line, List<string> Fields)> Rows(TextReader reader)
    {
        for (int line = 1, first = 1; reader.ReadLine() is { } text; line++, first = line)
        {
            // A quote still open at the end of the line belongs to a field that goes on in the next one.
            while (text.Count(c => c == '"') % 2 == 1)
            {
                text += '\n' + (reader.ReadLine() ?? throw new InvalidDataException($"Line {first} of the source opens a quote that is never closed."));
                line++;
            }

            if (text.Length > 0)
            {
                yield return (first, Fields(text));
            }
        }
    }

    private static List<string> Fields(string row)
    {
        var fields = new List<string>();
        var field = new StringBuilder();
        var quoted = false;
        for (var i = 0; i < row.Length; i++)
        {
            switch (row[i])
            {
                case '"' when quoted && i + 1 < row.Length && row[i + 1] == '"':
                    field.Append('"');
                    i++;
                    break;
                case '"':
                    quoted = !quoted;
                    break;
                case ',' when !quoted:
                    fields.Add(field.ToString());
                    field.Clear();
                    break;
                default:
                    field.Append(row[i]);
                    break;
            }
        }

        return [.. fields, field.ToString()];
    }
}

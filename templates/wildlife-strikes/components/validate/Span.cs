using System.Text.Json;

namespace Validate;

/// <summary>The strikes of one span, by column.</summary>
/// <param name="Columns">Each column's values that are present, in the order of the strikes.</param>
internal sealed record Span(string Name, int Rows, IReadOnlyDictionary<string, IReadOnlyList<string>> Columns)
{
    public IReadOnlyList<string> this[string column] => Columns.TryGetValue(column, out var values) ? values : [];

    /// <exception cref="InvalidDataException">A line is not a JSON object of strings.</exception>
    public static Span Read(string name, string path)
    {
        var strikes = File.ReadLines(path).Select((line, i) => Parse(path, i + 1, line)).ToList();
        return Of(name, strikes);
    }

    public static Span Of(string name, IReadOnlyList<Dictionary<string, string>> strikes)
    {
        var columns = strikes
            .SelectMany(strike => strike)
            .GroupBy(column => column.Key, column => column.Value)
            .ToDictionary(column => column.Key, column => (IReadOnlyList<string>)[.. column]);
        return new Span(name, strikes.Count, columns);
    }

    private static Dictionary<string, string> Parse(string path, int line, string json)
    {
        try
        {
            return JsonSerializer.Deserialize<Dictionary<string, string>>(json) ?? throw new InvalidDataException($"{path}, line {line}: null is not a strike.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path}, line {line}: not a JSON object of strings. {e.Message}", e);
        }
    }
}

using System.Globalization;

namespace Ingest;

/// <summary>Splits strikes by the day of the flight; a random split would let the model see the future.</summary>
internal static class TimeSplit
{
    public const string DateColumn = "Flight Date";

    /// <returns>The strikes before <paramref name="splitDate"/> and the others, each oldest first; strikes of one day keep their order.</returns>
    /// <exception cref="InvalidDataException">A strike has no valid date, or one of the spans is empty.</exception>
    public static (IReadOnlyList<Strike> Training, IReadOnlyList<Strike> Evaluation) At(DateOnly splitDate, IEnumerable<Strike> strikes)
    {
        var dated = strikes.Select(s => (Day: DayOf(s), Strike: s)).OrderBy(s => s.Day).ToList();
        var training = dated.Where(s => s.Day < splitDate).Select(s => s.Strike).ToList();
        var evaluation = dated.Where(s => s.Day >= splitDate).Select(s => s.Strike).ToList();

        if (dated.Count > 0 && (training.Count == 0 || evaluation.Count == 0))
        {
            var side = training.Count == 0 ? "before" : "on or after";
            throw new InvalidDataException($"No strike is {side} {splitDate:yyyy-MM-dd}; the records run from {dated[0].Day:yyyy-MM-dd} to {dated[^1].Day:yyyy-MM-dd}. Choose another split_date.");
        }

        return dated.Count > 0 ? (training, evaluation) : throw new InvalidDataException("The source has no strikes.");
    }

    public static DateOnly ParseDay(string text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? day
            : throw new InvalidDataException($"'{text}' is not a day; write it as yyyy-MM-dd.");

    private static DateOnly DayOf(Strike strike) =>
        strike.Columns.TryGetValue(DateColumn, out var text)
        && DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? day
            : throw new InvalidDataException($"Line {strike.Line} of the source: '{text}' in column '{DateColumn}' is not a day (yyyy-MM-dd).");
}

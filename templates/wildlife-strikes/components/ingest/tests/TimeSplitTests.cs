namespace Ingest.Tests;

public sealed class TimeSplitTests
{
    [Fact]
    public void The_split_day_itself_is_for_evaluation_and_both_spans_are_oldest_first()
    {
        var (training, evaluation) = TimeSplit.At(new DateOnly(2001, 1, 1), [On("2001-01-01"), On("2000-12-31"), On("1999-05-01")]);

        Assert.Equal(["1999-05-01", "2000-12-31"], training.Select(Day));
        Assert.Equal(["2001-01-01"], evaluation.Select(Day));
    }

    [Theory]
    [InlineData("1990-01-01", "No strike is before 1990-01-01; the records run from 2001-02-03 to 2001-02-03")]
    [InlineData("2010-01-01", "No strike is on or after 2010-01-01")]
    public void An_empty_span_is_refused(string splitDate, string message)
    {
        var refused = Assert.Throws<InvalidDataException>(() => TimeSplit.At(TimeSplit.ParseDay(splitDate), [On("2001-02-03")]));
        Assert.Contains(message, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_strike_without_a_valid_day_is_refused_by_line() =>
        Assert.Contains(
            "Line 7 of the source: '3/2/2001'",
            Assert.Throws<InvalidDataException>(() => TimeSplit.At(new DateOnly(2001, 1, 1), [On("3/2/2001")])).Message,
            StringComparison.Ordinal);

    [Fact]
    public void The_records_in_the_image_split_without_loss()
    {
        var (training, evaluation) = TimeSplit.At(new DateOnly(2001, 1, 1), Csv.Read(Path.Combine(AppContext.BaseDirectory, "data/birdstrikes.csv")));

        Assert.Equal(10_000, training.Count + evaluation.Count);
        Assert.Equal(1_722, evaluation.Count);
    }

    private static Strike On(string day) => new(7, new Dictionary<string, string> { [TimeSplit.DateColumn] = day });

    private static string Day(Strike strike) => strike.Columns[TimeSplit.DateColumn];
}

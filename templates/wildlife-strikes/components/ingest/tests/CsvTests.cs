namespace Ingest.Tests;

public sealed class CsvTests
{
    [Fact]
    public void Columns_are_named_by_the_first_line_and_empty_ones_are_absent()
    {
        var strike = Assert.Single(Read("a,b,c\n1,,3\n"));

        Assert.Equal(2, strike.Line);
        Assert.Equal(["a", "c"], strike.Columns.Keys.Order());
        Assert.Equal("3", strike.Columns["c"]);
    }

    [Fact]
    public void A_quoted_field_may_hold_commas_quotes_and_line_ends()
    {
        var strikes = Read("a,b\n\"x, \"\"y\"\"\nz\",2\n3,4\n");

        Assert.Equal("x, \"y\"\nz", strikes[0].Columns["a"]);
        Assert.Equal(4, strikes[1].Line);
    }

    [Fact]
    public void Windows_line_ends_are_no_part_of_a_field() =>
        Assert.Equal("2", Assert.Single(Read("a,b\r\n1,2\r\n")).Columns["b"]);

    [Theory]
    [InlineData("", "empty")]
    [InlineData("a,b\n1,2\n1\n", "Line 3 of the source has 1 fields, the header 2")]
    [InlineData("a,b\n1,\"2\n", "Line 2 of the source opens a quote")]
    public void A_broken_file_is_refused_by_line(string text, string message) =>
        Assert.Contains(message, Assert.Throws<InvalidDataException>(() => Read(text)).Message, StringComparison.Ordinal);

    private static IReadOnlyList<Strike> Read(string text) => Csv.Read(new StringReader(text));
}

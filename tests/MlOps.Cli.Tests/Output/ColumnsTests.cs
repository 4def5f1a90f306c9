using MlOps.Cli.Output;

namespace MlOps.Cli.Tests.Output;

public sealed class ColumnsTests
{
    [Fact]
    public void Columns_are_as_wide_as_their_widest_cell_and_nothing_is_wrapped_or_read_as_markup()
    {
        var words = new string('x', 300);
        Assert.Equal(
            ["NAME   WHY", "[red]  " + words, "b      c"],
            Columns.Of(["NAME", "WHY"], [["[red]", words], ["b", "c"]]));
    }

    [Fact]
    public void Without_a_head() => Assert.Equal(["a  b"], Columns.Of(["", ""], [["a", "b"]]));

    [Fact]
    public void Without_rows() => Assert.Equal(["A"], Columns.Of(["A"], []));
}

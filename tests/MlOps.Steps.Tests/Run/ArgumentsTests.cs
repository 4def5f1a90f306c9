using MlOps.Core.Problems;
using MlOps.Steps.Run;
using MlOps.Testing;

namespace MlOps.Steps.Tests.Run;

public sealed class ArgumentsTests
{
    [Fact]
    public void A_settings_file_gives_values_with_their_places()
    {
        using var folder = new TemporaryFolder();
        var (values, spotOf) = Arguments.FromFile(folder.Write("dev.yaml", "rows: 10\nname: x\nlist: [1, a]\n"), default);
        Assert.Equal("""{"rows":10,"name":"x","list":[1,"a"]}""", values.ToJsonString());
        Assert.Equal((2, 7), (spotOf("name").Line, spotOf("name").Column));
    }

    [Theory]
    [InlineData("- a\n", "bad-settings")]
    [InlineData("a: [", "not-yaml")]
    [InlineData("a: 1\na: 2\n", "duplicate-key")]
    public void What_is_no_map_is_a_problem(string text, string code)
    {
        using var folder = new TemporaryFolder();
        Assert.Equal(code, Assert.Single(Assert.Throws<InvalidInputException>(() => Arguments.FromFile(folder.Write("x.yaml", text), default)).Problems).Code);
    }

    [Fact]
    public void A_file_that_is_not_there_is_named() =>
        Assert.Equal("file-missing", Assert.Single(Assert.Throws<InvalidInputException>(() => Arguments.FromFile("/nowhere/x.yaml", default)).Problems).Code);

    [Fact]
    public void Pairs_are_split_at_the_first_equals_sign()
    {
        var problems = new List<Problem>();
        var pairs = Arguments.Pairs(["a=b=c", "d=", "=x", "nothing"], problems);
        Assert.Equal([("a", "b=c"), ("d", "")], pairs.Select(pair => (pair.Key, pair.Value)));
        Assert.Equal(2, problems.Count);
    }

    [Fact]
    public void A_name_that_is_given_twice_is_a_problem_that_names_both()
    {
        var problems = new List<Problem>();
        Arguments.Pairs(["k=1", "k=2"], problems);
        Assert.Equal("The parameter 'k' is given twice, 'k=1' and 'k=2'; leave one of them out.", Assert.Single(problems).Message);
    }
}

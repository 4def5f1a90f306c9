using MlOps.Core.Problems;

namespace MlOps.Core.Tests.Problems;

public sealed class SuggestionTests
{
    [Theory]
    [InlineData("ingset", " Did you mean 'ingest'?")]
    [InlineData("Train", " Did you mean 'train'?")]
    [InlineData("zzzzzz", " Known: evaluate, ingest, train.")]
    public void The_nearest_name_is_offered_or_all_are_listed(string written, string expected) =>
        Assert.Equal(expected, Suggestion.For(written, ["train", "ingest", "evaluate"]));

    [Fact]
    public void Names_of_one_letter_are_not_near_each_other() => Assert.Equal(" Known: a, b.", Suggestion.For("c", ["a", "b"]));

    [Fact]
    public void Nothing_is_said_where_nothing_is_known() => Assert.Equal("", Suggestion.For("x", []));

    [Fact]
    public void A_problem_reads_as_compilers_print_it() =>
        Assert.Equal("a.yaml:3:7: warning: Something. [some-code]", Problem.Warning("some-code", "Something.", new SourceSpot("a.yaml", 3, 7)).ToString());
}

using MlOps.Core.Problems;
using MlOps.Steps.Checkout;

namespace MlOps.Steps.Tests.Checkout;

public sealed class BuildValuesTests
{
    private const string Sha = "0123456789abcdef0123456789abcdef01234567";

    [Theory]
    [InlineData("", null, null, null, null)]
    [InlineData($"COMMIT_SHA={Sha} REVISION_ID={Sha} SHORT_SHA=0123456 BRANCH_NAME=main TAG_NAME= REPO_NAME=wildlife", Sha, "main", null, "wildlife")]
    [InlineData($"COMMIT_SHA= REVISION_ID={Sha} BRANCH_NAME= TAG_NAME=v1", Sha, null, "v1", null)]
    public void Empty_values_are_absent(string variables, string? commit, string? branch, string? tag, string? repo) =>
        Assert.Equal(new BuildValues(commit, branch, tag, repo), BuildValues.From(Lookup(variables)));

    [Theory]
    [InlineData("COMMIT_SHA=$COMMIT_SHA")]
    [InlineData("COMMIT_SHA=main")]
    [InlineData("REVISION_ID=012345")]
    [InlineData($"COMMIT_SHA={Sha} SHORT_SHA=abcdefg")]
    public void What_is_no_commit_is_told(string variables) =>
        Assert.Equal("bad-substitution", Assert.Single(Assert.Throws<InvalidInputException>(() => BuildValues.From(Lookup(variables))).Problems).Code);

    private static Func<string, string?> Lookup(string variables)
    {
        var values = variables.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
        return values.GetValueOrDefault;
    }
}

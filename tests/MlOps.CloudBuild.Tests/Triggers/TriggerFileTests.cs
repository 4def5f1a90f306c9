using MlOps.CloudBuild.Triggers;
using MlOps.Core.Problems;

namespace MlOps.CloudBuild.Tests.Triggers;

public sealed class TriggerFileTests
{
    private static List<Problem> Problems(string text)
    {
        var problems = new List<Problem>();
        TriggerFile.Read("t.yaml", text, problems);
        return problems;
    }

    [Fact]
    public void Every_fault_of_a_trigger_is_told_also_where_it_cannot_be_read_whole()
    {
        var codes = Problems("""
            name: '-bad-'
            pubsubConfig: {topic: news}
            filter: '1 +'
            substitutions: {low: x}
            build: {steps: [{name: 'busybox:1'}]}
            filename: cloudbuild.yaml
            """).Select(problem => problem.Code);
        Assert.Equal(["bad-filter", "bad-name", "bad-substitution-key", "bad-value", "one-of"], codes.Order());
    }

    [Fact]
    public void What_is_missing_because_of_a_misspelt_key_is_not_told_beside_it() =>
        Assert.Equal("unknown-key", Assert.Single(Problems("name: a\ngithub: {owner: o, name: r, push: {branch: ^main$}}\nfilname: cloudbuild.yaml\n")).Code);

    [Theory]
    [InlineData("")]
    [InlineData("# nothing\n")]
    public void A_file_without_a_trigger_is_refused(string text) => Assert.Equal(("no-triggers", Severity.Error), Assert.Single(Problems(text).Select(problem => (problem.Code, problem.Severity))));

    [Theory]
    [InlineData("^v", false)]
    [InlineData("^v[0-9]", false)]
    [InlineData("^release", false)]
    [InlineData("-rc$", false)]
    [InlineData("rc$", false)]
    [InlineData("^main$", false)]
    [InlineData("release-", false)]
    [InlineData("main", true)]
    [InlineData("main|dev", true)]
    [InlineData("^main|dev$", true)]
    public void A_pattern_is_taken_for_one_name_only_where_it_is_anchored_nowhere(string pattern, bool warned) =>
        Assert.Equal(warned, Problems($"name: a\ngithub: {{owner: o, name: r, push: {{tag: '{pattern}'}}}}\nfilename: cloudbuild.yaml\n").Exists(problem => problem.Code == "unanchored-pattern"));
}

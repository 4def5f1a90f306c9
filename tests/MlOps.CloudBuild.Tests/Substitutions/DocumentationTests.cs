using Google.Cloud.CloudBuild.V1;
using MlOps.CloudBuild.Config;
using MlOps.CloudBuild.Substitutions;
using MlOps.Core.Problems;
using MlOps.Testing;

namespace MlOps.CloudBuild.Tests.Substitutions;

/// <summary>docs/substitutions.md says what is so.</summary>
public sealed class DocumentationTests
{
    [Fact]
    public void Every_example_of_a_field_gives_what_the_page_says() => Examples("written").ForEach(example =>
        Assert.Equal(example.Gives, Resolve(example.Written, new() { ["_X"] = "v" })));

    [Fact]
    public void Every_example_of_a_value_gives_what_the_page_says() => Examples("value").ForEach(example =>
        Assert.Equal(example.Gives, Resolve("$_VALUE", new() { ["_VALUE"] = example.Written, ["TAG_NAME"] = "v1.2.3", ["BRANCH_NAME"] = "feature/New_Login", ["_E"] = "" })));

    [Fact]
    public void Every_code_has_a_line()
    {
        var page = Page();
        Assert.All(typeof(SubstitutionCodes).GetFields(), code => Assert.Contains($"| `{code.GetRawConstantValue()}` |", page, StringComparison.Ordinal));
    }

    private static string Resolve(string field, Dictionary<string, string> given)
    {
        var build = new Build
        {
            Steps = { new BuildStep { Name = "a", Args = { field } } },
            Options = new BuildOptions { DynamicSubstitutions = true, SubstitutionOption = BuildOptions.Types.SubstitutionOption.AllowLoose },
        };
        var problems = new List<Problem>();
        var resolved = Substitutor.Apply(build, given, triggered: false, ConfigPlaces.None, problems);
        Assert.Empty(problems);
        return resolved!.Steps[0].Args[0];
    }

    /// <summary>The rows of the table whose first column has this head: code in both columns.</summary>
    private static List<(string Written, string Gives)> Examples(string head)
    {
        var rows = Page().Split('\n').SkipWhile(line => !line.StartsWith($"| {head} |", StringComparison.Ordinal)).Skip(2).TakeWhile(line => line.StartsWith('|'));
        var examples = rows.Select(row => row.Split('`')).Select(cells => (cells[1], cells[3])).ToList();
        Assert.NotEmpty(examples);
        return examples;
    }

    private static string Page() => File.ReadAllText(Path.Combine(Shared.Checkout(), "docs", "substitutions.md"));
}

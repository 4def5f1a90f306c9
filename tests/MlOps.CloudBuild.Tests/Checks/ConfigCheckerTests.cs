using System.Reflection;
using System.Text.RegularExpressions;
using MlOps.CloudBuild.Checks;
using MlOps.CloudBuild.Substitutions;
using MlOps.Testing;

namespace MlOps.CloudBuild.Tests.Checks;

public sealed class ConfigCheckerTests
{
    private static readonly Dictionary<string, string> Nothing = [];

    [Fact]
    public void Everything_is_told_at_once_reading_checks_and_substitution()
    {
        var problems = ConfigChecker.Check("cloudbuild.yaml", "steps:\n- name: Ubuntu\n  argss: [x]\n  id: a\n- name: b:1\n  id: a\n  waitFor: [c]\n  args: [$_X, $HOME]\ntimeout: 1h\n", Nothing);
        Assert.Equal(
            ["bad-step-name", "unknown-key", "duplicate-id", "wait-for-undefined", "substitution-undefined", "substitution-not-builtin", "bad-duration"],
            problems.Select(problem => problem.Code));
        Assert.All(problems, problem => Assert.Equal("cloudbuild.yaml", problem.File));
    }

    [Fact]
    public void A_variable_meant_for_the_shell_is_told_with_two_dollars()
    {
        var problem = Assert.Single(ConfigChecker.Check("f", "steps:\n- name: a:1\n  args: [-c, 'echo $HOME']\n", Nothing));
        Assert.Equal(SubstitutionCodes.NotBuiltIn, problem.Code);
        Assert.Contains("'$$HOME'", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Built_ins_of_triggers_may_be_given()
    {
        const string Text = "steps:\n- name: 'gcr.io/p/x:$TAG_NAME'\n";
        Assert.Equal("bad-step-name", Assert.Single(ConfigChecker.Check("f", Text, Nothing)).Code);
        Assert.Empty(ConfigChecker.Check("f", Text, new Dictionary<string, string> { ["TAG_NAME"] = "v1" }));
    }

    [Fact]
    public void Every_code_has_a_section_in_the_documentation()
    {
        var page = File.ReadAllText(Path.Combine(Shared.Checkout(), "docs", "checks.md"));
        var sections = Regex.Matches(page, "^### `?([a-z0-9-]+)`?$", RegexOptions.Multiline).Select(match => match.Groups[1].Value).ToHashSet();
        var codes = new[] { typeof(CheckCodes), typeof(SubstitutionCodes) }.SelectMany(type => type.GetFields(BindingFlags.Public | BindingFlags.Static)).Select(field => (string)field.GetRawConstantValue()!);
        // The codes of reading stand in its messages, not in a list.
        var source = Directory.EnumerateFiles(Path.Combine(Shared.Checkout(), "steps", "MlOps.CloudBuild", "Config"), "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText);
        var ofReading = source.SelectMany(text => Regex.Matches(text, "\"((?:bad|wrong|unknown|duplicate|null|not|no|one|source)-[a-z-]+)\"").Select(match => match.Groups[1].Value));
        var missing = codes.Concat(ofReading).Distinct().Where(code => !sections.Contains(code)).Order(StringComparer.Ordinal).ToArray();
        Assert.True(missing.Length == 0, $"docs/checks.md has no section for {string.Join(", ", missing)}");
    }
}

using MlOps.CloudBuild.Config;

namespace MlOps.CloudBuild.Tests.Config.Yaml;

/// <summary>Where gcloud's YAML library reads otherwise than others do; every answer here was given by gcloud 528.</summary>
public sealed class ComposerTests
{
    private static string Arg(string yaml) => BuildConfigReader.Parse("f", $"steps:\n- name: a\n  args:\n{yaml}\n") is var (sent, errors) && sent is not null
        ? sent["steps"]![0]!["args"]?.ToJsonString() ?? "none"
        : errors[0].Type;

    [Theory]
    [InlineData("  - \"a\n b\"", "[\"a b\"]")]
    [InlineData("  - a\tb", "ParserError")]
    [InlineData("  - [x:y]", "ParseProtoException")]
    [InlineData("  - {a?b: c}", "ParserError")]
    [InlineData("  - |\n    x\n     y\n\n", "[\"x\\n y\\n\"]")]
    [InlineData("  - >\n    x\n    y\n\n    z", "[\"x y\\nz\\n\"]")]
    [InlineData("  - >+\n    x\n\n", "[\"x\\n\\n\\n\"]")]
    [InlineData("  - |2-\n      x", "[\"  x\"]")]
    [InlineData("  - ! yes", "ParseProtoException")]
    [InlineData("  - !!str yes", "[\"yes\"]")]
    [InlineData("  - !foo x", "ParserError")]
    [InlineData("  - 'it''s'", "[\"it\\u0027s\"]")]
    [InlineData("  - \"\\q\"", "ParserError")]
    [InlineData("  - @x", "ParserError")]
    [InlineData("  - *missing", "ParserError")]
    [InlineData("  - 2024-02-30", "ValueError")]
    [InlineData("  - ''\n  - \"\\u263a\\x41\\/\"", "[\"\",\"\\u263AA/\"]")]
    [InlineData("  # only a comment", "none")]
    public void Texts_are_read_as_gcloud_reads_them(string yaml, string expected) => Assert.Equal(expected, Arg(yaml));

    [Fact]
    public void Under_YAML_1_2_words_and_octals_are_strings_and_decimals() =>
        Assert.Equal("[\"yes\",\"0:1\"]", BuildConfigReader.Parse("f", "%YAML 1.2\n---\nsteps: [{name: a, args: [yes, 0:1]}]\n").Sent!["steps"]![0]!["args"]!.ToJsonString());

    [Fact]
    public void A_key_may_have_1024_characters_and_no_more()
    {
        static bool Accepts(int length) => BuildConfigReader.Parse("f", $"steps: [{{name: a}}]\nsubstitutions:\n  _{new string('K', length - 1)}: v\n").Sent is not null;
        Assert.True(Accepts(1024));
        Assert.False(Accepts(1025));
    }

    [Fact]
    public void A_character_that_YAML_does_not_allow_is_told_with_its_place()
    {
        var error = Assert.Single(BuildConfigReader.Parse("f", "steps:\n- name: a\u0007\n").Errors);
        Assert.StartsWith("parsing f: unacceptable character #x0007", error.Message, StringComparison.Ordinal);
        Assert.Equal((2, 10), (error.Spot.Line, error.Spot.Column));
    }
}

using CsCheck;
using MlOps.Core.Problems;
using MlOps.Core.Yaml;

namespace MlOps.Core.Tests.Yaml;

public sealed class YamlTextTests
{
    private static (YamlNode? Node, List<Problem> Problems) Parse(string text)
    {
        var problems = new List<Problem>();
        return (YamlText.ParseOne("f.yaml", text, problems), problems);
    }

    [Theory]
    [InlineData("yes", "yes")]
    [InlineData("010", 10L)]
    [InlineData("0x1F", 31L)]
    [InlineData("0o17", 15L)]
    [InlineData("1e3", 1000.0)]
    [InlineData("true", true)]
    [InlineData("'true'", "true")]
    [InlineData("!!str 5", "5")]
    [InlineData("2001-01-01", "2001-01-01")]
    [InlineData("1_000", "1_000")]
    public void Scalars_are_typed_by_the_core_schema(string text, object expected) =>
        Assert.Equal(expected, Assert.IsType<YamlScalar>(Parse(text).Node).Value);

    [Fact]
    public void Every_node_knows_its_place()
    {
        var (node, _) = Parse("a: 1\nb:\n  - x\n  - c: 'two'\n");
        var inner = Assert.IsType<YamlMap>(Assert.IsType<YamlList>(((YamlMap)node!)["b"]).Items[1]);
        Assert.Equal(new SourceSpot("f.yaml", 4, 8), inner["c"]!.Spot);
    }

    [Fact]
    public void A_duplicate_key_is_named_with_its_place()
    {
        var (_, problems) = Parse("a: 1\nb: 2\na: 3\n");
        Assert.Equal("f.yaml:3:1: error: Key 'a' is given twice; remove one. [duplicate-key]", Assert.Single(problems).ToString());
    }

    [Fact]
    public void A_merge_key_yields_to_the_maps_own_keys()
    {
        var (node, problems) = Parse("base: &b {x: 1, y: 2}\nuse:\n  <<: *b\n  y: 3\n");
        Assert.Empty(problems);
        var use = (YamlMap)((YamlMap)node!)["use"]!;
        Assert.Equal([("y", (object)3L), ("x", (object)1L)], use.Entries.Select(entry => (entry.Key.Text, ((YamlScalar)entry.Value).Value!)));
    }

    [Theory]
    [InlineData("a: [1")]
    [InlineData("a: *nowhere")]
    [InlineData("a: b: c")]
    public void What_is_no_YAML_is_a_problem_with_a_place(string text)
    {
        var problem = Assert.Single(Parse(text).Problems);
        Assert.Equal("not-yaml", problem.Code);
        Assert.True(problem.Line > 0);
    }

    [Theory]
    [InlineData("", "empty-file")]
    [InlineData("# only a comment\n", "empty-file")]
    [InlineData("a: 1\n---\nb: 2\n", "many-documents")]
    public void One_document_is_expected(string text, string code) => Assert.Equal(code, Assert.Single(Parse(text).Problems).Code);

    [Fact]
    public void No_text_makes_it_throw() =>
        Gen.String["ab:-[]{}&*#'\"\n \t!|>?,%@0123\\"].Sample(text => Parse(text) is var (node, problems) && (node is not null || problems.Count > 0), iter: 5_000);

    [Fact]
    public void Deep_nesting_is_refused() => Assert.Equal("not-yaml", Assert.Single(Parse(new string('[', 5_000)).Problems).Code);
}

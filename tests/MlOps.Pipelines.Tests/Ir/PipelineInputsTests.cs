using System.Text.Json.Nodes;
using MlOps.Core.Problems;
using MlOps.Pipelines.Ir;

namespace MlOps.Pipelines.Tests.Ir;

public sealed class PipelineInputsTests
{
    private static readonly JsonObject Spec = JsonNode.Parse("""
        {"root": {"inputDefinitions": {"parameters": {
          "s": {"parameterType": "STRING", "isOptional": true}, "n": {"parameterType": "NUMBER_INTEGER", "isOptional": true}, "d": {"parameterType": "NUMBER_DOUBLE", "isOptional": true},
          "l": {"parameterType": "LIST", "isOptional": true}, "m": {"parameterType": "STRUCT", "isOptional": true}}}}}
        """)!.AsObject();

    [Theory]
    [InlineData("n", "9007199254740993", "The parameter 'n' is given 9007199254740993, beyond ±(2^53−1), which Vertex cannot hold exactly. Pass it as a string.")]
    [InlineData("l", "[1, [9007199254740993]]", "The parameter 'l' is given 9007199254740993, beyond")]
    [InlineData("m", "{\"a\": -123456789012345678901}", "The parameter 'm' is given -123456789012345678901, beyond")]
    [InlineData("l", "[1, 2", "which is not JSON: at column 6 the text ends within a list that is opened at line 1.")]
    [InlineData("m", "{'a': 1}", "which is not JSON: at column 2 expected a key in double quotes, found '''.")]
    [InlineData("n", "many", "The parameter 'n' must be an integer, such as 3; it was given many.")]
    public void What_does_not_fit_is_told(string name, string text, string says)
    {
        var problems = new List<Problem>();

        Assert.Empty(PipelineInputs.ReadArguments(Spec, new Dictionary<string, string>(StringComparer.Ordinal) { [name] = text }, problems));
        Assert.Contains(says, Assert.Single(problems).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_fits_is_taken_and_text_of_settings_is_in_quotes()
    {
        var problems = new List<Problem>();
        var given = JsonNode.Parse("""{"d": 9007199254740993, "l": ["9007199254740993", 9007199254740991], "s": 3}""")!.AsObject();

        var values = PipelineInputs.CheckArguments(Spec, given, _ => default, problems);

        Assert.Equal(["d", "l"], values.Select(pair => pair.Key).Order(StringComparer.Ordinal));
        Assert.Equal("The parameter 's' must be a string; it was given 3. Put it in quotes: '3'.", Assert.Single(problems).Message);
    }
}

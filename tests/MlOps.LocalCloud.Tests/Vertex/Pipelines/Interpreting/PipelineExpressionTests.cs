using System.Collections.Immutable;
using System.Text.Json;
using CsCheck;
using MlOps.Core.Cel;
using MlOps.LocalCloud.Vertex;
using MlOps.LocalCloud.Vertex.Pipelines.Interpreting;
using MlOps.LocalCloud.Vertex.Pipelines.Placeholders;
using MlOps.LocalCloud.Vertex.Pipelines.Spec;
using MlOps.LocalCloud.Vertex.Pipelines.Values;

namespace MlOps.LocalCloud.Tests.Vertex.Pipelines.Interpreting;

public sealed class PipelineExpressionTests
{
    private static readonly TaskInputs Inputs = new(Parameters(), TaskInputs.Empty.Artifacts.Add("_Evaluator.blessing", [new RuntimeArtifact("blessing", new("tfx.ModelBlessing", "0.0.1"), "gs://b/x", Json.Parse("""{"blessed": 1, "who": "me"}"""))]));

    // The item of a list whose items have no type is declared a STRING, whatever it is.
    private static readonly Dictionary<string, ParameterDefinition> Declared = new(StringComparer.Ordinal) { ["item"] = new ParameterDefinition(ParameterType.String, IsOptional: false, Default: null, []) };

    private static ImmutableSortedDictionary<string, JsonElement> Parameters() => ImmutableSortedDictionary<string, JsonElement>.Empty
        .Add("s", Json.Of("x"))
        .Add("quote", Json.Of("x' or '1'=='1"))
        .Add("n", Json.Of(5))
        .Add("item", Json.Of(2))
        .Add("f", Json.Of(0.5))
        .Add("yes", Json.Of(true))
        .Add("list", Json.Parse("[1, \"two\", [3]]"))
        .Add("map", Json.Parse("""{"a": {"b": [10, 20]}}"""));

    [Theory]
    [InlineData("inputs.parameter_values['s'] == 'x'")]
    [InlineData("inputs.parameter_values['quote'] != 'x'")]
    [InlineData("inputs.parameter_values['quote'] == 'x\\' or \\'1\\'==\\'1'")]
    [InlineData("inputs.parameter_values[\"s\"] == \"x\" && !(inputs.parameter_values['n'] == 4)")]
    [InlineData("int(inputs.parameter_values['n']) > 4 && int(inputs.parameter_values['n']) <= 5")]
    [InlineData("inputs.parameter_values['n'] == 5")]
    [InlineData("(inputs.artifacts['_Evaluator.blessing'].artifacts[0].metadata['blessed'] == 1.0)")]
    [InlineData("((inputs.artifacts['_Evaluator.blessing'].artifacts[0].uri + 'y') == 'gs://b/xy') && inputs.artifacts['_Evaluator.blessing'].artifacts[0].metadata['who'] == 'me'")]
    [InlineData("inputs.parameter_values['f'] < double(int(inputs.parameter_values['n']))")]
    [InlineData("inputs.parameter_values['f'] < 1")]
    [InlineData("inputs.parameter_values['yes'] == true")]
    [InlineData("inputs.parameter_values['list'][2][0] == 3")]
    [InlineData("'two' in inputs.parameter_values['list']")]
    [InlineData("'a' in inputs.parameter_values['map']")]
    [InlineData("inputs.parameter_values['map'].a.b[1] == 20.0")]
    [InlineData("size(inputs.parameter_values['list']) == 3")]
    [InlineData("inputs.parameters['s'].string_value == 'x'")]
    [InlineData("inputs.parameters['n'].int_value == 5")]
    [InlineData("false && nonsense || true")]
    [InlineData("nonsense || true")]
    [InlineData("!(nonsense && false)")]
    [InlineData("(1 + 2 * 3 - 4) / 3 == 1 && 7 % 4 == 3 && -2 < 0")]
    [InlineData("1.5 + 2.5 == 4.0 && 'a' + 'b' == 'ab'")]
    [InlineData("string(inputs.parameter_values['n']) == '5' && string(0.25) == '0.25'")]
    [InlineData("bool('true') && int('7') == 7 && double('1e3') == 1000.0")]
    [InlineData("'wildlife'.contains('life') && 'wildlife'.startsWith('wild') && 'wildlife'.endsWith('e')")]
    [InlineData("'v1.2.3'.matches('^v[0-9.]+$') && matches('abc', 'b')")]
    [InlineData("parseJson('{\"a\": [true]}').a[0]")]
    [InlineData("inputs.parameter_values['n'] > 3 ? inputs.parameter_values['s'] == 'x' : false")]
    [InlineData("{'k': [1, 2]}['k'] == [1, 2]")]
    [InlineData("'\\u00e9\\n\\x41\\101' == 'é\\nAA' && r'\\n' == '\\\\n'")]
    [InlineData("\"\"\"it's \"quoted\\\"\"\"\" == 'it\\'s \"quoted\"'")]
    [InlineData("'5' != 5")]
    [InlineData("inputs.parameter_values['item'] == '2' && int(inputs.parameter_values['item']) == 2 && double(inputs.parameter_values['item']) < 2.5")]
    public void A_condition_holds(string condition) => Assert.True(PipelineExpressions.Holds(condition, Inputs, Declared));

    [Theory]
    [InlineData("inputs.parameter_values['missing'] == 1", "there is no 'missing'")]
    [InlineData("inputs.parameter_values['s']", "neither true nor false")]
    [InlineData("inputs.parameter_values['s'] > 1", "cannot compare a string with a int")]
    [InlineData("1 + 1.0 == 2.0", "cannot be applied to an int and a double")]
    [InlineData("1 / 0 == 1", "division by zero")]
    [InlineData("9223372036854775807 + 1 > 0", "beyond 64 bits")]
    [InlineData("'a'.matches('(')", "is not a pattern")]
    [InlineData("parseJson('{') == 1", "is not JSON")]
    [InlineData("inputs.parameter_values['list'][7] == 1", "no element 7")]
    [InlineData("unknown(1)", "no function unknown(an int)")]
    [InlineData("nonsense", "'nonsense' is not known")]
    [InlineData("int('seven') == 7", "int() cannot convert")]
    public void A_fault_is_never_false(string condition, string said)
    {
        var fault = Assert.Throws<TaskFaultException>(() => PipelineExpressions.Holds(condition, Inputs, Declared));

        Assert.Contains(said.Replace("a int", "an int", StringComparison.Ordinal), fault.Message);
        Assert.Contains(condition, fault.Message);
    }

    [Theory]
    [InlineData("a ==", "found its end")]
    [InlineData("(a", "expected ')'")]
    [InlineData("'open", "has no end")]
    [InlineData("a b", "expected the end")]
    [InlineData("1 $ 2", "means nothing here")]
    [InlineData("'\\q'", "is not an escape")]
    [InlineData("99999999999999999999", "is not a 64-bit integer")]
    public void A_text_that_is_no_expression_is_told_why(string text, string said) => Assert.Contains(said, CelParser.Fault(text));

    [Fact]
    public void Nesting_has_an_end()
    {
        Assert.Contains("nested deeper", CelParser.Fault(new string('(', 5_000) + "1" + new string(')', 5_000)));
        Assert.Contains("nested deeper", CelParser.Fault(new string('!', 5_000) + "true"));
        Assert.Contains("longer than", CelParser.Fault(string.Join(" && ", Enumerable.Repeat("true", 10_000))));
        Assert.Null(CelParser.Fault(string.Join(" && ", Enumerable.Repeat("true", 2_000))));
        Assert.True(PipelineExpressions.Holds(string.Join(" && ", Enumerable.Repeat("true", 2_000)), Inputs, Declared));
    }

    [Theory]
    [InlineData("parseJson(string_value)[\"a\"]", """{"a": 7}""", "7")]
    [InlineData("parseJson(string_value)[0]", "[\"x\", 2]", "\"x\"")]
    [InlineData("parseJson(string_value)[\"a\"]", "\"{\\\"a\\\": {\\\"b\\\": 1.5}}\"", """{"b":1.5}""")]
    [InlineData("struct_value.a", """{"a": [1, 2]}""", "[1,2]")]
    [InlineData("number_value", "3", "3")]
    [InlineData("string_value", "3", "\"3\"")]
    public void A_selector_picks_a_part(string selector, string value, string part) => Assert.Equal(part, Json.Text(PipelineExpressions.Select(selector, Json.Parse(value))));

    [Fact]
    public void Whatever_is_written_is_read_or_refused()
    {
        string[] pieces = ["a", "'s'", "1", "2.5", "(", ")", "[", "]", "{", "}", ".", ",", ":", "?", "&&", "||", "!", "-", "==", "in", "size", "true", "null", "\\", "'", "\"", " "];
        Gen.Int[0, pieces.Length - 1].Select(index => pieces[index]).Array[0, 30].Sample(parts =>
        {
            var text = string.Concat(parts);
            if (CelParser.Fault(text) is null)
            {
                try
                {
                    PipelineExpressions.Holds(text, Inputs, Declared);
                }
                catch (TaskFaultException)
                {
                    // Refused with its reason.
                }
            }
        });
    }
}

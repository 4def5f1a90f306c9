using System.Text.Json.Nodes;
using MlOps.Core.Cel;
using MlOps.Core.Problems;

namespace MlOps.Pipelines.Tests.Compilation;

/// <summary>What a condition becomes in CEL, as KFP writes it, and what is said of one that cannot be meant.</summary>
public sealed class ConditionTests : IDisposable
{
    private const string Item = "inputs.parameter_values['pipelinechannel--list-loop-item']";
    private readonly Sandbox _pipelines = new();

    [Theory]
    [InlineData("list[int]", "item", "== 2", "int(" + Item + ") == 2", "NUMBER_INTEGER")]
    [InlineData("list[int]", "item", "> 0.5", "double(int(" + Item + ")) > 0.5", "NUMBER_INTEGER")]
    [InlineData("list[float]", "item", ">= 0.5", Item + " >= 0.5", "NUMBER_DOUBLE")]
    [InlineData("list[bool]", "item", "== true", Item + " == true", "BOOLEAN")]
    [InlineData("list[string]", "item", "== '2'", Item + " == '2'", "STRING")]
    [InlineData("list[dict[int]]", "item.n", "< 3", "int(inputs.parameter_values['pipelinechannel--list-loop-item-subvar-n']) < 3", "STRUCT")]
    [InlineData("list", "int(item)", "== 2", "int(" + Item + ") == 2", "STRING")]
    [InlineData("list", "float( item )", "<= 1", "double(" + Item + ") <= double(1)", "STRING")]
    [InlineData("list", "bool(item)", "!= true", "bool(" + Item + ") != true", "STRING")]
    [InlineData("list", "int(item.n)", "== ${{ inputs.n }}", "int(inputs.parameter_values['pipelinechannel--list-loop-item-subvar-n']) == int(inputs.parameter_values['pipelinechannel--n'])", "STRING")]
    [InlineData("list", "float(item)", "== ${{ int(item) }}", "double(" + Item + ") == double(int(" + Item + "))", "STRING")]
    public void Items_are_compared_as_what_their_list_or_the_condition_says(string type, string left, string rest, string cel, string declared)
    {
        var spec = Compile(type, $"'${{{{ {left} }}}} {rest.Replace("'", "''", StringComparison.Ordinal)}'");

        Assert.Equal(cel, Condition(spec));
        Assert.Equal(declared, spec["components"]!["comp-for-loop-1"]!["inputDefinitions"]!["parameters"]!["pipelinechannel--list-loop-item"]!["parameterType"]!.GetValue<string>());
        Assert.Equal("LIST", spec["root"]!["inputDefinitions"]!["parameters"]!["list"]!["parameterType"]!.GetValue<string>());
    }

    // As KFP loads v1 components: what the brackets say is lost, and the items are text in the IR.
    [Fact]
    public void Items_of_a_v1_components_list_have_no_type()
    {
        _pipelines.Write("components/split/component.yaml", "name: Split\noutputs: [{name: ns, type: 'typing.List[int]'}]\nimplementation: {container: {image: split}}\n");

        var spec = _pipelines.Compile("""
              s: {component: split}
              a: {forEach: '${{ tasks.s.outputs.ns }}', tasks: {b: {component: use, if: '${{ int(item) }} == 2'}}}
            """);

        Assert.Equal(["int(inputs.parameter_values['pipelinechannel--s-ns-loop-item']) == 2"], Conditions(spec));
        Assert.Equal("STRING", spec["components"]!["comp-for-loop-1"]!["inputDefinitions"]!["parameters"]!["pipelinechannel--s-ns-loop-item"]!["parameterType"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("list", "${{ item }} == 2", "wrong-type", "write int(…) around the item, or say what the items are: list[int].")]
    [InlineData("list", "${{ inputs.label }} == 2", "wrong-type", "Write int(…) around the string, if it holds a number.")]
    [InlineData("list[int]", "${{ item }} == 'a'", "wrong-type", "these are int and string.")]
    [InlineData("list[dict]", "${{ item }} == 'a'", "wrong-type", "this is a map")]
    [InlineData("list[int]", "${{ item.n }} == 1", "unknown-reference", "'item' is int, not a map")]
    [InlineData("list", "${{ bool(inputs.n) }} == true", "wrong-type", "bool(…) takes a string or a boolean; this is an integer.")]
    [InlineData("list", "${{ int(inputs.list) }} == 1", "wrong-type", "this is a list")]
    [InlineData("list", "${{ double(item) }} == 1", "bad-expression", "there is no function 'double'")]
    [InlineData("list", "${{ int(item }} == 1", "bad-expression", "a closing ) is missing")]
    [InlineData("list[Dataset]", "${{ item }} == 1", "unknown-type", "such as list[int]")]
    public void What_cannot_be_compared_is_told_with_what_to_write(string type, string condition, string code, string says)
    {
        var (compiled, problems) = Try(type, condition);

        Assert.Null(compiled);
        Assert.Contains(says, Assert.Single(problems, problem => problem.Code == code).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("list", "${{ item }} == '2'", "compared-as-text", "Write ${{ int(item) }} == 2, or say what the items are: list[int], or list[string] if they are strings.")]
    [InlineData("list", "${{ item.rate }} < '0.5'", "compared-as-text", "Write ${{ float(item.rate) }} < 0.5")]
    [InlineData("list", "${{ item }} == 'true'", "compared-as-text", "Write ${{ bool(item) }} == true")]
    [InlineData("list[int]", "${{ item }} == 2.5", "never-true", "No integer equals 2.5: this is never true.")]
    [InlineData("list[string]", "${{ item }} == '2'", null, null)]
    [InlineData("list", "${{ item }} == 'north'", null, null)]
    public void A_comparison_that_is_hardly_meant_is_a_warning(string type, string condition, string? code, string? says)
    {
        var (compiled, problems) = Try(type, condition);

        Assert.NotNull(compiled);
        Assert.Equal(code is null ? [] : [code], problems.Select(problem => problem.Code));
        Assert.All(problems, problem => Assert.Contains(says!, problem.Message, StringComparison.Ordinal));
        Assert.All(problems, problem => Assert.Equal((Severity.Warning, 5), (problem.Severity, problem.Line)));
    }

    [Theory]
    [InlineData("  a: {component: use, with: {size: '${{ int(inputs.label) }}'}}")]
    [InlineData("  a: {component: use, with: {text: 'n ${{ int(inputs.label) }}'}}")]
    [InlineData("  a: {forEach: '${{ int(inputs.label) }}', tasks: {b: {component: use}}}")]
    public void Conversions_stand_in_conditions_only(string tasks)
    {
        var (_, problems) = _pipelines.Try(tasks + "\ninputs: {label: {type: string}}\n");

        Assert.Equal("not-in-condition", Assert.Single(problems).Code);
    }

    [Theory]
    [InlineData("""'it\'s'""", "it's")]
    [InlineData("\"it's\"", "it's")]
    [InlineData("""'say "no"'""", "say \"no\"")]
    [InlineData("""'C:\\x\n\t'""", "C:\\x\n\t")]
    [InlineData("''", "")]
    [InlineData("""'x\' || \'1\'==\'1'""", "x' || '1'=='1")]
    public void Text_in_a_condition_is_what_was_written_whatever_is_in_it(string literal, string text)
    {
        var spec = _pipelines.Compile($"  a:\n    component: use\n    if: >-\n      ${{{{ inputs.label }}}} == {literal}\ninputs: {{label: {{type: string}}}}\n");

        var both = Assert.IsType<CelExpression.Binary>(CelParser.Parse(Condition(spec)));
        Assert.Equal(text, Assert.IsType<CelExpression.Literal>(both.Right).Value);
    }

    [Theory]
    [InlineData("'it's'", @"a ' within it is written \'")]
    [InlineData("'it", "has no closing '")]
    [InlineData(@"'a\d'", @"after \ comes one of")]
    [InlineData("it's", @"text goes in quotes: 'it\'s'")]
    public void Text_that_does_not_end_where_it_should_is_told(string literal, string says)
    {
        var (_, problems) = _pipelines.Try($"  a:\n    component: use\n    if: >-\n      ${{{{ inputs.label }}}} == {literal}\ninputs: {{label: {{type: string}}}}\n");

        var problem = Assert.Single(problems);
        Assert.Equal("bad-condition", problem.Code);
        Assert.Contains(says, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_default_has_items_of_the_type_that_is_said()
    {
        var (_, problems) = _pipelines.Try("  a: {component: use, with: {items: '${{ inputs.ns }}'}}\ninputs:\n  ns: {type: 'list[list[int]]', default: [[1, 2], [3, x], 4]}\n");

        Assert.Equal(
            ["5:55 An item of an item of the default of input 'ns' is a string; expected an integer.", "5:59 An item of the default of input 'ns' is an integer; expected a list."],
            problems.Select(problem => $"{problem.Line}:{problem.Column} {problem.Message}"));
    }

    private (CompiledPipelineSpec? Compiled, List<Problem> Problems) Try(string type, string condition) =>
        _pipelines.Try($"  each:\n    forEach: ${{{{ inputs.list }}}}\n    tasks: {{a: {{component: use, if: {JsonValue.Create(condition).ToJsonString()}}}}}\ninputs: {{list: {{type: '{type}'}}, n: {{type: int}}, label: {{type: string}}}}\n");

    private JsonObject Compile(string type, string condition) =>
        _pipelines.Compile($"  each: {{forEach: '${{{{ inputs.list }}}}', tasks: {{a: {{component: use, if: {condition}}}}}}}\ninputs: {{list: {{type: '{type}'}}, n: {{type: int}}}}\n");

    private static string Condition(JsonObject spec) => Assert.Single(Conditions(spec));

    private static IEnumerable<string> Conditions(JsonObject spec) =>
        spec["components"]!.AsObject().Select(pair => pair.Value!).Append(spec["root"]!)
            .SelectMany(component => component["dag"]?["tasks"]?.AsObject() ?? [])
            .Select(task => task.Value!["triggerPolicy"]?["condition"]?.GetValue<string>())
            .OfType<string>();

    public void Dispose() => _pipelines.Dispose();
}

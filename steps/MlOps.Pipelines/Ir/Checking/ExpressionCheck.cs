using System.Text.Json.Nodes;
using MlOps.Core.Cel;
using MlOps.Core.Problems;

namespace MlOps.Pipelines.Ir.Checking;

/// <summary>The CEL of one task: its condition, and the selectors of its inputs, can be read and use only names that are there when it runs.</summary>
internal sealed class ExpressionCheck(CheckedComponent dag, CheckedComponent? component, string name, JsonObject task, Report report, JsonPath at)
{
    private static readonly string[] InCondition = ["inputs"];

    // The fields of google.protobuf.Value and of the Value of schema 2.0.
    private static readonly string[] InSelector = ["string_value", "number_value", "double_value", "int_value", "bool_value", "list_value", "struct_value"];

    public void Run()
    {
        if (task.Map("triggerPolicy").Text("condition") is { } condition)
        {
            CheckCondition($"The condition of the task '{name}' of {dag.Name}", condition, at["triggerPolicy"]["condition"]);
        }

        foreach (var (input, source) in task.Map("inputs").Map("parameters").Maps())
        {
            if (source.Text("parameterExpressionSelector") is { } selector)
            {
                Check("bad-selector", $"The selector of the input '{input}' of the task '{name}' of {dag.Name}", selector, InSelector, Field, at["inputs"]["parameters"][input]["parameterExpressionSelector"]);
            }
        }
    }

    private void CheckCondition(string what, string condition, JsonPath place)
    {
        if (Check("bad-condition", what, condition, InCondition, Input, place) is not (CelKind.Bool or CelKind.Unknown) and var kind)
        {
            report.Error("bad-condition", $"{what}, `{condition}`, is {CelKinds.Words(kind)}, not true or false: write a comparison.", place);
        }
    }

    /// <returns>What it gives; unknown, with a problem, where it gives nothing.</returns>
    private CelKind Check(string code, string what, string expression, string[] known, Func<CelExpression, CelKind?> given, JsonPath place)
    {
        if (CelParser.Fault(expression) is { } fault)
        {
            report.Error(code, $"{what}, `{expression}`, cannot be read: {fault}.", place);
            return CelKind.Unknown;
        }

        var parsed = CelParser.Parse(expression);
        var strangers = CelWalk.All(parsed).OfType<CelExpression.Name>().Select(found => found.Text).Distinct(StringComparer.Ordinal).Where(found => Array.IndexOf(known, found) < 0).ToArray();
        foreach (var unknown in strangers)
        {
            report.Error(code, $"{what}, `{expression}`, uses '{unknown}', which is nothing that it can see. A text needs quotes.{Suggestion.For(unknown, known)}", place);
        }

        return strangers.Length > 0 ? CelKind.Unknown : Kind(code, what, expression, parsed, given, place);
    }

    private CelKind Kind(string code, string what, string expression, CelExpression parsed, Func<CelExpression, CelKind?> given, JsonPath place)
    {
        var remarks = new List<CelRemark>();
        var kind = CelKinds.Of(parsed, given, remarks);
        foreach (var remark in remarks.Distinct())
        {
            if (remark.Fails)
            {
                report.Error(code, $"{what}, `{expression}`, cannot be evaluated: {remark.Message}.", place);
            }
            else
            {
                report.Warning("never-true", $"In {char.ToLowerInvariant(what[0])}{what[1..]} {remark.Message}.", place);
            }
        }

        return remarks.Exists(remark => remark.Fails) ? CelKind.Unknown : kind;
    }

    // inputs.parameter_values['x'], of the type that the task's component declares; inputs.parameters['x'].string_value of schema 2.0.
    private CelKind? Input(CelExpression part) => part switch
    {
        CelExpression.Name => CelKind.Unknown,
        CelExpression.Index { Key: CelExpression.Literal { Value: string input }, Of: CelExpression.Field { Key: "parameter_values", Of: CelExpression.Name } } => component?.Inputs.GetValueOrDefault(input)?.Type?.Name switch
        {
            "STRING" => CelKind.String,
            "NUMBER_INTEGER" or "NUMBER_DOUBLE" => CelKind.Double,
            "BOOLEAN" => CelKind.Bool,
            "LIST" => CelKind.List,
            "STRUCT" => CelKind.Map,
            _ => CelKind.Unknown,
        },
        CelExpression.Field { Key: "string_value", Of: CelExpression.Index { Of: CelExpression.Field { Key: "parameters", Of: CelExpression.Name } } } => CelKind.String,
        _ => null,
    };

    private static CelKind? Field(CelExpression part) => part is not CelExpression.Name name ? null : name.Text switch
    {
        "string_value" => CelKind.String,
        "number_value" or "double_value" => CelKind.Double,
        "int_value" => CelKind.Int,
        "bool_value" => CelKind.Bool,
        "list_value" => CelKind.List,
        "struct_value" => CelKind.Map,
        _ => CelKind.Unknown,
    };
}

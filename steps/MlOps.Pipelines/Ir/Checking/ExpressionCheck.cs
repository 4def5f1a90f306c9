using System.Text.Json.Nodes;
using MlOps.Core.Cel;
using MlOps.Core.Problems;

namespace MlOps.Pipelines.Ir.Checking;

/// <summary>The CEL of one task: its condition, and the selectors of its inputs, can be read and use only names that are there when it runs.</summary>
internal sealed class ExpressionCheck(CheckedComponent dag, string name, JsonObject task, Report report, JsonPath at)
{
    private static readonly string[] InCondition = ["inputs"];

    // The fields of google.protobuf.Value and of the Value of schema 2.0.
    private static readonly string[] InSelector = ["string_value", "number_value", "double_value", "int_value", "bool_value", "list_value", "struct_value"];

    public void Run()
    {
        if (task.Map("triggerPolicy").Text("condition") is { } condition)
        {
            Check("bad-condition", $"The condition of the task '{name}' of {dag.Name}", condition, InCondition, at["triggerPolicy"]["condition"]);
        }

        foreach (var (input, source) in task.Map("inputs").Map("parameters").Maps())
        {
            if (source.Text("parameterExpressionSelector") is { } selector)
            {
                Check("bad-selector", $"The selector of the input '{input}' of the task '{name}' of {dag.Name}", selector, InSelector, at["inputs"]["parameters"][input]["parameterExpressionSelector"]);
            }
        }
    }

    private void Check(string code, string what, string expression, string[] known, JsonPath place)
    {
        if (CelParser.Fault(expression) is { } fault)
        {
            report.Error(code, $"{what}, `{expression}`, cannot be read: {fault}.", place);
            return;
        }

        foreach (var unknown in CelWalk.All(CelParser.Parse(expression)).OfType<CelExpression.Name>().Select(found => found.Text).Distinct(StringComparer.Ordinal).Where(found => Array.IndexOf(known, found) < 0))
        {
            report.Error(code, $"{what}, `{expression}`, uses '{unknown}', which is nothing that it can see. A text needs quotes.{Suggestion.For(unknown, known)}", place);
        }
    }
}

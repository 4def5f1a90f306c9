using System.Globalization;
using MlOps.Core.Problems;
using MlOps.Pipelines.Components;
using MlOps.Pipelines.Definitions;

namespace MlOps.Pipelines.Compilation;

/// <summary>Whether a condition compares what can be compared, and can be true.</summary>
internal sealed class ComparisonCheck(ICollection<Problem> problems)
{
    private const string Untyped = "Items of a list whose items have no type are compared as strings";

    /// <param name="comparison">Its sides are resolved.</param>
    public void Check(Comparison comparison)
    {
        var condition = comparison.Condition;
        if (!CheckSide(comparison.Left!, condition.Left) || (comparison.Right is { } other && !CheckSide(other, condition.Right.Expression!)))
        {
            return;
        }

        var left = comparison.Left!.Type;
        var right = comparison.Right?.Type ?? TypeOf(condition.Right.Literal!);
        if (left != right && !(left.IsNumber && right.IsNumber))
        {
            Fault("wrong-type", $"Both sides of a comparison have one type (int and float may mix); these are {left} and {right}.{Remedy(comparison, left, right)}", condition.Spot);
        }
        else if (left == DataType.Boolean && condition.Operator is not ("==" or "!="))
        {
            Fault("wrong-type", $"Booleans are compared by == and != only, not {condition.Operator}.", condition.Spot);
        }
        else
        {
            CheckMeaning(comparison.Left!, condition);
        }
    }

    private bool CheckSide(ComparedValue side, Expression expression)
    {
        var type = side.Channel.Type;
        if (type.IsArtifact || type == DataType.List || type == DataType.Struct)
        {
            Fault("wrong-type", $"A condition compares strings, numbers and booleans; this is {DefinitionType.Wanted(type)}.", expression.Spot);
            return false;
        }

        // As CEL's own functions: bool() takes no number, int() and double() take no boolean.
        if (side.As is { } wanted && type != DataType.String && wanted.IsNumber != type.IsNumber)
        {
            Fault("wrong-type", $"{wanted}(…) takes a string or {(wanted.IsNumber ? "a number" : "a boolean")}; this is {DefinitionType.Wanted(type)}.", expression.Spot);
            return false;
        }

        return true;
    }

    // What can be compared and is hardly meant.
    private void CheckMeaning(ComparedValue left, Condition condition)
    {
        if (left.IsUntyped && condition.Right.Literal is string text && Scalar(text) is { } type)
        {
            var written = condition.Left is ItemReference { Field: { } field } item ? $"{item.Item}.{field}" : (condition.Left as ItemReference)?.Item ?? "item";
            Warn("compared-as-text", $"{Untyped}, so that '{text}' is compared letter by letter. Write ${{{{ {type}({written}) }}}} {condition.Operator} {text.Trim()}, or say what the items are: list[{type}], or list[string] if they are strings.", condition.Spot);
        }
        else if (left.Type == DataType.Integer && condition.Right.Literal is double number && double.Truncate(number) != number && condition.Operator is "==" or "!=")
        {
            Warn("never-true", string.Create(CultureInfo.InvariantCulture, $"No integer equals {condition.Right.Literal}: this is {(condition.Operator == "==" ? "never" : "always")} true."), condition.Spot);
        }
    }

    private static string Remedy(Comparison comparison, DataType left, DataType right)
    {
        if (comparison.Left!.IsUntyped || comparison.Right?.IsUntyped == true)
        {
            var other = left == DataType.String ? right : left;
            return $" {Untyped}: write {other}(…) around the item, or say what the items are: list[{other}].";
        }

        var number = left.IsNumber ? left : right;
        return number.IsNumber && (left == DataType.String || right == DataType.String) && comparison.Condition.Right.Literal is not string ? $" Write {number}(…) around the string, if it holds a number." : "";
    }

    private static DataType? Scalar(string text) => text.Trim() switch
    {
        "true" or "false" => DataType.Boolean,
        var trimmed when long.TryParse(trimmed, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) => DataType.Integer,
        var trimmed when double.TryParse(trimmed, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) => DataType.Double,
        _ => null,
    };

    private static DataType TypeOf(object literal) => literal switch
    {
        bool => DataType.Boolean,
        long => DataType.Integer,
        double => DataType.Double,
        _ => DataType.String,
    };

    private void Fault(string code, string message, SourceSpot spot) => problems.Add(Problem.Error(code, message, spot));

    private void Warn(string code, string message, SourceSpot spot) => problems.Add(Problem.Warning(code, message, spot));
}

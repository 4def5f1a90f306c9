using System.Globalization;
using System.Text;
using MlOps.Pipelines.Components;

namespace MlOps.Pipelines.Compilation;

/// <summary>Conditions in the Common Expression Language, as KFP writes them; text is escaped, which KFP forgets.</summary>
internal static class CelWriter
{
    public static string Conjunction(IEnumerable<Test> tests) => string.Join(" && ", tests.Select(Text));

    private static string Text(Test test)
    {
        var condition = test.Comparison.Condition;
        var (left, right) = (test.Comparison.Left!, test.Comparison.Right);
        var mixes = left.Type.IsNumber && (right?.Type ?? LiteralType(condition.Right.Literal!)) != left.Type;
        var text = right is null ? $"{Reference(left, mixes)} {condition.Operator} {Literal(condition.Right.Literal!, mixes)}"
            : IsMirrored(left.Channel, right.Channel) ? $"{Reference(right, mixes)} {Mirrored(condition.Operator)} {Reference(left, mixes)}"
            : $"{Reference(left, mixes)} {condition.Operator} {Reference(right, mixes)}";
        return test.IsNegated ? $"!({text})" : text;
    }

    // Items are a subclass of other values in KFP, so that Python asks the item on the right first: a < item becomes item > a.
    private static bool IsMirrored(Channel left, Channel right) => right is ItemChannel or FieldChannel && left is not (ItemChannel or FieldChannel);

    private static string Mirrored(string comparison) => comparison switch
    {
        "<" => ">",
        "<=" => ">=",
        ">" => "<",
        ">=" => "<=",
        _ => comparison,
    };

    // Numbers are doubles in the IR's values; an integer beside a double becomes one again.
    private static string Reference(ComparedValue side, bool asDouble)
    {
        var value = $"inputs.parameter_values['{side.Channel.InjectedName}']";
        return side.Type == DataType.Integer ? asDouble ? $"double(int({value}))" : $"int({value})"
            : side.As == DataType.Double ? $"double({value})"
            : side.As == DataType.Boolean ? $"bool({value})"
            : value;
    }

    private static string Literal(object literal, bool asDouble) => literal switch
    {
        bool flag => flag ? "true" : "false",
        long whole => asDouble ? string.Create(CultureInfo.InvariantCulture, $"double({whole})") : whole.ToString(CultureInfo.InvariantCulture),
        double number => PythonScalar.Number(number),
        _ => $"'{Escaped((string)literal)}'",
    };

    private static DataType? LiteralType(object literal) => literal switch
    {
        long => DataType.Integer,
        double => DataType.Double,
        _ => null,
    };

    private static string Escaped(string text)
    {
        var result = new StringBuilder(text.Length);
        foreach (var letter in text)
        {
            _ = letter switch
            {
                '\'' => result.Append("\\'"),
                '\\' => result.Append("\\\\"),
                '\n' => result.Append("\\n"),
                '\r' => result.Append("\\r"),
                '\t' => result.Append("\\t"),
                _ => result.Append(letter),
            };
        }

        return result.ToString();
    }
}

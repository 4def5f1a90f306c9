using System.Globalization;
using static MlOps.Core.Cel.CelExpression;

namespace MlOps.Core.Cel;

/// <summary>What an expression says, without evaluating it.</summary>
public static class CelWalk
{
    /// <summary>The expression and all within it.</summary>
    public static IEnumerable<CelExpression> All(CelExpression expression)
    {
        var left = new Stack<CelExpression>([expression]);
        while (left.TryPop(out var next))
        {
            yield return next;
            foreach (var part in Parts(next))
            {
                left.Push(part);
            }
        }
    }

    /// <summary>What stands between the outermost <c>&amp;&amp;</c>: all of it must hold.</summary>
    public static IEnumerable<CelExpression> Conjuncts(CelExpression expression) => expression is Binary { Operator: "&&" } both
        ? Conjuncts(both.Left).Concat(Conjuncts(both.Right))
        : [expression];

    /// <summary>One text for expressions that mean the same, whatever their spaces and quotes; brackets are explicit.</summary>
    /// <param name="expression">Written from the outside inwards.</param>
    /// <param name="instead">The text of a part that has one of its own; null for the others.</param>
    public static string Text(CelExpression expression, Func<CelExpression, string?> instead)
    {
        string Of(CelExpression part) => instead(part) ?? part switch
        {
            Literal literal => Scalar(literal.Value),
            Name name => name.Text,
            Field field => $"{Of(field.Of)}.{field.Key}",
            CelExpression.Index index => $"{Of(index.Of)}[{Of(index.Key)}]",
            Call { Target: null } call => $"{call.Function}({string.Join(", ", call.Arguments.Select(Of))})",
            Call call => $"{Of(call.Target)}.{call.Function}({string.Join(", ", call.Arguments.Select(Of))})",
            Unary { Operand: Literal } minus => minus.Operator + Of(minus.Operand),
            Unary unary => $"{unary.Operator}({Of(unary.Operand)})",
            Binary binary => $"{Inner(binary, binary.Left)} {binary.Operator} {Inner(binary, binary.Right)}",
            Conditional conditional => $"({Of(conditional.Test)} ? {Of(conditional.Then)} : {Of(conditional.Else)})",
            ListOf list => $"[{string.Join(", ", list.Items.Select(Of))}]",
            MapOf map => $"{{{string.Join(", ", map.Entries.Select(entry => $"{Of(entry.Key)}: {Of(entry.Value)}"))}}}",
            _ => "?",
        };

        string Inner(Binary around, CelExpression part) => part is Binary within && instead(part) is null && Binding(within) < Binding(around) ? $"({Of(part)})" : Of(part);

        return Of(expression);
    }

    private static IEnumerable<CelExpression> Parts(CelExpression expression) => expression switch
    {
        Field field => [field.Of],
        CelExpression.Index index => [index.Of, index.Key],
        Call call => call.Target is null ? call.Arguments : call.Arguments.Prepend(call.Target),
        Unary unary => [unary.Operand],
        Binary binary => [binary.Left, binary.Right],
        Conditional conditional => [conditional.Test, conditional.Then, conditional.Else],
        ListOf list => list.Items,
        MapOf map => map.Entries.SelectMany(entry => new[] { entry.Key, entry.Value }),
        _ => [],
    };

    private static int Binding(Binary of) => of.Operator switch
    {
        "||" => 0,
        "&&" => 1,
        "+" or "-" => 3,
        "*" or "/" or "%" => 4,
        _ => 2,
    };

    private static string Scalar(object? value) => value switch
    {
        null => "null",
        bool flag => flag ? "true" : "false",
        string text => $"'{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)}'",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => "?",
    };
}

using static MlOps.Core.Cel.CelExpression;

namespace MlOps.Core.Cel;

/// <summary>
/// The value of an expression over typed values: null, bool, long, double, string, lists (<c>List&lt;object?&gt;</c>) and
/// maps (<c>Dictionary&lt;string, object?&gt;</c>). Values are data: they are never part of an expression's text.
/// </summary>
public static class CelEvaluator
{
    /// <exception cref="CelException">The expression has no value: an unknown name, a missing key, types that do not go together.</exception>
    public static object? Evaluate(CelExpression expression, IReadOnlyDictionary<string, object?> names)
    {
        return Value(expression);

        object? Value(CelExpression of) => of switch
        {
            Literal literal => literal.Value,
            Name name => names.TryGetValue(name.Text, out var found) ? found : throw new CelException($"'{name.Text}' is not known"),
            Field field => CelOperators.Element(Value(field.Of), field.Key),
            CelExpression.Index index => CelOperators.Element(Value(index.Of), Value(index.Key)),
            Call call => CelFunctions.Call(call.Function, [.. call.Target is null ? call.Arguments.Select(Value) : call.Arguments.Prepend(call.Target).Select(Value)]),
            Unary unary => CelOperators.Unary(unary.Operator, Value(unary.Operand)),
            Binary { Operator: "&&" } both => Logical(both, decisive: false),
            Binary { Operator: "||" } either => Logical(either, decisive: true),
            Binary binary => CelOperators.Binary(binary.Operator, Value(binary.Left), Value(binary.Right)),
            Conditional conditional => Value(conditional.Test) is bool test ? Value(test ? conditional.Then : conditional.Else) : throw new CelException("the part before '?' is not true or false"),
            ListOf list => list.Items.Select(Value).ToList(),
            MapOf map => map.Entries.ToDictionary(entry => Value(entry.Key) as string ?? throw new CelException("a map's keys must be strings"), entry => Value(entry.Value), StringComparer.Ordinal),
            _ => throw new CelException("this cannot be evaluated"),
        };

        // Either side may decide, whatever the other is, a fault included (cel-spec, "Logical Operators").
        object? Logical(Binary of, bool decisive)
        {
            try
            {
                if (Truth(of.Left) == decisive)
                {
                    return decisive;
                }
            }
            catch (CelException)
            {
                if (Truth(of.Right) == decisive)
                {
                    return decisive;
                }

                throw;
            }

            return Truth(of.Right);
        }

        bool Truth(CelExpression of) => Value(of) as bool? ?? throw new CelException("'&&' and '||' need true or false on both sides");
    }
}

using System.Collections.Immutable;

namespace MlOps.Core.Cel;

/// <summary>An expression of the Common Expression Language, as far as conditions of pipelines and filters of triggers use it (github.com/google/cel-spec).</summary>
public abstract record CelExpression
{
    /// <param name="Value">null, bool, long, double or string.</param>
    public sealed record Literal(object? Value) : CelExpression;

    public sealed record Name(string Text) : CelExpression;

    public sealed record Field(CelExpression Of, string Key) : CelExpression;

    public sealed record Index(CelExpression Of, CelExpression Key) : CelExpression;

    /// <param name="Target">What a method is called on; null for a function.</param>
    public sealed record Call(string Function, CelExpression? Target, ImmutableArray<CelExpression> Arguments) : CelExpression;

    public sealed record Unary(string Operator, CelExpression Operand) : CelExpression;

    public sealed record Binary(string Operator, CelExpression Left, CelExpression Right) : CelExpression;

    public sealed record Conditional(CelExpression Test, CelExpression Then, CelExpression Else) : CelExpression;

    public sealed record ListOf(ImmutableArray<CelExpression> Items) : CelExpression;

    public sealed record MapOf(ImmutableArray<KeyValuePair<CelExpression, CelExpression>> Entries) : CelExpression;
}

/// <summary>An expression that cannot be read or has no value.</summary>
public sealed class CelException(string message) : Exception(message);

namespace MlOps.Core.Cel;

/// <summary>What a value is.</summary>
public enum CelKind
{
    /// <summary>Known when the expression is evaluated (CEL's <c>dyn</c>).</summary>
    Unknown,
    Null,
    Bool,
    Int,
    Double,
    String,
    List,
    Map,
}

/// <param name="Message">Without a dot at the end.</param>
/// <param name="Fails">The expression has no value then; else it has one that is hardly meant.</param>
public sealed record CelRemark(string Message, bool Fails);

/// <summary>What an expression gives, and whether its operators and functions go together, without its values.</summary>
public static class CelKinds
{
    /// <param name="expression">What is looked at.</param>
    /// <param name="given">The kind of a part that comes from outside; null for parts that do not.</param>
    /// <param name="remarks">Receives what cannot be evaluated, or is the same whatever the values are.</param>
    public static CelKind Of(CelExpression expression, Func<CelExpression, CelKind?> given, ICollection<CelRemark> remarks) => new CelKindCheck(given, remarks).Kind(expression);

    /// <summary>For messages: "an int", "a string", …</summary>
    public static string Words(CelKind kind) => kind switch
    {
        CelKind.Null => "null",
        CelKind.Bool => "a bool",
        CelKind.Int => "an int",
        CelKind.Double => "a double",
        CelKind.String => "a string",
        CelKind.List => "a list",
        CelKind.Map => "a map",
        _ => "a value",
    };
}

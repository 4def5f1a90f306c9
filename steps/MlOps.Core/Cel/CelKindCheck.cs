using static MlOps.Core.Cel.CelExpression;

namespace MlOps.Core.Cel;

/// <summary>The kinds of one expression and its parts.</summary>
internal sealed class CelKindCheck(Func<CelExpression, CelKind?> given, ICollection<CelRemark> remarks)
{
    public CelKind Kind(CelExpression of) => given(of) ?? of switch
    {
        Literal literal => Of(literal.Value),
        Field field => Element(Kind(field.Of), of),
        CelExpression.Index index => Element(Kind(index.Of), of, Kind(index.Key)),
        Call call => Function(call, [.. call.Target is null ? call.Arguments.Select(Kind) : call.Arguments.Prepend(call.Target).Select(Kind)]),
        Unary { Operator: "!" } not => Truth(not.Operand, "'!'"),
        Unary minus => Minus(Kind(minus.Operand)),
        Binary binary => Operation(binary),
        Conditional conditional => Choice(conditional),
        ListOf list => All(list.Items, CelKind.List),
        MapOf map => All(map.Entries.SelectMany(entry => new[] { entry.Key, entry.Value }), CelKind.Map),
        _ => CelKind.Unknown,
    };

    private static CelKind Of(object? value) => value switch
    {
        null => CelKind.Null,
        bool => CelKind.Bool,
        long => CelKind.Int,
        double => CelKind.Double,
        string => CelKind.String,
        _ => CelKind.Unknown,
    };

    private static bool IsNumber(CelKind kind) => kind is CelKind.Int or CelKind.Double;

    private static string Words(CelKind kind) => CelKinds.Words(kind);

    private CelKind All(IEnumerable<CelExpression> parts, CelKind whole)
    {
        foreach (var part in parts)
        {
            Kind(part);
        }

        return whole;
    }

    private CelKind Element(CelKind of, CelExpression whole, CelKind? key = null)
    {
        var fits = of is CelKind.Unknown
            || (of == CelKind.Map && key is null or CelKind.Unknown or CelKind.String)
            || (of == CelKind.List && key is CelKind.Unknown or CelKind.Int or CelKind.Double);
        return fits ? CelKind.Unknown : Fault($"{Words(of)} has no elements that `{Text(whole)}` could take", CelKind.Unknown);
    }

    private CelKind Minus(CelKind operand) =>
        operand == CelKind.Unknown || IsNumber(operand) ? operand : Fault($"'-' cannot be applied to {Words(operand)}", CelKind.Unknown);

    private CelKind Truth(CelExpression part, string by)
    {
        var kind = Kind(part);
        return kind is CelKind.Unknown or CelKind.Bool ? CelKind.Bool : Fault($"{by} needs true or false, and `{Text(part)}` is {Words(kind)}", CelKind.Bool);
    }

    private CelKind Choice(Conditional conditional)
    {
        Truth(conditional.Test, "'?'");
        var (then, otherwise) = (Kind(conditional.Then), Kind(conditional.Else));
        return then == otherwise ? then : CelKind.Unknown;
    }

    private CelKind Operation(Binary binary)
    {
        if (binary.Operator is "&&" or "||")
        {
            Truth(binary.Left, $"'{binary.Operator}'");
            return Truth(binary.Right, $"'{binary.Operator}'");
        }

        var (left, right) = (Kind(binary.Left), Kind(binary.Right));
        switch (binary.Operator)
        {
            case "in":
                return right is CelKind.Unknown or CelKind.List or CelKind.Map ? CelKind.Bool : Fault($"'in' needs a list or a map, not {Words(right)}", CelKind.Bool);
            case "==" or "!=":
                return Equality(binary, left, right);
            case "<" or "<=" or ">" or ">=":
                return Ordered(left, right) ? CelKind.Bool : Fault($"'{binary.Operator}' cannot compare {Words(left)} with {Words(right)}{Remedy(left, right)}", CelKind.Bool);
            default:
                return Arithmetic(binary.Operator, left, right);
        }
    }

    // Values from outside may be compared with anything; what CEL knows beforehand must be of one kind (cel-spec, "Equality").
    private CelKind Equality(Binary binary, CelKind left, CelKind right)
    {
        if (left is CelKind.Unknown or CelKind.Null || right is CelKind.Unknown or CelKind.Null || left == right || (IsNumber(left) && IsNumber(right)))
        {
            return CelKind.Bool;
        }

        if (given(binary.Left) is null && given(binary.Right) is null)
        {
            return Fault($"'{binary.Operator}' cannot compare {Words(left)} with {Words(right)}{Remedy(left, right)}", CelKind.Bool);
        }

        remarks.Add(new CelRemark($"`{Text(binary)}` is {(binary.Operator == "==" ? "never" : "always")} true: it compares {Words(left)} with {Words(right)}{Remedy(left, right)}", Fails: false));
        return CelKind.Bool;
    }

    private static bool Ordered(CelKind left, CelKind right) => (left, right) switch
    {
        (CelKind.Null or CelKind.List or CelKind.Map, _) or (_, CelKind.Null or CelKind.List or CelKind.Map) => false,
        (CelKind.Unknown, _) or (_, CelKind.Unknown) => true,
        _ => left == right || (IsNumber(left) && IsNumber(right)),
    };

    private CelKind Arithmetic(string symbol, CelKind left, CelKind right)
    {
        var known = left == CelKind.Unknown ? right : left;
        var fits = known switch
        {
            CelKind.Unknown or CelKind.Int => true,
            CelKind.Double => symbol != "%",
            CelKind.String or CelKind.List => symbol == "+",
            _ => false,
        };
        return fits && (left == right || left == CelKind.Unknown || right == CelKind.Unknown)
            ? known
            : Fault($"'{symbol}' cannot be applied to {Words(left)} and {Words(right)}{(IsNumber(left) && IsNumber(right) ? ": write int(…) or double(…) around one of them" : "")}", CelKind.Unknown);
    }

    private CelKind Function(Call call, CelKind[] arguments)
    {
        var wanted = Wanted(call.Function);
        if (wanted is null)
        {
            return Fault($"there is no function '{call.Function}'", CelKind.Unknown);
        }

        if (arguments.Length != wanted.Length)
        {
            return Fault($"{call.Function}(…) takes {(wanted.Length == 1 ? "one value" : "two values")}, and {arguments.Length} {(arguments.Length == 1 ? "is" : "are")} given", Result(call.Function, arguments));
        }

        var odd = Enumerable.Range(0, wanted.Length).FirstOrDefault(at => arguments[at] != CelKind.Unknown && Array.IndexOf(wanted[at], arguments[at]) < 0, -1);
        return odd < 0
            ? Result(call.Function, arguments)
            : Fault($"{call.Function}(…) takes {string.Join(" or ", wanted[odd].Select(Words))}, not {Words(arguments[odd])}", Result(call.Function, arguments));
    }

    // The functions of CelFunctions.
    private static CelKind[][]? Wanted(string function) => function switch
    {
        "size" => [[CelKind.String, CelKind.List, CelKind.Map]],
        "int" or "double" => [[CelKind.Int, CelKind.Double, CelKind.String]],
        "string" => [[CelKind.String, CelKind.Bool, CelKind.Int, CelKind.Double]],
        "bool" => [[CelKind.Bool, CelKind.String]],
        "dyn" => [[CelKind.Null, CelKind.Bool, CelKind.Int, CelKind.Double, CelKind.String, CelKind.List, CelKind.Map]],
        "parseJson" => [[CelKind.String]],
        "contains" or "startsWith" or "endsWith" or "matches" => [[CelKind.String], [CelKind.String]],
        _ => null,
    };

    private static CelKind Result(string function, CelKind[] arguments) => function switch
    {
        "size" or "int" => CelKind.Int,
        "double" => CelKind.Double,
        "string" => CelKind.String,
        "parseJson" => CelKind.Unknown,
        "dyn" => arguments is [var only] ? only : CelKind.Unknown,
        _ => CelKind.Bool,
    };

    private static string Remedy(CelKind left, CelKind right)
    {
        if (left != CelKind.String && right != CelKind.String)
        {
            return "";
        }

        var other = left == CelKind.String ? right : left;
        return IsNumber(other) ? $": write {(other == CelKind.Int ? "int" : "double")}(…) around the string, or quotes around the number"
            : other == CelKind.Bool ? ": write bool(…) around the string, or true or false without quotes"
            : "";
    }

    private static string Text(CelExpression part) => CelWalk.Text(part, _ => null);

    private CelKind Fault(string message, CelKind kind)
    {
        remarks.Add(new CelRemark(message, Fails: true));
        return kind;
    }
}

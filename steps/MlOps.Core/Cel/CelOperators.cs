using System.Globalization;

namespace MlOps.Core.Cel;

/// <summary>CEL's operators. Numbers of both kinds compare with each other; arithmetic mixes none, as in CEL.</summary>
internal static class CelOperators
{
    public static object? Element(object? of, object? key) => (of, key) switch
    {
        (Dictionary<string, object?> map, string name) => map.TryGetValue(name, out var found) ? found : throw new CelException($"there is no '{name}' (there are: {string.Join(", ", map.Keys.Order(StringComparer.Ordinal))})"),
        (List<object?> list, long or double) => Item(list, Convert.ToDouble(key, CultureInfo.InvariantCulture)),
        _ => throw new CelException($"{Kind(of)} has no element {Shown(key)}"),
    };

    public static object Unary(string symbol, object? operand) => (symbol, operand) switch
    {
        ("!", bool value) => !value,
        ("-", long value) => -value,
        ("-", double value) => -value,
        _ => throw new CelException($"'{symbol}' cannot be applied to {Kind(operand)}"),
    };

    public static object Binary(string symbol, object? left, object? right) => symbol switch
    {
        "==" => AreEqual(left, right),
        "!=" => !AreEqual(left, right),
        "<" => Compare(symbol, left, right) < 0,
        "<=" => Compare(symbol, left, right) <= 0,
        ">" => Compare(symbol, left, right) > 0,
        ">=" => Compare(symbol, left, right) >= 0,
        "in" => IsIn(left, right),
        _ => Arithmetic(symbol, left, right),
    };

    public static string Kind(object? value) => value switch
    {
        null => "null",
        bool => "a bool",
        long => "an int",
        double => "a double",
        string => "a string",
        List<object?> => "a list",
        _ => "a map",
    };

    private static string Shown(object? key) => key is string text ? $"'{text}'" : string.Create(CultureInfo.InvariantCulture, $"{key}");

    private static object? Item(List<object?> list, double index) =>
        index == Math.Truncate(index) && index >= 0 && index < list.Count
            ? list[(int)index]
            : throw new CelException(string.Create(CultureInfo.InvariantCulture, $"a list of {list.Count} has no element {index}"));

    private static bool AreEqual(object? left, object? right) => (left, right) switch
    {
        (null, null) => true,
        (long or double, long or double) => Convert.ToDouble(left, CultureInfo.InvariantCulture) == Convert.ToDouble(right, CultureInfo.InvariantCulture),
        (List<object?> one, List<object?> other) => one.Count == other.Count && one.Zip(other).All(pair => AreEqual(pair.First, pair.Second)),
        (Dictionary<string, object?> one, Dictionary<string, object?> other) => one.Count == other.Count && one.All(pair => other.TryGetValue(pair.Key, out var value) && AreEqual(pair.Value, value)),
        _ => Equals(left, right),
    };

    private static int Compare(string symbol, object? left, object? right) => (left, right) switch
    {
        (long one, long other) => one.CompareTo(other),
        (long or double, long or double) => Convert.ToDouble(left, CultureInfo.InvariantCulture).CompareTo(Convert.ToDouble(right, CultureInfo.InvariantCulture)),
        (string one, string other) => string.CompareOrdinal(one, other),
        (bool one, bool other) => one.CompareTo(other),
        _ => throw new CelException($"'{symbol}' cannot compare {Kind(left)} with {Kind(right)}"),
    };

    private static bool IsIn(object? item, object? of) => of switch
    {
        List<object?> list => list.Any(element => AreEqual(element, item)),
        Dictionary<string, object?> map => item is string key && map.ContainsKey(key),
        _ => throw new CelException($"'in' needs a list or a map, not {Kind(of)}"),
    };

    private static object Arithmetic(string symbol, object? left, object? right)
    {
        try
        {
            return (symbol, left, right) switch
            {
                ("+", long one, long other) => checked(one + other),
                ("-", long one, long other) => checked(one - other),
                ("*", long one, long other) => checked(one * other),
                ("/", long one, long other) => checked(one / other),
                ("%", long one, long other) => other == -1 ? 0L : one % other,
                ("+", double one, double other) => one + other,
                ("-", double one, double other) => one - other,
                ("*", double one, double other) => one * other,
                ("/", double one, double other) => one / other,
                ("+", string one, string other) => one + other,
                ("+", List<object?> one, List<object?> other) => one.Concat(other).ToList(),
                _ => throw new CelException($"'{symbol}' cannot be applied to {Kind(left)} and {Kind(right)}"),
            };
        }
        catch (Exception error) when (error is OverflowException or DivideByZeroException)
        {
            throw new CelException(error is DivideByZeroException ? "division by zero" : "the result is beyond 64 bits");
        }
    }
}

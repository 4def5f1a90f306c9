using System.Globalization;
using System.Text.Json;
using MlOps.Core.Files;
using MlOps.Core.Patterns;

namespace MlOps.Core.Cel;

/// <summary>CEL's standard functions, and <c>parseJson</c> of Vertex AI Pipelines.</summary>
internal static class CelFunctions
{
    // Methods and functions are two spellings of one call: a.contains(b), matches(a, b).
    public static object? Call(string function, object?[] given) => (function, given) switch
    {
        ("size", [string text]) => (long)new StringInfo(text).LengthInTextElements,
        ("size", [List<object?> list]) => (long)list.Count,
        ("size", [Dictionary<string, object?> map]) => (long)map.Count,
        ("int", [var value]) => Int(value),
        ("double", [var value]) => Double(value),
        ("string", [var value]) => Text(value),
        ("bool", [var value]) => Bool(value),
        ("dyn", [var value]) => value,
        ("contains", [string text, string part]) => text.Contains(part, StringComparison.Ordinal),
        ("startsWith", [string text, string part]) => text.StartsWith(part, StringComparison.Ordinal),
        ("endsWith", [string text, string part]) => text.EndsWith(part, StringComparison.Ordinal),
        ("matches", [string text, string pattern]) => Matches(text, pattern),
        ("parseJson", [string text]) => ParseJson(text),
        _ => throw new CelException($"there is no function {function}({string.Join(", ", given.Select(CelOperators.Kind))})"),
    };

    private static object Int(object? value) => value switch
    {
        long => value,
        double number when double.IsFinite(number) && Math.Abs(number) < 9.2e18 => (long)Math.Truncate(number),
        string text when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) => number,
        _ => throw new CelException($"int() cannot convert {Described(value)}"),
    };

    private static object Double(object? value) => value switch
    {
        double => value,
        long number => (double)number,
        string text when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => number,
        _ => throw new CelException($"double() cannot convert {Described(value)}"),
    };

    private static object Text(object? value) => value switch
    {
        string => value,
        bool flag => flag ? "true" : "false",
        long number => number.ToString(CultureInfo.InvariantCulture),
        double number => JsonNumber.Text(number),
        _ => throw new CelException($"string() cannot convert {Described(value)}"),
    };

    private static object Bool(object? value) => value switch
    {
        bool => value,
        "true" or "True" or "TRUE" or "t" or "1" => true,
        "false" or "False" or "FALSE" or "f" or "0" => false,
        _ => throw new CelException($"bool() cannot convert {Described(value)}"),
    };

    private static object Matches(string text, string pattern)
    {
        try
        {
            return Re2Pattern.Parse(pattern).IsMatch(text);
        }
        catch (Re2SyntaxException error)
        {
            throw new CelException($"'{pattern}' is not a pattern: {error.Message}");
        }
    }

    private static object? ParseJson(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return CelValue.Of(document.RootElement);
        }
        catch (JsonException)
        {
            throw new CelException($"parseJson: this is not JSON: {JsonFault.Words(text)}");
        }
    }

    private static string Described(object? value) => value is string text ? $"the string '{text}'" : CelOperators.Kind(value);
}

using System.Globalization;
using System.Numerics;
using System.Text.Json.Nodes;
using MlOps.CloudBuild.Config.Yaml;

namespace MlOps.CloudBuild.Config;

/// <summary>Values of fields that are strings, booleans and numbers.</summary>
internal static class ScalarFields
{
    /// <summary>What gcloud sends: 64-bit integers as strings, all else as it is; null where the type does not fit.</summary>
    public static JsonValue? Sent(FieldKind kind, ConfigValue value)
    {
        var written = value is ConfigScalar scalar ? scalar.Value : null;
        return kind switch
        {
            FieldKind.Text => written is string text ? JsonValue.Create(text) : null,
            FieldKind.Bool => written is bool flag ? JsonValue.Create(flag) : null,
            // Python takes a boolean for the number that it is to it.
            FieldKind.Int64 => written is bool flag ? JsonValue.Create(flag ? "True" : "False") : Integer(written) is { } number ? JsonValue.Create(number.ToString(CultureInfo.InvariantCulture)) : null,
            FieldKind.Int32 => written is bool flag ? JsonValue.Create(flag) : Integer(written) is { } number ? Number(number) : null,
            FieldKind.Float => Float(written) is { } number ? JsonValue.Create(number) : null,
            _ => null,
        };
    }

    public static string PythonType(FieldKind kind) => kind switch
    {
        FieldKind.Text => "<class 'str'>",
        FieldKind.Bool => "<class 'bool'>",
        FieldKind.Float => "<class 'float'>",
        _ => "(<class 'int'>,)",
    };

    public static string Wanted(FieldKind kind) => kind switch
    {
        FieldKind.Text => "a string",
        FieldKind.Bool => "true or false",
        FieldKind.Float => "a number",
        _ => "an integer",
    };

    /// <summary>What to write instead, where that can be told.</summary>
    public static string Remedy(FieldKind kind, string field, ConfigValue value) => (kind, value) switch
    {
        (FieldKind.Text, ConfigScalar { Value: long seconds }) when field.EndsWith("imeout", StringComparison.Ordinal) => $" A duration has an 's': {seconds.ToString(CultureInfo.InvariantCulture)}s.",
        (FieldKind.Text, ConfigScalar { Value: bool or long or BigInteger or double }) => " Put it in quotes.",
        (FieldKind.Bool, ConfigScalar { Value: "true" or "false" }) => " Take the quotes away.",
        (FieldKind.Text, ConfigMap { Entries: [(ConfigScalar { Value: string key }, ConfigScalar content)] }) => $" Did you mean \"{key}={PythonText.Of(content)}\", or \"{key}: {PythonText.Of(content)}\" in quotes?",
        _ => "",
    };

    private static JsonValue Number(BigInteger number) => number >= long.MinValue && number <= long.MaxValue ? JsonValue.Create((long)number) : JsonValue.Create((double)number);

    private static BigInteger? Integer(object? written) => written switch
    {
        long number => number,
        BigInteger number => number,
        string text => PythonInteger(text),
        _ => null,
    };

    /// <summary><c>int(text)</c>: blanks around, a sign, underscores between digits.</summary>
    private static BigInteger? PythonInteger(string text)
    {
        var digits = text.Trim();
        var unsigned = digits.StartsWith('-') || digits.StartsWith('+') ? digits[1..] : digits;
        var valid = unsigned.Length > 0 && unsigned[0] != '_' && unsigned[^1] != '_' && !unsigned.Contains("__", StringComparison.Ordinal) && unsigned.All(character => character == '_' || char.IsAsciiDigit(character));
        return valid ? BigInteger.Parse(digits.Replace("_", "", StringComparison.Ordinal), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) : null;
    }

    private static double? Float(object? written) => written switch
    {
        double number => number,
        long number => number,
        BigInteger number => (double)number,
        bool flag => flag ? 1 : 0,
        string text when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => number,
        _ => null,
    };
}

using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using MlOps.Core.Problems;
using MlOps.Core.Yaml;

namespace MlOps.Pipelines.Components;

/// <summary>The defaults of v1 component.yaml inputs, cast as KFP's compiler casts them (kfp/dsl/types/type_utils.py).</summary>
internal static class V1Default
{
    /// <summary>The default's value in the IR; null where there is none, where the input is an artifact, or (with a problem) where it cannot be cast.</summary>
    public static JsonNode? Cast(YamlNode? node, DataType type, string input, ICollection<Problem> problems)
    {
        if (node is null or YamlScalar { Value: null })
        {
            return null;
        }

        if (node is not YamlScalar scalar)
        {
            problems.Add(Problem.Error("bad-default", $"The default of '{input}' is {node.Kind}; write lists and maps as a string of JSON, such as '[1, 2]'.", node.Spot));
            return null;
        }

        if (type.IsArtifact || type == DataType.TaskFinalStatus)
        {
            return null;
        }

        var value = CastScalar(PythonScalar.Of(scalar), type);
        if (value is null)
        {
            problems.Add(Problem.Error("bad-default", $"The default of '{input}' is '{scalar.Text}', which is not {Wanted(type)}.", node.Spot));
        }

        return value;
    }

    private static JsonNode? CastScalar(object? value, DataType type) => type.Name switch
    {
        "STRING" => JsonValue.Create(PythonScalar.Text(value)),
        "NUMBER_INTEGER" => Integer(value),
        "NUMBER_DOUBLE" => Double(value),
        "BOOLEAN" => Boolean(value),
        _ => Json(value),
    };

    private static JsonValue? Integer(object? value) => value switch
    {
        bool flag => JsonValue.Create(flag ? 1L : 0L),
        long whole => JsonValue.Create(whole),
        double number when Math.Abs(number) < 9e15 => JsonValue.Create((long)number),
        string text when long.TryParse(text.Trim().Replace("_", "", StringComparison.Ordinal), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) => JsonValue.Create(whole),
        _ => null,
    };

    private static JsonNode? Double(object? value) => value switch
    {
        bool flag => JsonValue.Create(flag ? 1L : 0L),
        long whole => JsonValue.Create(whole),
        double number when double.IsFinite(number) => JsonValue.Create(number),
        string text when double.TryParse(text.Trim().Replace("_", "", StringComparison.Ordinal), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) => JsonValue.Create(number),
        _ => null,
    };

    private static JsonValue? Boolean(object? value) => value switch
    {
        bool flag => JsonValue.Create(flag),
        long and (0 or 1) => JsonValue.Create(value is 1L),
        string text => text.ToLowerInvariant() switch
        {
            "y" or "yes" or "t" or "true" or "on" or "1" => JsonValue.Create(true),
            "n" or "no" or "f" or "false" or "off" or "0" => JsonValue.Create(false),
            _ => null,
        },
        _ => null,
    };

    // What is not JSON stays a string, as in KFP.
    private static JsonNode Json(object? value)
    {
        var text = PythonScalar.Text(value);
        try
        {
            return JsonNode.Parse(text) ?? JsonValue.Create(text);
        }
        catch (JsonException)
        {
            return JsonValue.Create(text);
        }
    }

    private static string Wanted(DataType type) => type.Name switch
    {
        "NUMBER_INTEGER" => "an integer",
        "NUMBER_DOUBLE" => "a number",
        "BOOLEAN" => "a boolean (true, false, yes, no, on, off, 1, 0)",
        _ => $"a {type}",
    };
}

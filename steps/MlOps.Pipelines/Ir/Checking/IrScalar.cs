using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.Json;
using System.Text.RegularExpressions;
using MlOps.Core.Files;

namespace MlOps.Pipelines.Ir.Checking;

/// <summary>
/// The scalars of the IR as proto3 JSON writes them: numbers also as text, durations as <c>10s</c>; and amounts of processors and
/// memory as Kubernetes writes them. Amounts may be filled in when a task runs (<c>{{$.inputs.parameters['cpu']}}</c>).
/// </summary>
internal static partial class IrScalar
{
    public static bool IsKind(string kind, JsonValueKind found) => kind switch
    {
        "text" or "duration" or "cpu" or "memory" or "countText" => found == JsonValueKind.String,
        "flag" => found is JsonValueKind.True or JsonValueKind.False,
        "number" or "count" => found is JsonValueKind.Number or JsonValueKind.String,
        _ => false,
    };

    /// <summary>For messages.</summary>
    public static string Wanted(string kind) => kind switch
    {
        "text" => "a string (in YAML, put it in quotes)",
        "flag" => "true or false",
        "number" => "a number",
        "count" => "a whole number, 0 or more",
        "countText" => "a whole number in quotes, such as \"1\"",
        "duration" => "a duration in seconds, such as \"30s\"",
        "cpu" => "processors in quotes, such as \"2\" or \"500m\"",
        "memory" => "an amount of memory, such as \"16G\" or \"512Mi\"",
        _ => kind[0] == '[' ? "a list" : "a map",
    };

    /// <summary>What is written there, where it is of the right kind of JSON and still no such scalar; null where it is one.</summary>
    public static string? Misread(string kind, JsonNode node)
    {
        var text = node.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : node.ToJsonString();
        var isRight = kind switch
        {
            "number" => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number),
            "count" => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var count) && count >= 0 && Math.Truncate(count) == count && count <= int.MaxValue,
            "countText" => IsFilledIn(text) || Count().IsMatch(text),
            "duration" => Duration().IsMatch(text),
            "cpu" => IsFilledIn(text) || Processors().IsMatch(text),
            "memory" => IsFilledIn(text) || Memory().IsMatch(text),
            _ => true,
        };
        return isRight ? null : node.Readable();
    }

    private static bool IsFilledIn(string text) => text.Contains("{{$", StringComparison.Ordinal);

    [GeneratedRegex("^[0-9]+$", RegexOptions.CultureInvariant)]
    private static partial Regex Count();

    // google/protobuf/duration.proto, "JSON Mapping"; none below zero makes sense here.
    [GeneratedRegex(@"^[0-9]{1,9}(\.[0-9]{1,9})?s$", RegexOptions.CultureInvariant)]
    private static partial Regex Duration();

    [GeneratedRegex(@"^([0-9]+\.?[0-9]*|\.[0-9]+)m?$", RegexOptions.CultureInvariant)]
    private static partial Regex Processors();

    [GeneratedRegex(@"^([0-9]+\.?[0-9]*|\.[0-9]+)(e[0-9]+|[mkKMGTPE]|[KMGTPE]i)?$", RegexOptions.CultureInvariant)]
    private static partial Regex Memory();
}

using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace MlOps.LocalCloud.Vertex.Pipelines.Values;

/// <summary>Fits values to declared types (specs/pipelines.md, section 5): STRING takes anything as text, every other type only its own.</summary>
internal static class Coercion
{
    private const double LargestExact = (1L << 53) - 1;

    /// <summary>A value as text: a string as it is, numbers in shortest form, bools <c>true</c> and <c>false</c>, lists and maps as JSON, null empty.</summary>
    public static string Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Null or JsonValueKind.Undefined => "",
        _ => Json.Text(value),
    };

    /// <exception cref="TaskFaultException">The value is of another type.</exception>
    public static JsonElement Input(string name, ParameterType type, JsonElement value) => type switch
    {
        ParameterType.Undeclared => value,
        ParameterType.String => value.ValueKind == JsonValueKind.String ? value : Json.Of(Text(value)),
        _ when Fits(type, value) => value,
        _ => throw new TaskFaultException($"Parameter '{name}' must be {type.Described()}; it is {Shown(value)}."),
    };

    public static bool Fits(ParameterType type, JsonElement value) => type switch
    {
        ParameterType.String => value.ValueKind == JsonValueKind.String,
        ParameterType.Integer => value.ValueKind == JsonValueKind.Number && value.GetDouble() is var number && number == Math.Truncate(number) && Math.Abs(number) <= LargestExact,
        ParameterType.Double => value.ValueKind == JsonValueKind.Number,
        ParameterType.Boolean => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        ParameterType.List => value.ValueKind == JsonValueKind.Array,
        ParameterType.Struct or ParameterType.TaskFinalStatus => value.ValueKind == JsonValueKind.Object,
        _ => true,
    };

    /// <summary>Reads what a container wrote into an output's file: STRING verbatim, the others trimmed and parsed.</summary>
    /// <exception cref="TaskFaultException">The text is not of the declared type.</exception>
    public static JsonElement Output(string name, ParameterType type, string text)
    {
        if (type is ParameterType.String or ParameterType.Undeclared)
        {
            return Json.Of(text);
        }

        var trimmed = text.Trim();
        return Parsed(type, trimmed) is { } value && Fits(type, value)
            ? value
            : throw new TaskFaultException($"Output parameter '{name}' must be {type.Described()}; the task wrote '{Cut(trimmed)}'.");
    }

    /// <summary>Fits what <c>executor_output.json</c> gives for an output; text is parsed by the declared type.</summary>
    /// <exception cref="TaskFaultException">The value is of another type.</exception>
    public static JsonElement Output(string name, ParameterType type, JsonElement value) =>
        type == ParameterType.Undeclared || Fits(type, value) ? value : Output(name, type, Text(value));

    /// <summary>A constant in which expressions were filled in is text: read again by the type that it is meant for.</summary>
    public static JsonElement FromText(ParameterType type, string text) =>
        type is ParameterType.String or ParameterType.Undeclared ? Json.Of(text) : Parsed(type, text.Trim()) ?? Json.Of(text);

    /// <exception cref="TaskFaultException">The value is none of the declared ones.</exception>
    public static void CheckLiterals(string name, ImmutableArray<JsonElement> literals, JsonElement value)
    {
        if (!literals.IsEmpty && !literals.Any(literal => JsonElement.DeepEquals(literal, value)))
        {
            throw new TaskFaultException($"Parameter '{name}' must be one of {string.Join(", ", literals.Select(Json.Text))}; it is {Shown(value)}.");
        }
    }

    private static JsonElement? Parsed(ParameterType type, string text)
    {
        if (type == ParameterType.Boolean && bool.TryParse(text, out var flag))
        {
            return Json.Of(flag);
        }

        if (type is ParameterType.Integer or ParameterType.Double)
        {
            return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? Json.Of(number) : null;
        }

        try
        {
            return Json.Parse(text);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Shown(JsonElement value) => Cut(Json.Text(value));

    private static string Cut(string text) => text.Length <= 200 ? text : text[..200] + "…";
}

using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.Json;
using MlOps.Core.Files;
using MlOps.Core.Problems;
using MlOps.Pipelines.Components;

namespace MlOps.Pipelines.Ir;

/// <summary>A parameter or artifact that a compiled pipeline takes.</summary>
/// <param name="Default">Null where there is none.</param>
public sealed record PipelineInput(string Name, DataType Type, bool IsOptional, JsonNode? Default);

/// <summary>What a compiled pipeline takes, and whether given arguments fit (vertex.md, "Runtime config").</summary>
public static class PipelineInputs
{
    /// <summary>The declared inputs of the root, parameters first.</summary>
    public static ImmutableArray<PipelineInput> Of(JsonObject spec)
    {
        var definitions = (spec["root"] as JsonObject)?["inputDefinitions"] as JsonObject;
        var inputs = ImmutableArray.CreateBuilder<PipelineInput>();
        foreach (var kind in new[] { "parameters", "artifacts" })
        {
            foreach (var (name, node) in definitions?[kind] as JsonObject ?? [])
            {
                if (node is JsonObject definition && IrType.Of(definition) is { } type)
                {
                    var value = definition["defaultValue"];
                    var optional = value is not null || (definition["isOptional"]?.GetValue<bool>() ?? false);
                    inputs.Add(new PipelineInput(name, type, optional, value?.DeepClone()));
                }
            }
        }

        return inputs.ToImmutable();
    }

    /// <summary>
    /// Reads arguments given as text by their declared types, STRING verbatim and the others as JSON, and checks them: unknown,
    /// missing, wrong type. Integers beyond ±(2^53−1) are refused, because Vertex cannot hold them.
    /// </summary>
    /// <returns>The values for <c>runtimeConfig.parameterValues</c>; what has a problem is left out.</returns>
    public static JsonObject ReadArguments(JsonObject spec, IReadOnlyDictionary<string, string> arguments, ICollection<Problem> problems) =>
        Arguments(spec, arguments, (input, text) => Read(input, text, problems), _ => default, problems);

    /// <summary>Checks arguments that are JSON values already, such as those of a settings file; null counts as not given.</summary>
    /// <param name="spotOf">Where an argument was given; for the name of one that was not, where it might have been.</param>
    /// <returns>The values for <c>runtimeConfig.parameterValues</c>; what has a problem is left out.</returns>
    public static JsonObject CheckArguments(JsonObject spec, JsonObject arguments, Func<string, SourceSpot> spotOf, ICollection<Problem> problems) =>
        Arguments(spec, arguments.Where(pair => pair.Value is not null).ToDictionary(StringComparer.Ordinal), (input, value) => Checked(input, value!, spotOf(input.Name), problems), spotOf, problems);

    private static JsonObject Arguments<T>(JsonObject spec, IReadOnlyDictionary<string, T> arguments, Func<PipelineInput, T, JsonNode?> read, Func<string, SourceSpot> spotOf, ICollection<Problem> problems)
    {
        var parameters = Of(spec).Where(input => !input.Type.IsArtifact).ToDictionary(input => input.Name, StringComparer.Ordinal);
        var values = new JsonObject();
        foreach (var (name, value) in arguments)
        {
            if (!parameters.TryGetValue(name, out var input))
            {
                problems.Add(Problem.Error("unknown-parameter", parameters.Count == 0
                    ? $"The pipeline takes no parameters, and '{name}' was given."
                    : $"The pipeline has no parameter '{name}'.{Suggestion.For(name, parameters.Keys)}", spotOf(name)));
            }
            else if (read(input, value) is { } argument)
            {
                values[name] = argument;
            }
        }

        foreach (var input in parameters.Values.Where(input => !input.IsOptional && !arguments.ContainsKey(input.Name)))
        {
            problems.Add(Problem.Error("missing-parameter", $"The pipeline needs the parameter '{input.Name}' ({input.Type}), which has no default.", spotOf(input.Name)));
        }

        return values;
    }

    private static JsonNode? Read(PipelineInput input, string text, ICollection<Problem> problems)
    {
        if (input.Type == DataType.String)
        {
            return JsonValue.Create(text);
        }

        try
        {
            if (JsonNode.Parse(text, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false }) is { } value)
            {
                return Checked(input, value, default, problems);
            }
        }
        catch (JsonException)
        {
            // Not JSON: said below, with what was wanted.
        }

        // Whoever begins with a bracket means JSON.
        return Refused(input, text.AsSpan().TrimStart() is ['[' or '{', ..] && JsonFault.In(text) is { } fault ? $"{text}, which is not JSON: {fault}" : text, default, problems);
    }

    private static JsonNode? Checked(PipelineInput input, JsonNode value, SourceSpot spot, ICollection<Problem> problems)
    {
        var inexact = input.Type == DataType.Double || (input.Type == DataType.String && value.GetValueKind() != JsonValueKind.String) ? null : IrNumber.Inexact(value);
        if (inexact is not null)
        {
            problems.Add(Problem.Error("wrong-type", $"The parameter '{input.Name}' is given {inexact}, beyond ±(2^53−1), which Vertex cannot hold exactly. Pass it as a string.", spot));
            return null;
        }

        if (Fits(value, input.Type))
        {
            return IrNumber.Normalised(value);
        }

        var isUnquoted = input.Type == DataType.String && value.GetValueKind() is JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False;
        return Refused(input, value.Readable() + (isUnquoted ? $". Put it in quotes: '{value.Readable()}'" : ""), spot, problems);
    }

    internal static bool Fits(JsonNode value, DataType type) => (type.Name, value.GetValueKind()) switch
    {
        ("STRING", JsonValueKind.String) => true,
        ("NUMBER_DOUBLE", JsonValueKind.Number) => true,
        ("NUMBER_INTEGER", JsonValueKind.Number) => IrNumber.Value(value) is var number && Math.Truncate(number) == number && Math.Abs(number) <= IrNumber.Largest,
        ("BOOLEAN", JsonValueKind.True or JsonValueKind.False) => true,
        ("LIST", JsonValueKind.Array) => true,
        ("STRUCT", JsonValueKind.Object) => true,
        _ => false,
    };

    private static JsonNode? Refused(PipelineInput input, string text, SourceSpot spot, ICollection<Problem> problems)
    {
        var wanted = input.Type.Name switch
        {
            "STRING" => "a string",
            "NUMBER_INTEGER" => "an integer, such as 3",
            "NUMBER_DOUBLE" => "a number, such as 0.5",
            "BOOLEAN" => "true or false",
            "LIST" => "a list in JSON, such as [\"a\", \"b\"]",
            "STRUCT" => "a map in JSON, such as {\"depth\": 3}",
            _ => input.Type.ToString(),
        };
        problems.Add(Problem.Error("wrong-type", string.Create(CultureInfo.InvariantCulture, $"The parameter '{input.Name}' must be {wanted}; it was given {text}."), spot));
        return null;
    }
}

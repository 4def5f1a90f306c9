using System.Collections.Immutable;
using System.Text.Json;
using MlOps.Core.Cel;
using MlOps.LocalCloud.Vertex.Pipelines.Placeholders;
using MlOps.LocalCloud.Vertex.Pipelines.Spec;
using MlOps.LocalCloud.Vertex.Pipelines.Values;

namespace MlOps.LocalCloud.Vertex.Pipelines.Interpreting;

/// <summary>The two places of a pipeline in which CEL stands: a task's condition, and the selector of a part of a value.</summary>
internal static class PipelineExpressions
{
    /// <summary>
    /// Whether a task's condition holds. A fault is never "false". Values are of the types that the task's component declares: the
    /// item of a list whose items have no type is declared a STRING, and is compared as text whatever it is, as in KFP's backend
    /// (backend/src/v2/driver/resolve.go).
    /// </summary>
    /// <exception cref="TaskFaultException">It is neither true nor false.</exception>
    public static bool Holds(string condition, TaskInputs given, IReadOnlyDictionary<string, ParameterDefinition> declared)
    {
        var inputs = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["parameter_values"] = given.Parameters.ToDictionary(pair => pair.Key, pair => Compared(pair.Value, declared.GetValueOrDefault(pair.Key)?.Type), StringComparer.Ordinal),

            // Schema 2.0: inputs.parameters['x'].string_value.
            ["parameters"] = given.Parameters.ToDictionary(pair => pair.Key, pair => (object?)Fields(pair.Value), StringComparer.Ordinal),

            // TFX: inputs.artifacts['x'].artifacts[0].metadata['k'], or .uri.
            ["artifacts"] = given.Artifacts.ToDictionary(pair => pair.Key, pair => (object?)Artifacts(pair.Value), StringComparer.Ordinal),
        };
        return Evaluate("condition", condition, new(StringComparer.Ordinal) { ["inputs"] = inputs }) is bool result
            ? result
            : throw new TaskFaultException($"The condition `{condition}` is neither true nor false.");
    }

    /// <summary>The part of a value that a selector picks, such as <c>parseJson(string_value)["a"]</c>.</summary>
    /// <exception cref="TaskFaultException">There is no such part.</exception>
    public static JsonElement Select(string selector, JsonElement value) => CelValue.ToJson(Evaluate("selector", selector, Fields(value)));

    private static object? Compared(JsonElement value, ParameterType? declared) =>
        declared == ParameterType.String && value.ValueKind is not JsonValueKind.Null ? Coercion.Text(value) : CelValue.Of(value);

    private static object? Evaluate(string what, string expression, Dictionary<string, object?> names)
    {
        try
        {
            return CelEvaluator.Evaluate(CelParser.Parse(expression), names);
        }
        catch (CelException error)
        {
            throw new TaskFaultException($"The {what} `{expression}` has no value: {error.Message}.", error);
        }
    }

    private static Dictionary<string, object?> Artifacts(ImmutableArray<RuntimeArtifact> artifacts) =>
        new(StringComparer.Ordinal) { ["artifacts"] = artifacts.Select(artifact => CelValue.Of(Json.Of(artifact.ToJson()))).ToList() };

    // The fields of google.protobuf.Value and of schema 2.0's Value; string_value is there whatever the value is.
    private static Dictionary<string, object?> Fields(JsonElement value)
    {
        var fields = new Dictionary<string, object?>(StringComparer.Ordinal) { ["string_value"] = Coercion.Text(value) };
        switch (value.ValueKind)
        {
            case JsonValueKind.Number:
                fields["number_value"] = fields["double_value"] = value.GetDouble();
                fields["int_value"] = (long)value.GetDouble();
                break;
            case JsonValueKind.True or JsonValueKind.False:
                fields["bool_value"] = value.GetBoolean();
                break;
            case JsonValueKind.Array:
                fields["list_value"] = CelValue.Of(value);
                break;
            case JsonValueKind.Object:
                fields["struct_value"] = CelValue.Of(value);
                break;
        }

        return fields;
    }
}

using System.Collections.Immutable;
using System.Text.Json;
using MlOps.Core.Problems;
using MlOps.LocalCloud.Vertex.Pipelines.Placeholders;
using MlOps.LocalCloud.Vertex.Pipelines.Spec;
using MlOps.LocalCloud.Vertex.Pipelines.Values;

namespace MlOps.LocalCloud.Vertex.Pipelines.Interpreting;

/// <summary>A pipeline's own inputs, checked before anything runs.</summary>
internal static class RootInputs
{
    /// <summary>Given values and defaults, fitted to the declared types; every problem is added.</summary>
    public static TaskInputs Resolve(
        Component root, IReadOnlyDictionary<string, JsonElement> given, ImmutableSortedDictionary<string, ImmutableArray<RuntimeArtifact>> artifacts, ICollection<Problem> problems)
    {
        foreach (var name in given.Keys.Where(name => !root.InputParameters.ContainsKey(name)).Order(StringComparer.Ordinal))
        {
            problems.Add(Problem.Error("unknown-parameter", $"The pipeline has no parameter '{name}'.{Suggestion.For(name, root.InputParameters.Keys)}"));
        }

        foreach (var name in artifacts.Keys.Where(name => !root.InputArtifacts.ContainsKey(name)))
        {
            problems.Add(Problem.Error("unknown-artifact", $"The pipeline has no input artifact '{name}'.{Suggestion.For(name, root.InputArtifacts.Keys)}"));
        }

        foreach (var name in root.InputArtifacts.Where(pair => !pair.Value.IsOptional && !artifacts.ContainsKey(pair.Key)).Select(pair => pair.Key))
        {
            problems.Add(Problem.Error("missing-artifact", $"The pipeline needs the input artifact '{name}' (runtimeConfig.inputArtifacts)."));
        }

        var parameters = ImmutableSortedDictionary.CreateBuilder<string, JsonElement>(StringComparer.Ordinal);
        foreach (var (name, definition) in root.InputParameters)
        {
            if (Value(name, definition, given, problems) is { } value)
            {
                parameters[name] = value;
            }
        }

        return new TaskInputs(parameters.ToImmutable(), artifacts);
    }

    private static JsonElement? Value(string name, ParameterDefinition definition, IReadOnlyDictionary<string, JsonElement> given, ICollection<Problem> problems)
    {
        var value = given.TryGetValue(name, out var found) && found.ValueKind != JsonValueKind.Null ? found : definition.Default;
        if (value is not { ValueKind: not JsonValueKind.Null } there)
        {
            if (!definition.IsOptional)
            {
                problems.Add(Problem.Error("missing-parameter", $"The pipeline needs the parameter '{name}' ({definition.Type.Described()}), which has no default."));
            }

            return null;
        }

        try
        {
            var fitted = Coercion.Input(name, definition.Type, there);
            Coercion.CheckLiterals(name, definition.Literals, fitted);
            return fitted;
        }
        catch (TaskFaultException fault)
        {
            problems.Add(Problem.Error("wrong-type", fault.Message));
            return null;
        }
    }
}

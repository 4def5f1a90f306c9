using System.Collections.Immutable;
using System.Text.Json;
using MlOps.LocalCloud.Vertex.Pipelines.Interpreting;
using MlOps.LocalCloud.Vertex.Pipelines.Spec;
using MlOps.LocalCloud.Vertex.Pipelines.Values;

namespace MlOps.LocalCloud.Vertex.Pipelines.Placeholders;

/// <summary>What a task's expressions stand for (specs/pipelines.md, "Placeholders").</summary>
internal sealed record TaskPlaceholders(RunFacts Run, TaskFacts Task, Component Component, ExecutorInput Input)
{
    /// <summary>The text of an expression; null for expressions that nobody knows, which stay as they are.</summary>
    /// <exception cref="AbsentInputException">An optional input was not given.</exception>
    /// <exception cref="TaskFaultException">The component has no such input or output.</exception>
    public string? Resolve(Placeholder placeholder) => placeholder.Path switch
    {
        [] => Input.ToJson(),
        ["json_escape", var times] when int.TryParse(times, System.Globalization.CultureInfo.InvariantCulture, out var count) && count <= 8 => Escaped(Input.ToJson(), count),
        [.. var inner, "json_escape", var times] when int.TryParse(times, System.Globalization.CultureInfo.InvariantCulture, out var count) && count <= 8 =>
            Resolve(placeholder with { Path = inner }) is { } text ? Escaped(text, count) : null,
        ["inputs", "parameters", var name] => Coercion.Text(Parameter(name)),
        ["inputs", "artifacts", var name, .. var rest] => Artifact(Given(name), rest.AsSpan()),
        ["outputs", "parameters", var name, "output_file"] => Known(Input.OutputParameters, name, "output parameter"),
        ["outputs", "artifacts", var name, .. var rest] => Artifact(Known(Input.OutputArtifacts, name, "output artifact"), rest.AsSpan()),
        ["outputs", "output_file"] => Input.OutputFile,
        _ => RunPlaceholders.Resolve(placeholder, Run, Task),
    };

    public bool IsGiven(string input) => Input.Parameters.ContainsKey(input) || Input.Artifacts.ContainsKey(input);

    private static string? Artifact(ImmutableArray<RuntimeArtifact> artifacts, ReadOnlySpan<string> rest)
    {
        if (rest.Length > 0 && int.TryParse(rest[0], System.Globalization.CultureInfo.InvariantCulture, out var index))
        {
            return index < artifacts.Length ? Artifact([artifacts[index]], rest[1..]) : throw new TaskFaultException($"The artifact list has {artifacts.Length} items; item {index} was asked for.");
        }

        if (artifacts.IsEmpty)
        {
            return rest.Length == 0 ? "[]" : throw new TaskFaultException("The artifact list is empty.");
        }

        var first = artifacts[0];
        return rest switch
        {
            [] => artifacts.Length == 1 ? Json.Text(Json.Of(first.ToJson())) : "[" + string.Join(',', artifacts.Select(artifact => Json.Text(Json.Of(artifact.ToJson())))) + "]",
            ["uri"] => first.Uri,
            ["path"] => first.Path,
            ["name"] => first.Name,
            ["metadata" or "properties"] => Json.Text(first.Metadata),
            ["metadata" or "properties" or "custom_properties", var key] => first.Metadata.TryGetProperty(key, out var value) ? Coercion.Text(value) : throw new TaskFaultException($"Artifact '{first.Name}' has no metadata '{key}'."),
            _ => null,
        };
    }

    private static T Known<T>(ImmutableSortedDictionary<string, T> all, string name, string what) =>
        all.TryGetValue(name, out var found) ? found : throw new TaskFaultException($"The component has no {what} '{name}'.{Core.Problems.Suggestion.For(name, all.Keys)}");

    private JsonElement Parameter(string name)
    {
        if (Input.Parameters.TryGetValue(name, out var value))
        {
            return value;
        }

        throw Component.InputParameters.ContainsKey(name) ? new AbsentInputException(name) : Unknown(name, Component.InputParameters.Keys);
    }

    private ImmutableArray<RuntimeArtifact> Given(string name)
    {
        if (Input.Artifacts.TryGetValue(name, out var artifacts))
        {
            return artifacts;
        }

        throw Component.InputArtifacts.ContainsKey(name) ? new AbsentInputException(name) : Unknown(name, Component.InputArtifacts.Keys);
    }

    private static TaskFaultException Unknown(string name, IEnumerable<string> known) => new($"The component has no input '{name}'.{Core.Problems.Suggestion.For(name, known)}");

    // {{$.json_escape[1]}}: to be put between quotes in a JSON text, once for each level.
    private static string Escaped(string text, int times) => times == 0 ? text : Escaped(Json.Text(Json.Of(text))[1..^1], times - 1);
}

using System.Collections.Immutable;
using System.Text.Json.Nodes;
using System.Text.Json;
using MlOps.Core.Files;
using MlOps.LocalCloud.Vertex.Pipelines.Placeholders;
using MlOps.LocalCloud.Vertex.Pipelines.Spec;
using MlOps.LocalCloud.Vertex.Pipelines.Values;

namespace MlOps.LocalCloud.Vertex.Pipelines.Interpreting;

/// <summary>
/// The inputs of one task: from the graph around it, from its neighbours' outputs, from constants whose expressions are
/// filled in, from defaults; then fitted to the declared types.
/// </summary>
internal sealed class InputResolution
{
    private readonly PipelineTask _task;
    private readonly Component _component;
    private readonly TaskNode _graph;
    private readonly RunFacts _run;
    private readonly TaskFacts _facts;
    private readonly Dictionary<string, JsonElement?> _found = new(StringComparer.Ordinal);
    private readonly HashSet<string> _resolving = new(StringComparer.Ordinal);
    private readonly ImmutableSortedDictionary<string, ImmutableArray<RuntimeArtifact>> _artifacts;

    private InputResolution(PipelineTask task, Component component, TaskNode graph, RunFacts run, TaskFacts facts)
    {
        (_task, _component, _graph, _run, _facts) = (task, component, graph, run, facts);
        _artifacts = Artifacts();
    }

    /// <param name="graph">The graph around the task, its tasks' states included.</param>
    /// <exception cref="TaskFaultException">An input has no value, or one of another type.</exception>
    public static TaskInputs Resolve(PipelineTask task, Component component, TaskNode graph, RunFacts run, TaskFacts facts) =>
        new InputResolution(task, component, graph, run, facts).Inputs();

    /// <summary>A loop's items that stand in the file; expressions in their strings are filled in.</summary>
    /// <exception cref="TaskFaultException">They are not a list.</exception>
    public static JsonElement RawItems(PipelineTask task, Component component, TaskNode graph, RunFacts run, TaskFacts facts)
    {
        var resolution = new InputResolution(task, component, graph, run, facts);
        try
        {
            return Json.Of(resolution.Filled(Json.Parse(task.Iterator!.Raw!)));
        }
        catch (JsonException error)
        {
            throw new TaskFaultException($"The items of the loop are not JSON: {JsonFault.Words(task.Iterator!.Raw!)}.", error);
        }
    }

    private TaskInputs Inputs()
    {
        var parameters = ImmutableSortedDictionary.CreateBuilder<string, JsonElement>(StringComparer.Ordinal);
        foreach (var name in _task.Parameters.Keys.Union(_component.InputParameters.Keys, StringComparer.Ordinal).Where(name => !IsItem(name)))
        {
            if (Fitted(name) is { } value)
            {
                parameters[name] = value;
            }
        }

        foreach (var name in _component.InputArtifacts.Where(pair => IsRequired(pair.Value.IsOptional) && !_artifacts.ContainsKey(pair.Key) && !IsItem(pair.Key)).Select(pair => pair.Key))
        {
            throw new TaskFaultException($"Input artifact '{name}' is missing{Why(_task.Artifacts.GetValueOrDefault(name) is ArtifactSource.FromTask source ? source.Producer : null)}.");
        }

        return new TaskInputs(parameters.ToImmutable(), _artifacts);
    }

    private bool IsItem(string name) => _task.Iterator?.ItemInput == name;

    private JsonElement? Fitted(string name)
    {
        var definition = _component.InputParameters.GetValueOrDefault(name);
        var value = Value(name) ?? Present(definition?.Default);
        if (value is { } given)
        {
            var fitted = Coercion.Input(name, _component.Takes(name), given);
            Coercion.CheckLiterals(name, definition?.Literals ?? [], fitted);
            return fitted;
        }

        return definition is null || !IsRequired(definition.IsOptional) || definition.Type == ParameterType.TaskFinalStatus
            ? null
            : throw new TaskFaultException($"Input '{name}' has no value{Why(_task.Parameters.GetValueOrDefault(name) is ParameterSource.FromTask source ? source.Producer : null)}.");
    }

    // Compilers declare no input of a group as optional, whatever it is in the pipeline around it: a group passes on that there is none.
    private bool IsRequired(bool optional) => !optional && _component.Dag is null;

    private string Why(string? producer) => producer is null ? "" : $": the task '{producer}' is {_graph.Children[producer].State} and did not give it";

    // null in a pipeline means: not given.
    private static JsonElement? Present(JsonElement? value) => value is { ValueKind: JsonValueKind.Null or JsonValueKind.Undefined } ? null : value;

    private JsonElement? Value(string name)
    {
        if (_found.TryGetValue(name, out var known))
        {
            return known;
        }

        if (!_task.Parameters.TryGetValue(name, out var source))
        {
            return null;
        }

        if (!_resolving.Add(name))
        {
            throw new TaskFaultException($"Input '{name}' refers to itself.");
        }

        var value = Present(source switch
        {
            ParameterSource.FromInput input => Given(_graph.Inputs.Parameters, input.Input),
            ParameterSource.FromTask task => Given(_graph.Children[task.Producer].Outputs.Parameters, task.Key),
            ParameterSource.FinalStatus status => FinalStatus.Of(_graph.Children[status.Producer], _run),
            ParameterSource.Constant constant => Constant(name, constant.Value),
            _ => null,
        });
        if (value is { } whole && source.Selector is { } selector)
        {
            value = Present(PipelineExpressions.Select(selector, whole));
        }

        return _found[name] = value;
    }

    private static JsonElement? Given(ImmutableSortedDictionary<string, JsonElement> values, string name) => values.TryGetValue(name, out var value) ? value : null;

    private JsonElement? Constant(string name, JsonElement constant)
    {
        if (constant.ValueKind != JsonValueKind.String)
        {
            return Json.Of(Filled(constant));
        }

        var text = constant.GetString()!;
        if (Placeholder.Whole(text) is { Path: ["inputs", "parameters", var other] } && _task.Parameters.ContainsKey(other) && Value(other) is null)
        {
            return null;
        }

        var filled = Placeholder.Expand(text, Resolve);
        return filled == text ? constant : Coercion.FromText(_component.InputParameters.GetValueOrDefault(name)?.Type ?? ParameterType.Undeclared, filled);
    }

    private JsonNode? Filled(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => JsonValue.Create(Placeholder.Expand(value.GetString()!, Resolve)),
        JsonValueKind.Object => new JsonObject(value.EnumerateObject().Select(pair => KeyValuePair.Create(Placeholder.Expand(pair.Name, Resolve), Filled(pair.Value)))),
        JsonValueKind.Array => new JsonArray([.. value.EnumerateArray().Select(Filled)]),
        _ => Json.Node(value),
    };

    private string? Resolve(Placeholder placeholder) => placeholder.Path switch
    {
        ["inputs", "parameters", var name] => Value(name) is { } value ? Coercion.Text(value) : _task.Parameters.ContainsKey(name) ? "" : null,
        ["inputs", "artifacts", var name, "uri"] when _artifacts.TryGetValue(name, out var artifacts) && !artifacts.IsEmpty => artifacts[0].Uri,
        ["inputs", "artifacts", var name, "path"] when _artifacts.TryGetValue(name, out var artifacts) && !artifacts.IsEmpty => artifacts[0].Path,
        _ => RunPlaceholders.Resolve(placeholder, _run, _facts),
    };

    private ImmutableSortedDictionary<string, ImmutableArray<RuntimeArtifact>> Artifacts()
    {
        var found = ImmutableSortedDictionary.CreateBuilder<string, ImmutableArray<RuntimeArtifact>>(StringComparer.Ordinal);
        foreach (var (name, source) in _task.Artifacts)
        {
            var (from, key) = source switch
            {
                ArtifactSource.FromTask task => (_graph.Children[task.Producer].Outputs.Artifacts, task.Key),
                _ => (_graph.Inputs.Artifacts, ((ArtifactSource.FromInput)source).Input),
            };
            if (from.TryGetValue(key, out var artifacts))
            {
                found[name] = artifacts;
            }
        }

        return found.ToImmutable();
    }
}

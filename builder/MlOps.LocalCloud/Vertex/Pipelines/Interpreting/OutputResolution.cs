using System.Collections.Immutable;
using System.Text.Json;
using MlOps.LocalCloud.Vertex.Pipelines.Placeholders;
using MlOps.LocalCloud.Vertex.Pipelines.Spec;
using MlOps.LocalCloud.Vertex.Pipelines.Values;

namespace MlOps.LocalCloud.Vertex.Pipelines.Interpreting;

/// <summary>The outputs of graphs, from their tasks, and of loops, from their iterations.</summary>
internal static class OutputResolution
{
    /// <summary>An output whose task was not triggered is absent; of a OneOf, the first that is there is taken.</summary>
    /// <exception cref="TaskFaultException">None of a OneOf's tasks gave its output.</exception>
    public static TaskOutputs OfGraph(TaskNode graph)
    {
        var dag = graph.Component.Dag!;
        var parameters = ImmutableSortedDictionary.CreateBuilder<string, JsonElement>(StringComparer.Ordinal);
        var artifacts = ImmutableSortedDictionary.CreateBuilder<string, ImmutableArray<RuntimeArtifact>>(StringComparer.Ordinal);
        var collected = ImmutableHashSet.CreateBuilder<string>(StringComparer.Ordinal);
        foreach (var (name, output) in dag.Parameters)
        {
            if (First(graph, name, output.Selectors, output.IsOneOf, outputs => outputs.Parameters) is { } found)
            {
                parameters[name] = found.Value;
                collected.UnionWith(found.IsCollected ? [name] : []);
            }
        }

        foreach (var (name, output) in dag.Artifacts)
        {
            if (First(graph, name, output.Selectors, output.IsOneOf, outputs => outputs.Artifacts) is { } found)
            {
                artifacts[name] = found.Value;
            }
        }

        return new TaskOutputs(parameters.ToImmutable(), artifacts.ToImmutable(), collected.ToImmutable());
    }

    /// <summary>Parameters as a list and artifacts as an artifact list, in the order of the items; no items give empty lists.</summary>
    public static TaskOutputs OfLoop(TaskNode loop)
    {
        var iterations = Enumerable.Range(0, loop.Children.Count).Select(index => loop.Children[index.ToString(System.Globalization.CultureInfo.InvariantCulture)].Outputs).ToList();
        var parameters = loop.Component.OutputParameters.ToImmutableSortedDictionary(pair => pair.Key, pair => Collected(pair.Key, pair.Value, iterations), StringComparer.Ordinal);
        var artifacts = loop.Component.OutputArtifacts.Keys.ToImmutableSortedDictionary(
            name => name, name => iterations.SelectMany(outputs => outputs.Artifacts.TryGetValue(name, out var found) ? found : []).ToImmutableArray(), StringComparer.Ordinal);
        return new TaskOutputs(parameters, artifacts, [.. parameters.Keys]);
    }

    private static JsonElement Collected(string name, ParameterDefinition definition, IEnumerable<TaskOutputs> iterations)
    {
        var items = iterations.Where(outputs => outputs.Parameters.ContainsKey(name))
            .SelectMany(outputs => outputs.Parameters[name] is { ValueKind: JsonValueKind.Array } list && outputs.Collected.Contains(name) ? list.EnumerateArray() : (IEnumerable<JsonElement>)[outputs.Parameters[name]]);
        var list = Json.List(items);

        // Schema 2.0 has no lists: there it is a string that holds one.
        return definition.Type == ParameterType.String ? Json.Of(Json.Text(list)) : list;
    }

    private static (T Value, bool IsCollected)? First<T>(
        TaskNode graph, string name, ImmutableArray<OutputSelector> selectors, bool isOneOf, Func<TaskOutputs, ImmutableSortedDictionary<string, T>> of)
    {
        foreach (var selector in selectors)
        {
            var producer = graph.Children[selector.Producer];
            if (producer.IsSuccess && of(producer.Outputs).TryGetValue(selector.Key, out var value))
            {
                return (value, producer.Outputs.Collected.Contains(selector.Key));
            }
        }

        return isOneOf
            ? throw new TaskFaultException($"Output '{name}' comes from one of {string.Join(", ", selectors.Select(selector => $"'{selector.Producer}'"))}, none of which succeeded.")
            : null;
    }
}

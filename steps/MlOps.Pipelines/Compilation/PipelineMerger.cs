using System.Text.Json;
using System.Text.Json.Nodes;
using MlOps.Pipelines.Components;

namespace MlOps.Pipelines.Compilation;

/// <summary>Merges a pipeline into the one that uses it.</summary>
internal static class PipelineMerger
{
    /// <summary>
    /// Adds copies of the nested pipeline's components and executors; names, taken in sorted order, that are taken give way by
    /// <c>-2</c>, <c>-3</c>, … together with all references to them.
    /// </summary>
    /// <param name="nested">The pipeline that is used; stays as it is.</param>
    /// <param name="components">Of the pipeline that uses it.</param>
    /// <param name="executors">Of the pipeline that uses it.</param>
    /// <param name="reserved">Executor labels that count as taken.</param>
    /// <returns>The nested pipeline's root, to be the component of the task that uses it.</returns>
    public static JsonObject Merge(JsonObject nested, JsonObject components, JsonObject executors, IReadOnlySet<string> reserved)
    {
        var nestedExecutors = nested["deploymentSpec"]?["executors"] as JsonObject ?? [];
        var nestedComponents = nested["components"] as JsonObject ?? [];
        var labels = Renamed(nestedExecutors, label => executors.ContainsKey(label) || reserved.Contains(label));
        var names = Renamed(nestedComponents, components.ContainsKey);
        foreach (var (label, executor) in nestedExecutors)
        {
            executors[labels[label]] = executor?.DeepClone();
        }

        foreach (var (name, component) in nestedComponents)
        {
            components[names[name]] = Copy((JsonObject)component!, names, labels);
        }

        return Copy((JsonObject)nested["root"]!, names, labels);
    }

    private static Dictionary<string, string> Renamed(JsonObject nested, Func<string, bool> isTaken)
    {
        var renamed = new Dictionary<string, string>(StringComparer.Ordinal);
        var given = new HashSet<string>(StringComparer.Ordinal);
        foreach (var name in nested.Select(pair => pair.Key).Order(StringComparer.Ordinal))
        {
            renamed[name] = Names.Unique(name, candidate => isTaken(candidate) || given.Contains(candidate));
            given.Add(renamed[name]);
        }

        return renamed;
    }

    private static JsonObject Copy(JsonObject component, Dictionary<string, string> names, Dictionary<string, string> labels)
    {
        var copy = (JsonObject)component.DeepClone();
        if (Text(copy["executorLabel"]) is { } label && labels.TryGetValue(label, out var newLabel))
        {
            copy["executorLabel"] = newLabel;
        }

        foreach (var (_, task) in copy["dag"]?["tasks"] as JsonObject ?? [])
        {
            if (task?["componentRef"] is JsonObject reference && Text(reference["name"]) is { } name && names.TryGetValue(name, out var newName))
            {
                reference["name"] = newName;
            }
        }

        return copy;
    }

    private static string? Text(JsonNode? node) => node is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;
}

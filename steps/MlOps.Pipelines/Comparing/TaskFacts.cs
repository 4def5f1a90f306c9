using System.Text.Json.Nodes;
using MlOps.Core.Files;
using MlOps.Pipelines.Components;
using MlOps.Pipelines.Ir;
using MlOps.Pipelines.Outlines;

namespace MlOps.Pipelines.Comparing;

/// <summary>All that can be said of one task or group beside its name and image, field by field, in words.</summary>
internal sealed class TaskFacts(PipelineOutline outline, SourceWords words)
{
    private static readonly string[] KnownOfTask = ["taskInfo", "inputs", "dependentTasks", "cachingOptions", "componentRef", "triggerPolicy", "artifactIterator", "parameterIterator", "retryPolicy", "iteratorPolicy"];
    private static readonly string[] KnownOfContainer = ["image", "command", "args", "env", "resources"];

    public SortedDictionary<string, string> Of(OutlineNode node)
    {
        var facts = new SortedDictionary<string, string>(StringComparer.Ordinal);
        AddTask(facts, node);
        if (node.IsBox)
        {
            AddBox(facts, node);
        }
        else
        {
            AddInputs(facts, node);
            AddExecutor(facts, node);
        }

        // Of the other boxes the compiler made up what they take and hand out.
        if (TaskMatching.HasName(node))
        {
            AddInterface(facts, node);
        }

        return facts;
    }

    private void AddTask(SortedDictionary<string, string> facts, OutlineNode node)
    {
        var order = outline.Upstream(node).Where(upstream => !upstream.IsData).Select(upstream => words.Whole(upstream.Task)).Order(StringComparer.Ordinal);
        Add(facts, "after", string.Join(", ", order));
        Add(facts, "if", words.Condition(node));
        Add(facts, "displayName", node.Name == node.Key ? null : node.Name);
        Add(facts, "runs", node.RunsInAnyCase ? "whatever happens before it" : null);
        Add(facts, "retry", Retry(node.Task.Map("retryPolicy")));
        if (TaskMatching.HasName(node))
        {
            var caching = node.Task.Map("cachingOptions");
            Add(facts, "caching", !caching.Flag("enableCache") ? "off" : caching.Text("cacheKey") is { Length: > 0 } key ? $"by the key '{key}'" : "on");
        }

        Add(facts, "other", Rest(node.Task, KnownOfTask));
    }

    private void AddBox(SortedDictionary<string, string> facts, OutlineNode box)
    {
        if (box.Iterator is not null)
        {
            Add(facts, "items", words.Items(box));
            Add(facts, "parallelism", box.Task.Map("iteratorPolicy")?["parallelismLimit"]?.ToString() is { } limit and not "0" ? limit : null);
        }
    }

    private void AddInputs(SortedDictionary<string, string> facts, OutlineNode node)
    {
        foreach (var (name, isArtifact) in PipelineOutline.InputsOf(node).Where(input => !Ir.Checking.TaskCheck.IsInjected(input.Name)))
        {
            Add(facts, $"inputs.{name}", words.Of(outline.Input(node, name, isArtifact)));
        }
    }

    private static void AddInterface(SortedDictionary<string, string> facts, OutlineNode node)
    {
        foreach (var (side, key) in new[] { ("inputs", "inputDefinitions"), ("outputs", "outputDefinitions") })
        {
            foreach (var (name, definition) in new[] { "parameters", "artifacts" }.SelectMany(kind => node.Component.Map(key).Map(kind).Maps()))
            {
                Add(facts, $"{side}.{name}: type", TypeOf(definition));
                Add(facts, $"{side}.{name}: default", definition["defaultValue"]?.Readable() ?? (definition.Flag("isOptional") ? "optional" : null));
            }
        }
    }

    /// <summary>With the version of the artifact's schema where that is not the usual one.</summary>
    public static string TypeOf(JsonObject definition) => IrType.Of(definition) switch
    {
        null => "unknown",
        { Version: { } version and not DataType.DefaultSchemaVersion } type => $"{type} {version}",
        var type => type.ToString(),
    };

    private static void AddExecutor(SortedDictionary<string, string> facts, OutlineNode node)
    {
        var container = node.Executor.Map("container");
        Add(facts, "command", Lines(container.List("command")));
        Add(facts, "args", Lines(container.List("args")));
        foreach (var variable in container.List("env") ?? [])
        {
            Add(facts, $"env.{variable.Text("name")}", variable.Text("value") ?? "");
        }

        AddResources(facts, ContainerResources.Of(container.Map("resources")));
        Add(facts, "container", Rest(container ?? [], KnownOfContainer));
        foreach (var (kind, what) in (node.Executor ?? []).Where(pair => pair.Key != "container"))
        {
            foreach (var (key, value) in what as JsonObject ?? [])
            {
                Add(facts, $"{kind}.{key}", (value as JsonObject)?["constant"] is { } constant ? constant.Readable() : CanonicalJson.Text(value));
            }
        }
    }

    private static void AddResources(SortedDictionary<string, string> facts, ContainerResources resources)
    {
        Add(facts, "resources.cpu", resources.Cpu);
        Add(facts, "resources.memory", resources.Memory);
        Add(facts, "resources.cpuRequest", resources.CpuRequest);
        Add(facts, "resources.memoryRequest", resources.MemoryRequest);
        Add(facts, "resources.accelerator", resources.AcceleratorCount is null ? null : $"{resources.AcceleratorCount} x {resources.AcceleratorType}");
    }

    private static string? Retry(JsonObject? policy) => policy is null || policy["maxRetryCount"]?.ToString() is null or "0"
        ? null
        : $"{policy["maxRetryCount"]} times, after {policy.Text("backoffDuration") ?? "0s"} x {policy["backoffFactor"]?.ToString() ?? "2"}, at most {policy.Text("backoffMaxDuration") ?? "3600s"}";

    /// <summary>An item a line; texts of many lines keep theirs.</summary>
    private static string? Lines(JsonArray? list) => list is null ? null : string.Join('\n', list.Select(item => item.AsText() ?? item?.Readable() ?? "null"));

    private static string? Rest(JsonObject map, string[] known) =>
        map.Where(pair => Array.IndexOf(known, pair.Key) < 0).ToArray() is { Length: > 0 } rest ? CanonicalJson.Text(new JsonObject(rest.Select(pair => KeyValuePair.Create(pair.Key, pair.Value?.DeepClone())))) : null;

    private static void Add(SortedDictionary<string, string> facts, string field, string? value)
    {
        if (!string.IsNullOrEmpty(value) || (value is not null && field.StartsWith("env.", StringComparison.Ordinal)))
        {
            facts[field] = value;
        }
    }
}

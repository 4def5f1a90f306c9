using System.Collections.Immutable;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using MlOps.Pipelines.Ir;

namespace MlOps.Pipelines.Outlines;

/// <summary>What a task of the IR is: something that runs, or a box around tasks.</summary>
internal enum OutlineKind
{
    Container,
    Importer,
    Other,
    Condition,
    Branches,
    Loop,
    ExitHandler,
    Nested,
}

/// <summary>A task where it stands: a component that two tasks run is there twice.</summary>
internal sealed partial class OutlineNode(string key, OutlineNode? parent, JsonObject task, string? component, JsonObject definition, JsonObject? executor)
{
    /// <summary>In its DAG.</summary>
    public string Key { get; } = key;

    /// <summary>The box around it; null at the top.</summary>
    public OutlineNode? Parent { get; } = parent;

    public JsonObject Task { get; } = task;

    public string? ComponentName { get; } = component;

    /// <summary>Its component in the IR; empty where there is none.</summary>
    public JsonObject Component { get; } = definition;

    public JsonObject? Executor { get; } = executor;

    /// <summary>The tasks inside, in the order of the file; empty for what runs.</summary>
    public ImmutableArray<OutlineNode> Children { get; set; } = [];

    public OutlineKind Kind { get; } = KindOf(key, task, definition, executor);

    public bool IsBox => Kind >= OutlineKind.Condition;

    /// <summary>As people named it.</summary>
    public string Name => Task.Map("taskInfo").Text("name") is { Length: > 0 } name ? name : Key;

    /// <summary>The keys of the nested pipelines around it and its own. Compilers number the other boxes, so that these say little.</summary>
    public string Path => (Parent?.Prefix ?? "") + Key;

    private string Prefix => Kind == OutlineKind.Nested ? Path + "/" : Parent?.Prefix ?? "";

    public string? Condition => Task.Map("triggerPolicy").Text("condition") is { Length: > 0 } condition ? condition : null;

    public JsonObject? Iterator => Task.Map("parameterIterator") ?? Task.Map("artifactIterator");

    /// <summary>Runs whatever becomes of the tasks that it waits for.</summary>
    public bool RunsInAnyCase => Task.Map("triggerPolicy").Text("strategy") == "ALL_UPSTREAM_TASKS_COMPLETED";

    public IEnumerable<OutlineNode> Boxes()
    {
        for (var box = Parent; box is not null; box = box.Parent)
        {
            yield return box;
        }
    }

    private static OutlineKind KindOf(string key, JsonObject task, JsonObject component, JsonObject? executor)
    {
        if (component.Map("dag") is null)
        {
            return executor.Map("container") is not null ? OutlineKind.Container : executor.Map("importer") is not null ? OutlineKind.Importer : OutlineKind.Other;
        }

        if (task["parameterIterator"] is JsonObject || task["artifactIterator"] is JsonObject)
        {
            return OutlineKind.Loop;
        }

        var group = GroupKey().Match(key);
        return !group.Success ? OutlineKind.Nested : group.Groups["kind"].Value switch
        {
            "condition" => OutlineKind.Condition,
            "condition-branches" => OutlineKind.Branches,
            "for-loop" => OutlineKind.Loop,
            _ => OutlineKind.ExitHandler,
        };
    }

    // Names that KFP's compiler gives (specs/pipelines.md, "Names").
    [GeneratedRegex("^(?<kind>condition-branches|condition|for-loop|exit-handler)-[0-9]+$", RegexOptions.CultureInvariant)]
    private static partial Regex GroupKey();
}

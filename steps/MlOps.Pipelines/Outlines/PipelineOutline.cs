using System.Collections.Immutable;
using System.Text.Json.Nodes;
using MlOps.Pipelines.Ir;

namespace MlOps.Pipelines.Outlines;

/// <summary>A compiled pipeline with every task in its place, and where each of their inputs comes from. What leads nowhere is left out.</summary>
internal sealed class PipelineOutline
{
    // Pipelines nested in each other twice a level double with each level.
    private const int Largest = 5000;
    private readonly Dictionary<(OutlineNode? Box, string Key), OutlineNode> _nodes = [];

    private PipelineOutline(JsonObject spec) => Spec = spec;

    public JsonObject Spec { get; }

    public string Name => Spec.Map("pipelineInfo").Text("name") ?? "pipeline";

    /// <summary>The tasks at the top.</summary>
    public ImmutableArray<OutlineNode> Tasks { get; private set; } = [];

    /// <summary>Every task, boxes before what is in them.</summary>
    public IEnumerable<OutlineNode> All() => Below(Tasks);

    public static PipelineOutline Of(JsonObject spec)
    {
        var outline = new PipelineOutline(spec);
        outline.Tasks = outline.Children(null, spec.Map("root"), []);
        return outline;
    }

    /// <summary>Where the pipeline's output comes from.</summary>
    public OutlineSource Output(string name, bool isArtifact) => FromInside(null, Spec.Map("root"), name, isArtifact);

    /// <summary>The names of what a task is given.</summary>
    public static IEnumerable<(string Name, bool IsArtifact)> InputsOf(OutlineNode task)
    {
        var inputs = task.Task.Map("inputs");
        return inputs.Map("parameters").Maps().Select(input => (input.Key, false)).Concat(inputs.Map("artifacts").Maps().Select(input => (input.Key, true)));
    }

    /// <summary>Where an input of a task comes from.</summary>
    public OutlineSource Input(OutlineNode task, string name, bool isArtifact)
    {
        if (task.Task.Map("inputs").Map(isArtifact ? "artifacts" : "parameters").Map(name) is not { } source)
        {
            return new OutlineSource.Nothing();
        }

        var found = Source(task, source, isArtifact);
        return source.Text("parameterExpressionSelector") is { } selector ? new OutlineSource.Part(found, selector) : found;
    }

    /// <summary>The tasks beside it that it waits for, by data or by order.</summary>
    public IEnumerable<(OutlineNode Task, bool IsData)> Upstream(OutlineNode task)
    {
        var inputs = task.Task.Map("inputs");
        var data = inputs.Map("parameters").Maps().Select(input => input.Value.Map("taskOutputParameter"))
            .Concat(inputs.Map("artifacts").Maps().Select(input => input.Value.Map("taskOutputArtifact")))
            .Concat(inputs.Map("parameters").Maps().Select(input => input.Value.Map("taskFinalStatus")))
            .Select(output => Beside(task, output.Text("producerTask"))).OfType<OutlineNode>().ToHashSet();
        var order = (task.Task.List("dependentTasks") ?? []).Select(name => Beside(task, name.AsText())).OfType<OutlineNode>();
        return data.Select(one => (one, true)).Concat(order.Distinct().Where(one => !data.Contains(one)).Select(one => (one, false)));
    }

    /// <summary>The inputs and outputs that a value is made of, those that its text fills in among them.</summary>
    public IEnumerable<OutlineSource> Leaves(OutlineSource source) => source.Leaves().SelectMany(leaf => leaf is OutlineSource.Constant { For: { } task, Value: { } value }
        ? SourceWords.FilledIn(value.ToJsonString()).Select(name => FilledIn(task, name)).OfType<OutlineSource>().SelectMany(Leaves)
        : [leaf]);

    /// <summary>What the text of a task's constant fills in by name; null for what is no input, or a constant itself, which might lead back here.</summary>
    public OutlineSource? FilledIn(OutlineNode task, string name) =>
        Input(task, name, isArtifact: false) is var source && source is OutlineSource.Nothing || (source is OutlineSource.Constant constant && constant.For == task) ? null : source;

    private OutlineSource Source(OutlineNode task, JsonObject source, bool isArtifact)
    {
        if (source.Text(isArtifact ? "componentInputArtifact" : "componentInputParameter") is { } outer)
        {
            return Within(task.Parent, outer, isArtifact);
        }

        if (source.Map(isArtifact ? "taskOutputArtifact" : "taskOutputParameter") is { } output)
        {
            return Beside(task, output.Text("producerTask")) is { } producer
                ? OutputOf(producer, output.Text(isArtifact ? "outputArtifactKey" : "outputParameterKey") ?? "", isArtifact)
                : new OutlineSource.Nothing();
        }

        if (source.Map("taskFinalStatus") is { } status)
        {
            return new OutlineSource.Status(Beside(task, status.Text("producerTask")));
        }

        return source.Map("runtimeValue") is { } value ? new OutlineSource.Constant(value["constant"] ?? Legacy(value["constantValue"]), task) : new OutlineSource.Nothing();
    }

    // Schema 2.0: {"stringValue": …}.
    private static JsonNode? Legacy(JsonNode? value) => value is JsonObject { Count: 1 } typed ? typed.First().Value : null;

    /// <summary>What an input of a box is, seen from inside.</summary>
    private OutlineSource Within(OutlineNode? box, string input, bool isArtifact)
    {
        if (box is null)
        {
            return new OutlineSource.Input(input, isArtifact);
        }

        if (box.Iterator.Text("itemInput") == input)
        {
            return new OutlineSource.Item(box, isArtifact);
        }

        var given = Input(box, input, isArtifact);
        return given is OutlineSource.Nothing && box.Component.Map("inputDefinitions").Map("parameters").Map(input)?["defaultValue"] is { } standing
            ? new OutlineSource.Constant(standing, null)
            : given;
    }

    private OutlineSource OutputOf(OutlineNode task, string key, bool isArtifact)
    {
        if (!task.IsBox)
        {
            return new OutlineSource.Output(task, key, isArtifact);
        }

        var inside = FromInside(task, task.Component, key, isArtifact);
        return task.Kind == OutlineKind.Loop && inside is not OutlineSource.Nothing ? new OutlineSource.Collected(inside) : inside;
    }

    private OutlineSource FromInside(OutlineNode? box, JsonObject? component, string key, bool isArtifact)
    {
        var output = component.Map("dag").Map("outputs").Map(isArtifact ? "artifacts" : "parameters").Map(key);
        var selectors = (output.List("artifactSelectors") ?? []).Concat(output.Map("valueFromOneof").List("parameterSelectors") ?? []).Append(output?["valueFromParameter"]).OfType<JsonObject>();
        var sources = selectors
            .Select(selector => _nodes.GetValueOrDefault((box, selector.Text("producerSubtask") ?? "")) is { } producer
                ? OutputOf(producer, selector.Text("outputParameterKey") ?? selector.Text("outputArtifactKey") ?? "", isArtifact)
                : new OutlineSource.Nothing())
            .Where(source => source is not OutlineSource.Nothing)
            .ToImmutableArray();
        return sources.Length switch { 0 => new OutlineSource.Nothing(), 1 => sources[0], _ => new OutlineSource.OneOf(sources) };
    }

    private OutlineNode? Beside(OutlineNode task, string? key) => key is null ? null : _nodes.GetValueOrDefault((task.Parent, key));

    private ImmutableArray<OutlineNode> Children(OutlineNode? box, JsonObject? component, ImmutableHashSet<string> around) =>
        [.. component.Map("dag").Map("tasks").Maps().Where(_ => _nodes.Count < Largest).Select(task => Node(box, task.Key, task.Value, around))];

    private OutlineNode Node(OutlineNode? box, string key, JsonObject task, ImmutableHashSet<string> around)
    {
        var name = task.Map("componentRef").Text("name");
        var component = name is null || around.Contains(name) ? [] : Spec.Map("components").Map(name) ?? [];
        var executor = component.Text("executorLabel") is { } label ? Spec.Map("deploymentSpec").Map("executors").Map(label) : null;
        var node = new OutlineNode(key, box, task, name, component, executor);
        _nodes[(box, key)] = node;
        var children = Children(node, component, name is null ? around : around.Add(name));
        // Of branches the first that applies runs: their numbers say in which order, which the file need not be in.
        node.Children = node.Kind == OutlineKind.Branches ? children.Sort((one, other) => (one.Key.Length, one.Key).CompareTo((other.Key.Length, other.Key))) : children;
        return node;
    }

    private static IEnumerable<OutlineNode> Below(IEnumerable<OutlineNode> nodes) => nodes.SelectMany(node => Below(node.Children).Prepend(node));
}

using System.Collections.Immutable;
using System.Text.Json.Nodes;
using MlOps.Core.Drawing;
using MlOps.Pipelines.Ir;
using MlOps.Pipelines.Outlines;

namespace MlOps.Pipelines.Pictures;

/// <summary>
/// A compiled pipeline as a graph for people: tasks, what the pipeline takes and hands out, and the artifacts between tasks are
/// nodes; parameters that tasks hand on are the labels of arrows; conditions, loops, exit handlers and nested pipelines are
/// groups.
/// </summary>
public sealed class PipelinePicture
{
    // An input that more tasks take than this is named in them; its arrows would hide the others.
    private const int MostArrows = 4;
    private readonly PipelineOutline _outline;
    private readonly PictureText _text;
    private readonly List<PictureNode> _nodes = [];
    private readonly List<PictureEdge> _edges = [];
    private readonly Dictionary<OutlineNode, int> _tasks = [];
    private readonly Dictionary<OutlineNode, int> _groups = [];
    private readonly Dictionary<OutlineSource, int> _values = [];
    private readonly List<(OutlineSource Source, OutlineNode To)> _flows = [];

    private PipelinePicture(JsonObject spec)
    {
        _outline = PipelineOutline.Of(spec);
        _text = new PictureText(_outline);
    }

    /// <param name="spec">A PipelineSpec without cycles, whoever compiled it; what leads nowhere is left out.</param>
    public static GraphPicture Of(JsonObject spec)
    {
        var picture = new PipelinePicture(spec);
        var groups = picture.Groups();
        picture.FindFlows();
        picture.AddInputs();
        picture.AddTasks();
        picture.AddFlows();
        picture.AddOrder();
        picture.AddOutputs();
        return new GraphPicture($"Pipeline {picture._outline.Name}", [.. picture._nodes], [.. picture._edges.Distinct()]) { Groups = groups };
    }

    private ImmutableArray<PictureGroup> Groups()
    {
        var groups = ImmutableArray.CreateBuilder<PictureGroup>();
        foreach (var box in _outline.All().Where(node => node.IsBox))
        {
            _groups[box] = groups.Count;
            groups.Add(new PictureGroup(_text.Title(box), _text.Details(box), GroupOf(box)));
        }

        return groups.ToImmutable();
    }

    private int? GroupOf(OutlineNode node) => node.Parent is null ? null : _groups[node.Parent];

    /// <summary>What each task takes, and what conditions and loops look at.</summary>
    private void FindFlows()
    {
        foreach (var node in _outline.All())
        {
            var used = node.IsBox ? UsedByItself(node) : PipelineOutline.InputsOf(node);
            // The branches of one choice mostly look at the same values.
            var to = node.Kind == OutlineKind.Condition && node.Parent?.Kind == OutlineKind.Branches ? node.Parent : node;
            var sources = used.SelectMany(input => _outline.Leaves(_outline.Input(node, input.Name, input.IsArtifact))).Distinct();
            _flows.AddRange(sources.Where(source => !IsWithin(source, to)).Select(source => (source, to)));
        }
    }

    private static IEnumerable<(string Name, bool IsArtifact)> UsedByItself(OutlineNode box)
    {
        var compared = box.Condition is { } condition ? SourceWords.Compared(condition).Select(name => (name, false)) : [];
        var items = box.Iterator.Map("items");
        return compared
            .Concat(items.Text("inputParameter") is { } list ? [(list, false)] : [])
            .Concat(items.Text("inputArtifact") is { } artifacts ? [(artifacts, true)] : []);
    }

    private static bool IsWithin(OutlineSource source, OutlineNode box) => source switch
    {
        OutlineSource.Item item => item.Loop == box,
        OutlineSource.Output output => output.Task.Boxes().Contains(box),
        _ => false,
    };

    private void AddInputs()
    {
        foreach (var input in PipelineInputs.Of(_outline.Spec))
        {
            var source = new OutlineSource.Input(input.Name, input.Type.IsArtifact);
            var takers = Takers(source);
            _values[source] = _nodes.Count;
            _nodes.Add(new PictureNode(input.Name, PictureText.Details(input, takers, takers > MostArrows))
            {
                Shape = input.Type.IsArtifact ? PictureShape.Artifact : PictureShape.Parameter,
                IsNear = takers is > 0 and <= MostArrows,
            });
        }
    }

    private int Takers(OutlineSource source) => _flows.Where(flow => flow.Source == source).Select(flow => flow.To).Distinct().Count();

    private bool IsNamedInTasks(OutlineSource source) => source is OutlineSource.Input && Takers(source) > MostArrows;

    private void AddTasks()
    {
        var named = _flows.Where(flow => IsNamedInTasks(flow.Source)).ToLookup(flow => flow.To, flow => ((OutlineSource.Input)flow.Source).Name);
        foreach (var task in _outline.All().Where(node => !node.IsBox))
        {
            _tasks[task] = _nodes.Count;
            _nodes.Add(new PictureNode(task.Name, [.. _text.Details(task), .. PictureText.Named(named[task])]) { Group = GroupOf(task) });
        }
    }

    private void AddFlows()
    {
        foreach (var (source, to) in _flows.Where(flow => !IsNamedInTasks(flow.Source)))
        {
            Connect(source, to);
        }
    }

    private void Connect(OutlineSource source, OutlineNode to)
    {
        var (index, isGroup) = _groups.TryGetValue(to, out var group) ? (group, true) : (_tasks[to], false);
        if (source is OutlineSource.Status { Of: { } watched })
        {
            _edges.Add(EdgeFrom(watched, index, isGroup) with { Line = PictureLine.Always });
        }
        else if (Value(source) is var (from, line, label))
        {
            _edges.Add(new PictureEdge(from, index) { IsToGroup = isGroup, Line = line, Label = label });
        }
    }

    /// <summary>The node that a value comes from: its own, or for a parameter that a task hands on the task.</summary>
    private (int From, PictureLine Line, string? Label)? Value(OutlineSource source)
    {
        switch (source)
        {
            case OutlineSource.Input input when _values.TryGetValue(source, out var node):
                return (node, input.IsArtifact ? PictureLine.Artifact : PictureLine.Parameter, null);
            case OutlineSource.Output { IsArtifact: true } output:
                return (ValueNode(output, () => Artifact(output), _tasks[output.Task]), PictureLine.Artifact, null);
            case OutlineSource.Output output:
                return (_tasks[output.Task], PictureLine.Parameter, output.Key);
            case OutlineSource.Item item:
                var shape = item.IsArtifact ? PictureShape.Artifact : PictureShape.Parameter;
                return (ValueNode(item, () => new PictureNode("item", []) { Shape = shape, Group = _groups[item.Loop], IsNear = true }, null), item.IsArtifact ? PictureLine.Artifact : PictureLine.Parameter, null);
            default:
                return null;
        }
    }

    private PictureNode Artifact(OutlineSource.Output output) =>
        new(output.Key, PictureText.TypeOf(output.Task, output.Key)) { Shape = PictureShape.Artifact, Group = GroupOf(output.Task) };

    private int ValueNode(OutlineSource source, Func<PictureNode> node, int? producer)
    {
        if (!_values.TryGetValue(source, out var index))
        {
            _values[source] = index = _nodes.Count;
            _nodes.Add(node());
            if (producer is { } task)
            {
                _edges.Add(new PictureEdge(task, index) { Line = PictureLine.Artifact });
            }
        }

        return index;
    }

    private PictureEdge EdgeFrom(OutlineNode from, int to, bool isToGroup) => _groups.TryGetValue(from, out var group)
        ? new PictureEdge(group, to) { IsFromGroup = true, IsToGroup = isToGroup }
        : new PictureEdge(_tasks[from], to) { IsToGroup = isToGroup };

    private void AddOrder()
    {
        foreach (var node in _outline.All())
        {
            var (index, isGroup) = _groups.TryGetValue(node, out var group) ? (group, true) : (_tasks[node], false);
            foreach (var (upstream, _) in _outline.Upstream(node).Where(upstream => !upstream.IsData))
            {
                _edges.Add(EdgeFrom(upstream, index, isGroup) with { Line = node.RunsInAnyCase ? PictureLine.Always : PictureLine.Order });
            }
        }
    }

    private void AddOutputs()
    {
        var definitions = _outline.Spec.Map("root").Map("outputDefinitions");
        foreach (var (kind, isArtifact) in new[] { ("parameters", false), ("artifacts", true) })
        {
            foreach (var (name, definition) in definitions.Map(kind).Maps())
            {
                var index = _nodes.Count;
                _nodes.Add(new PictureNode(name, [$"output, {IrType.Of(definition)?.ToString() ?? kind.TrimEnd('s')}"]) { Shape = isArtifact ? PictureShape.Artifact : PictureShape.Parameter });
                foreach (var leaf in _outline.Leaves(_outline.Output(name, isArtifact)))
                {
                    if (Value(leaf) is var (from, line, label))
                    {
                        _edges.Add(new PictureEdge(from, index) { Line = line, Label = label == name ? null : label });
                    }
                }
            }
        }
    }
}

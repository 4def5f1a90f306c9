using MlOps.Core.Problems;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace MlOps.CloudBuild.Config.Yaml;

/// <summary>From YAML's events to nodes with tags and places, anchors followed.</summary>
internal sealed class Composer(string file, string text)
{
    /// <summary>Where Python gives up on nested nodes; gcloud ends with a RecursionError.</summary>
    private const int MaxDepth = 160;
    private const int MaxNodes = 2_000_000;
    private readonly Parser _parser = new(new StringReader(text));
    private readonly Dictionary<AnchorName, RawNode> _anchors = [];
    private int _nodes;
    private SourceSpot _reached = new(file, 1, 1);

    /// <summary>True under <c>%YAML 1.2</c>.</summary>
    public bool Version12 { get; private set; }

    /// <exception cref="YamlFault">The text is not YAML.</exception>
    public List<RawNode> Documents()
    {
        try
        {
            var documents = new List<RawNode>();
            _parser.Consume<StreamStart>();
            while (!_parser.TryConsume<StreamEnd>(out _))
            {
                var start = _parser.Consume<DocumentStart>();
                Version12 |= start.Version?.Version is { Major: 1, Minor: 2 };
                _anchors.Clear();
                documents.Add(Node(0));
                _parser.Consume<DocumentEnd>();
            }

            return documents;
        }
        catch (YamlException error)
        {
            throw new YamlFault(YamlFault.Parsing, error.InnerException?.Message ?? error.Message, Spot(error.Start));
        }
        catch (Exception error) when (error is InvalidOperationException or ArgumentException)
        {
            // YamlDotNet's scanner gives up on some malformed texts without a place and a reason of its own.
            throw new YamlFault(YamlFault.Parsing, "from here on something does not fit; often a bracket, brace or quote that is missing or too many", _reached);
        }
    }

    private RawNode Node(int depth)
    {
        var at = _parser.Current!;
        _reached = Spot(at.End);
        if (depth > MaxDepth || ++_nodes > MaxNodes)
        {
            throw new YamlFault("RecursionError", "maximum recursion depth exceeded", Spot(at.Start));
        }

        if (_parser.TryConsume<AnchorAlias>(out var alias))
        {
            return _anchors.TryGetValue(alias.Value, out var target)
                ? target
                : throw new YamlFault(YamlFault.Parsing, $"found undefined alias '{alias.Value}'", Spot(alias.Start));
        }

        return at switch
        {
            Scalar scalar => ScalarNode(scalar),
            SequenceStart list => ListNode(list, depth),
            MappingStart map => MapNode(map, depth),
            _ => throw new YamlFault(YamlFault.Parsing, "expected a node", Spot(at.Start)),
        };
    }

    private RawScalar ScalarNode(Scalar scalar)
    {
        _parser.MoveNext();
        var plain = scalar is { Style: ScalarStyle.Plain, Tag.IsEmpty: true };
        var tag = plain ? ImplicitTypes.TagOf(scalar.Value, Version12) : TagOf(scalar.Tag, Tags.Text);
        return Remember(scalar, new RawScalar(tag, scalar.Value, Spot(scalar.Start)));
    }

    private RawList ListNode(SequenceStart start, int depth)
    {
        _parser.MoveNext();
        var list = Remember(start, new RawList(TagOf(start.Tag, Tags.List), Spot(start.Start)));
        while (!_parser.TryConsume<SequenceEnd>(out _))
        {
            list.Items.Add(Node(depth + 1));
        }

        return list;
    }

    private RawMap MapNode(MappingStart start, int depth)
    {
        _parser.MoveNext();
        var map = Remember(start, new RawMap(TagOf(start.Tag, Tags.Map), Spot(start.Start)));
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            map.Pairs.Add((Node(depth + 1), Node(depth + 1)));
        }

        return map;
    }

    private T Remember<T>(NodeEvent node, T made)
        where T : RawNode
    {
        if (!node.Anchor.IsEmpty)
        {
            _anchors[node.Anchor] = made;
        }

        return made;
    }

    private static string TagOf(TagName tag, string otherwise) => tag.IsEmpty || tag.IsNonSpecific ? otherwise : tag.Value;

    private SourceSpot Spot(Mark mark) => new(file, (int)mark.Line, (int)mark.Column);
}

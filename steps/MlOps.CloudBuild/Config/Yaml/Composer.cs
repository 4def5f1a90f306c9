using MlOps.Core.Problems;

namespace MlOps.CloudBuild.Config.Yaml;

/// <summary>From tokens to nodes with tags and places, anchors followed (YAML 1.1, chapter 4, in the reading of ruamel.yaml 0.15).</summary>
internal sealed class Composer(string file, string text)
{
    /// <summary>Where Python gives up on nested nodes; gcloud ends with a RecursionError.</summary>
    private const int MaxDepth = 480;
    private readonly Scanner _scanner = new(file, text);
    private readonly Dictionary<string, RawNode> _anchors = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _handles = new(StringComparer.Ordinal);

    /// <summary>True under <c>%YAML 1.2</c>.</summary>
    public bool Version12
    {
        get => _scanner.Version12;
        private set => _scanner.Version12 = value;
    }

    /// <exception cref="YamlFault">The text is not YAML.</exception>
    public IEnumerable<RawNode> Documents()
    {
        var bare = !Next(TokenKind.Directive, TokenKind.DocumentStart, TokenKind.StreamEnd);
        Handles();
        while (bare || StartDocument())
        {
            _anchors.Clear();
            var empty = !bare && Next(TokenKind.Directive, TokenKind.DocumentStart, TokenKind.DocumentEnd, TokenKind.StreamEnd);
            yield return empty ? Empty(_scanner.Peek().Spot) : Node(block: true, indentless: false, 0);
            TakeIf(TokenKind.DocumentEnd);
            bare = Version12 && !Next(TokenKind.Directive, TokenKind.DocumentStart, TokenKind.StreamEnd);
        }
    }

    /// <returns>False at the end of the stream.</returns>
    private bool StartDocument()
    {
        while (TakeIf(TokenKind.DocumentEnd))
        {
        }

        if (_scanner.Next(TokenKind.StreamEnd))
        {
            return false;
        }

        Directives();
        if (!TakeIf(TokenKind.DocumentStart))
        {
            throw Expected("'<document start>'", _scanner.Peek());
        }

        return true;
    }

    private void Handles()
    {
        _handles.Clear();
        _handles["!"] = "!";
        _handles["!!"] = Tags.Prefix;
    }

    private void Directives()
    {
        Version12 = false;
        Handles();
        var (versions, tags) = (0, new HashSet<string>(StringComparer.Ordinal));
        while (_scanner.Next(TokenKind.Directive))
        {
            var directive = _scanner.Take();
            if (directive.Text == "YAML")
            {
                if (versions++ > 0 || !directive.Handle!.StartsWith("1.", StringComparison.Ordinal))
                {
                    throw new YamlFault(YamlFault.Parsing, versions > 1 ? "found duplicate YAML directive" : "found incompatible YAML document (version 1.* is required)", directive.Spot);
                }

                Version12 = directive.Handle switch
                {
                    "1.1" => false,
                    "1.2" => true,
                    _ => throw new YamlFault("KeyError", $"YAML {directive.Handle}", directive.Spot),
                };
            }
            else if (directive.Text == "TAG")
            {
                var parts = directive.Handle!.Split(' ');
                _handles[parts[0]] = tags.Add(parts[0]) ? parts[1] : throw new YamlFault(YamlFault.Parsing, $"duplicate tag handle '{parts[0]}'", directive.Spot);
            }
        }
    }

    private RawNode Node(bool block, bool indentless, int depth)
    {
        var first = _scanner.Peek();
        if (depth > MaxDepth)
        {
            throw new YamlFault("RecursionError", "maximum recursion depth exceeded", first.Spot);
        }

        if (first.Kind == TokenKind.Alias)
        {
            _scanner.Take();
            return _anchors.TryGetValue(first.Text, out var target) ? target : throw new YamlFault(YamlFault.Parsing, $"found undefined alias '{first.Text}'", first.Spot);
        }

        var (anchor, tag) = Properties();
        var token = _scanner.Peek();
        var spot = anchor is null && tag is null ? token.Spot : first.Spot;
        switch (token.Kind)
        {
            case TokenKind.BlockEntry when indentless:
                return IndentlessList(Remember(anchor, new RawList(ListTag(tag), spot)), depth);
            case TokenKind.Scalar:
                _scanner.Take();
                return Remember(anchor, new RawScalar(ScalarTag(tag, token), token.Text, spot));
            case TokenKind.FlowSequenceStart:
                return FlowList(Remember(anchor, new RawList(ListTag(tag), spot)), depth);
            case TokenKind.FlowMappingStart:
                return FlowMap(Remember(anchor, new RawMap(MapTag(tag), spot)), depth);
            case TokenKind.BlockSequenceStart when block:
                return BlockList(Remember(anchor, new RawList(ListTag(tag), spot)), depth);
            case TokenKind.BlockMappingStart when block:
                return BlockMap(Remember(anchor, new RawMap(MapTag(tag), spot)), depth);
            default:
                return anchor is not null || tag is not null
                    ? Remember(anchor, new RawScalar(tag is null or "!" ? Tags.Null : tag, "", spot))
                    : throw new YamlFault(YamlFault.Parsing, $"while parsing a {(block ? "block" : "flow")} node: expected the node content, but found '{token.Id}'", token.Spot);
        }
    }

    /// <summary>An anchor and a tag, in either order.</summary>
    private (string? Anchor, string? Tag) Properties()
    {
        string? anchor = null;
        string? tag = null;
        for (var count = 0; count < 2; count++)
        {
            var token = _scanner.Peek();
            if (token.Kind == TokenKind.Anchor && anchor is null)
            {
                anchor = token.Text;
            }
            else if (token.Kind == TokenKind.Tag && tag is null)
            {
                tag = token.Handle is null ? token.Text
                    : _handles.TryGetValue(token.Handle, out var prefix) ? prefix + token.Text
                    : throw new YamlFault(YamlFault.Parsing, $"while parsing a node: found undefined tag handle '{token.Handle}'", token.Spot);
            }
            else
            {
                break;
            }

            _scanner.Take();
        }

        return (anchor, tag);
    }

    private string ScalarTag(string? tag, Token token) =>
        tag == "!" || (tag is null && token.Plain) ? ImplicitTypes.TagOf(token.Text, Version12) : tag ?? Tags.Text;

    private static string ListTag(string? tag) => tag is null or "!" ? Tags.List : tag;

    private static string MapTag(string? tag) => tag is null or "!" ? Tags.Map : tag;

    private RawList BlockList(RawList list, int depth)
    {
        _scanner.Take();
        while (TakeIf(TokenKind.BlockEntry))
        {
            list.Items.Add(Next(TokenKind.BlockEntry, TokenKind.BlockEnd) ? Empty(_scanner.Peek().Spot) : Node(block: true, indentless: false, depth + 1));
        }

        EndBlock("while parsing a block collection");
        return list;
    }

    /// <summary>A list whose dashes stand under their key's first letter.</summary>
    private RawList IndentlessList(RawList list, int depth)
    {
        while (TakeIf(TokenKind.BlockEntry))
        {
            list.Items.Add(Next(TokenKind.BlockEntry, TokenKind.Key, TokenKind.Value, TokenKind.BlockEnd) ? Empty(_scanner.Peek().Spot) : Node(block: true, indentless: false, depth + 1));
        }

        return list;
    }

    private RawMap BlockMap(RawMap map, int depth)
    {
        _scanner.Take();
        while (_scanner.Next(TokenKind.Key) || (Version12 && _scanner.Next(TokenKind.Value)))
        {
            var key = TakeIf(TokenKind.Key) ? BlockMember(depth) : Empty(_scanner.Peek().Spot);
            map.Pairs.Add((key, TakeIf(TokenKind.Value) ? BlockMember(depth) : Empty(_scanner.Peek().Spot)));
        }

        EndBlock("while parsing a block mapping");
        return map;
    }

    private RawNode BlockMember(int depth) =>
        Next(TokenKind.Key, TokenKind.Value, TokenKind.BlockEnd) ? Empty(_scanner.Peek().Spot) : Node(block: true, indentless: true, depth + 1);

    private void EndBlock(string during)
    {
        if (!TakeIf(TokenKind.BlockEnd))
        {
            var token = _scanner.Peek();
            throw new YamlFault(YamlFault.Parsing, $"{during}: expected <block end>, but found '{token.Id}'", token.Spot);
        }
    }

    private RawList FlowList(RawList list, int depth)
    {
        _scanner.Take();
        while (!_scanner.Next(TokenKind.FlowSequenceEnd))
        {
            if (list.Items.Count > 0)
            {
                Separator("while parsing a flow sequence", "']'");
                if (_scanner.Next(TokenKind.FlowSequenceEnd))
                {
                    break;
                }
            }

            list.Items.Add(_scanner.Next(TokenKind.Key) ? SinglePair(depth + 1) : Node(block: false, indentless: false, depth + 1));
        }

        _scanner.Take();
        return list;
    }

    /// <summary><c>[a: b]</c> is a list of one map.</summary>
    private RawMap SinglePair(int depth)
    {
        var map = new RawMap(Tags.Map, _scanner.Take().Spot);
        var key = Next(TokenKind.Value, TokenKind.FlowEntry, TokenKind.FlowSequenceEnd) ? Empty(_scanner.Peek().Spot) : Node(block: false, indentless: false, depth + 1);
        map.Pairs.Add((key, FlowValue(TokenKind.FlowSequenceEnd, depth)));
        return map;
    }

    private RawMap FlowMap(RawMap map, int depth)
    {
        _scanner.Take();
        while (!_scanner.Next(TokenKind.FlowMappingEnd))
        {
            if (map.Pairs.Count > 0)
            {
                Separator("while parsing a flow mapping", "'}'");
                if (_scanner.Next(TokenKind.FlowMappingEnd))
                {
                    break;
                }
            }

            map.Pairs.Add(FlowPair(depth));
        }

        _scanner.Take();
        return map;
    }

    private (RawNode Key, RawNode Value) FlowPair(int depth)
    {
        if (TakeIf(TokenKind.Key))
        {
            var key = Next(TokenKind.Value, TokenKind.FlowEntry, TokenKind.FlowMappingEnd) ? Empty(_scanner.Peek().Spot) : Node(block: false, indentless: false, depth + 1);
            return (key, FlowValue(TokenKind.FlowMappingEnd, depth));
        }

        return Version12 && _scanner.Next(TokenKind.Value)
            ? (Empty(_scanner.Peek().Spot), FlowValue(TokenKind.FlowMappingEnd, depth))
            : (Node(block: false, indentless: false, depth + 1), Empty(_scanner.Peek().Spot));
    }

    private RawNode FlowValue(TokenKind end, int depth) =>
        !TakeIf(TokenKind.Value) || Next(TokenKind.FlowEntry, end) ? Empty(_scanner.Peek().Spot) : Node(block: false, indentless: false, depth + 1);

    private void Separator(string during, string end)
    {
        if (!TakeIf(TokenKind.FlowEntry))
        {
            var token = _scanner.Peek();
            throw new YamlFault(YamlFault.Parsing, $"{during}: expected ',' or {end}, but got '{token.Id}'", token.Spot);
        }
    }

    private bool TakeIf(TokenKind kind)
    {
        var found = _scanner.Next(kind);
        if (found)
        {
            _scanner.Take();
        }

        return found;
    }

    private bool Next(params ReadOnlySpan<TokenKind> kinds) => kinds.Contains(_scanner.Peek().Kind);

    private T Remember<T>(string? anchor, T node)
        where T : RawNode
    {
        if (anchor is not null)
        {
            _anchors[anchor] = node;
        }

        return node;
    }

    private static RawScalar Empty(SourceSpot spot) => new(Tags.Null, "", spot);

    private static YamlFault Expected(string what, Token token) => new(YamlFault.Parsing, $"expected {what}, but found '{token.Id}'", token.Spot);
}

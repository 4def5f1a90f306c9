using MlOps.Core.Problems;

namespace MlOps.CloudBuild.Config.Yaml;

/// <summary>
/// From nodes to values as ruamel.yaml's SafeConstructor makes them: merge keys are followed; without one the first of two equal
/// keys stays, with one the last. Every pair that is dropped so is a warning, which gcloud does not give.
/// </summary>
internal sealed class Construction(bool version12, ICollection<Problem> warnings)
{
    private const int MaxValues = 2_000_000;
    private readonly HashSet<RawNode> _open = [];
    private readonly Dictionary<RawNode, (ConfigValue Value, int Size)> _made = [];

    /// <summary>As if every alias were written out: what comes later walks them all.</summary>
    private int _values;

    /// <exception cref="YamlFault">A value that Python cannot construct.</exception>
    public ConfigValue Value(RawNode node)
    {
        if (node is RawScalar scalar)
        {
            Count(1, node);
            return new ConfigScalar(scalar.Spot, ScalarValues.Of(scalar.Tag, scalar.Text, version12, scalar.Spot));
        }

        if (_made.TryGetValue(node, out var made))
        {
            Count(made.Size, node);
            return made.Value;
        }

        var before = _values;
        Count(1, node);
        if (!_open.Add(node))
        {
            // gcloud: an alias to what it stands in.
            throw new YamlFault("RecursionError", "maximum recursion depth exceeded", node.Spot);
        }

        var value = node is RawList list ? List(list) : Map((RawMap)node);
        _open.Remove(node);
        _made[node] = (value, _values - before);
        return value;
    }

    private ConfigValue List(RawList list) => list.Tag switch
    {
        Tags.List => new ConfigList(list.Spot, list.Items.ConvertAll(Value)),
        Tags.OrderedMap => new ConfigMap(list.Spot, list.Items.ConvertAll(SinglePair)),
        Tags.Pairs => new ConfigList(list.Spot, list.Items.ConvertAll(ConfigValue (item) =>
        {
            var (key, value) = SinglePair(item);
            return new ConfigList(item.Spot, [key, value]);
        })),
        Tags.Map or Tags.Set => throw Expected("mapping", list),
        Tags.Text or Tags.Null or Tags.Bool or Tags.Int or Tags.Float or Tags.Binary => throw Expected("scalar", list),
        Tags.Timestamp => throw new YamlFault(YamlFault.Parsing, "failed to construct timestamp from a sequence", list.Spot),
        _ => throw ScalarValues.Unknown(list.Tag, list.Spot),
    };

    private ConfigEntry SinglePair(RawNode item) =>
        item is RawMap { Pairs: [var (key, value)] }
            ? new ConfigEntry(Value(key), Value(value))
            : throw new YamlFault(YamlFault.Parsing, $"expected a mapping of length 1, but found {item.Id}", item.Spot);

    private ConfigValue Map(RawMap map)
    {
        switch (map.Tag)
        {
            case Tags.Map:
                return Dict(map);
            case Tags.Set:
                Dict(map);
                return new ConfigScalar(map.Spot, new PythonOnly("set"));
            case Tags.List or Tags.OrderedMap or Tags.Pairs:
                throw Expected("sequence", map);
            case Tags.Text or Tags.Null or Tags.Bool or Tags.Int or Tags.Float or Tags.Binary when map.Pairs.FirstOrDefault(pair => pair.Key.Tag == Tags.Value).Value is RawScalar stated:
                // A map with the key "=" may stand for a scalar.
                return new ConfigScalar(map.Spot, ScalarValues.Of(map.Tag, stated.Text, version12, map.Spot));
            case Tags.Text or Tags.Null or Tags.Bool or Tags.Int or Tags.Float or Tags.Binary:
                throw Expected("scalar", map);
            case Tags.Timestamp:
                throw new YamlFault(YamlFault.Parsing, "failed to construct timestamp from a mapping", map.Spot);
            default:
                throw ScalarValues.Unknown(map.Tag, map.Spot);
        }
    }

    private ConfigMap Dict(RawMap map)
    {
        var (inherited, own) = Flatten(map, []);
        var dict = new PythonDict();
        foreach (var (key, value) in inherited)
        {
            dict.Put(Key(key, map), Value(value));
        }

        var given = new HashSet<object>();
        foreach (var (key, value) in own)
        {
            var (name, content) = (Key(key, map), Value(value));
            var first = given.Add(PythonDict.Identity(name));
            if (first || inherited.Count > 0)
            {
                dict.Put(name, content);
            }

            if (!first)
            {
                warnings.Add(Problem.Warning("duplicate-key", $"Key '{PythonText.Of(name)}' is given twice; the {(inherited.Count > 0 ? "last" : "first")} value counts. Remove the other.", key.Spot));
            }
        }

        return new ConfigMap(map.Spot, dict.Entries);
    }

    /// <summary>What a map takes over by merge keys, in the order in which it is to be put in (the last wins), and its own pairs.</summary>
    /// <param name="around">The maps that are being flattened, for maps that merge themselves.</param>
    private (List<(RawNode Key, RawNode Value)> Inherited, List<(RawNode Key, RawNode Value)> Own) Flatten(RawMap map, HashSet<RawMap> around)
    {
        if (!map.Pairs.Exists(pair => pair.Key.Tag == Tags.Merge))
        {
            return ([], map.Pairs);
        }

        var inherited = new List<(RawNode Key, RawNode Value)>();
        around.Add(map);
        foreach (var (key, value) in map.Pairs.Where(pair => pair.Key.Tag == Tags.Merge))
        {
            var sources = value is RawList list ? list.Items.AsEnumerable().Reverse() : [value];
            foreach (var source in sources)
            {
                var merged = source as RawMap ?? throw new YamlFault(YamlFault.Parsing, $"expected a mapping or list of mappings for merging, but found {source.Id}", source.Spot);
                var (outer, inner) = around.Contains(merged) ? ([], [.. merged.Pairs.Where(pair => pair.Key.Tag != Tags.Merge)]) : Flatten(merged, around);
                inherited.AddRange(outer);
                inherited.AddRange(inner);
                Count(inherited.Count, key);
            }
        }

        around.Remove(map);
        return (inherited, map.Pairs.FindAll(pair => pair.Key.Tag != Tags.Merge));
    }

    private ConfigValue Key(RawNode node, RawMap map)
    {
        // "=" is a word where it is a key.
        var key = node is RawScalar { Tag: Tags.Value } word ? new ConfigScalar(word.Spot, word.Text) : Value(node);
        return key switch
        {
            ConfigMap or ConfigScalar { Value: PythonOnly { Type: "set" } } => throw new YamlFault(YamlFault.Parsing, "while constructing a mapping: found unhashable key", map.Spot),
            ConfigList list when list.Items.Find(item => item is not ConfigScalar) is { } inner => throw new YamlFault("TypeError", $"unhashable type: '{PythonText.TypeOf(inner)}'", inner.Spot),
            _ => key,
        };
    }

    private void Count(int values, RawNode node)
    {
        _values += values;
        if (_values > MaxValues)
        {
            throw new YamlFault("MemoryError", "aliases and merge keys make more than 2,000,000 values", node.Spot);
        }
    }

    private static YamlFault Expected(string kind, RawNode node) => new(YamlFault.Parsing, $"expected a {kind} node, but found {node.Id}", node.Spot);
}

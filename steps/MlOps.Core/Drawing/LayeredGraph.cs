using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace MlOps.Core.Drawing;

/// <summary>An edge that leaves and enters boxes beside their middles, by an offset to the right; edges of one kind from one point are one line as far as they go the same way.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct LevelEdge(int From, int To, double Leaves = 0, double Enters = 0, int Kind = 0);

/// <summary>A graph without groups, to be placed in layers.</summary>
internal sealed record LevelGraph(IReadOnlyList<(double Width, double Height)> Sizes, IReadOnlyList<LevelEdge> Edges)
{
    /// <summary>Nodes that have the first layer to themselves, such as where edges enter a group.</summary>
    public IReadOnlyList<int> First { get; init; } = [];

    /// <summary>Nodes of the last layer.</summary>
    public IReadOnlyList<int> Last { get; init; } = [];

    /// <summary>Nodes that go down to just above what they lead to.</summary>
    public IReadOnlyList<int> Near { get; init; } = [];

    /// <summary>The node that is leftmost in its layer.</summary>
    public int? Leftmost { get; init; }

    public double LayerGap { get; init; } = 44;

    /// <summary>Below the first layer.</summary>
    public double FirstGap { get; init; } = 44;
}

/// <summary>A node, or one layer's part of edges that pass it.</summary>
/// <param name="Room">What is kept free at either side.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Place(int Index, int Layer, double Width, double Height, double Room)
{
    public bool IsPassing => Width <= LayeredGraph.PassingWidth;
}

/// <summary>The part of an edge between one layer and the next, with its offsets from the middles.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Link(int From, int To, double Leaves, double Enters);

/// <summary>A graph whose edges go from one layer to the next only.</summary>
/// <param name="Places">The nodes first, in their order.</param>
/// <param name="Layers">Each layer's places from left to right; reordered in place.</param>
/// <param name="Chains">For each edge of the original its links.</param>
internal sealed record LayeredGraph(ImmutableArray<Place> Places, int[][] Layers, ImmutableArray<ImmutableArray<Link>> Chains, Link[][] Above, Link[][] Below, int? Leftmost)
{
    public const double PassingWidth = 6;
    private const double NodeRoom = 14;
    private const double PassingRoom = 6;

    public static LayeredGraph Of(LevelGraph level)
    {
        var layers = LayersOf(level);
        var places = level.Sizes.Select((size, node) => new Place(node, layers[node], size.Width, size.Height, size.Width <= PassingWidth ? PassingRoom : NodeRoom)).ToList();
        var passing = new Dictionary<(int From, double Leaves, int Kind, int Layer), int>();
        var chains = level.Edges.Select(edge => Chain(edge, layers, places, passing)).ToImmutableArray();
        var links = chains.SelectMany(chain => chain).Distinct().ToArray();
        var above = links.ToLookup(link => link.To);
        var below = links.ToLookup(link => link.From);
        return new LayeredGraph(
            [.. places],
            [.. places.GroupBy(place => place.Layer).OrderBy(group => group.Key).Select(group => group.Select(place => place.Index).ToArray())],
            chains,
            [.. places.Select(place => above[place.Index].ToArray())],
            [.. places.Select(place => below[place.Index].ToArray())],
            level.Leftmost);
    }

    public double Tallest(int layer) => Layers[layer].Max(place => Places[place].Height);

    private static int[] LayersOf(LevelGraph level)
    {
        var first = level.First.ToHashSet();
        var edges = level.Edges.Select(edge => (edge.From, edge.To)).ToList();
        if (first.Count > 0)
        {
            edges.AddRange(Enumerable.Range(0, level.Sizes.Count).Where(node => !first.Contains(node)).Select(node => (level.First[0], node)));
        }

        var layers = LayeredLayout.Layers(level.Sizes.Count, edges).ToArray();
        var below = level.Edges.ToLookup(edge => edge.From, edge => edge.To);
        foreach (var node in level.Near.Where(node => below[node].Any()))
        {
            layers[node] = below[node].Min(other => layers[other]) - 1;
        }

        var last = layers.DefaultIfEmpty(0).Max();
        foreach (var node in level.Last)
        {
            layers[node] = last;
        }

        // What went down may have left layers empty.
        var used = layers.Distinct().Order().Select((layer, index) => (layer, index)).ToDictionary(item => item.layer, item => item.index);
        return [.. layers.Select(layer => used[layer])];
    }

    private static ImmutableArray<Link> Chain(LevelEdge edge, int[] layers, List<Place> places, Dictionary<(int From, double Leaves, int Kind, int Layer), int> passing)
    {
        var chain = ImmutableArray.CreateBuilder<Link>();
        var (from, leaves) = (edge.From, edge.Leaves);
        for (var layer = layers[edge.From] + 1; layer < layers[edge.To]; layer++)
        {
            var key = (edge.From, edge.Leaves, edge.Kind, layer);
            if (!passing.TryGetValue(key, out var place))
            {
                passing[key] = place = places.Count;
                places.Add(new Place(place, layer, PassingWidth, 0, PassingRoom));
            }

            chain.Add(new Link(from, place, leaves, 0));
            (from, leaves) = (place, 0);
        }

        chain.Add(new Link(from, edge.To, leaves, edge.Enters));
        return chain.ToImmutable();
    }
}

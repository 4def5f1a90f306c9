using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace MlOps.Core.Drawing;

/// <summary>A box's place: its centre, width and height, in pixels from the top left corner.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct PlacedBox(double X, double Y, double Width, double Height);

/// <summary>Where an edge goes through.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct RoutePoint(double X, double Y);

/// <param name="Routes">For each edge its points, from the box that it leaves to the one that it enters; it bends between two points that are not above each other.</param>
public sealed record PlacedGraph(double Width, double Height, ImmutableArray<PlacedBox> Boxes, ImmutableArray<ImmutableArray<RoutePoint>> Routes);

/// <summary>
/// Places an acyclic graph in layers from top to bottom (Sugiyama's method): a node is one layer below the lowest that it depends
/// on; long edges pass the layers between at places of their own; each layer is ordered for few crossings and then moved towards
/// its neighbours.
/// </summary>
public static class LayeredLayout
{
    private const double Margin = 20;
    private const double EntryMargin = 14;
    private const double MostApart = 14;

    // In a layer this tall a small box is better near to what it belongs to than in the middle.
    private const double TallLayer = 120;

    /// <param name="sizes">Of each node.</param>
    /// <param name="edges">By the nodes' indices.</param>
    public static PlacedGraph Place(IReadOnlyList<(double Width, double Height)> sizes, IReadOnlyList<(int From, int To)> edges) =>
        Place(new LevelGraph(sizes, [.. edges.Select(edge => new LevelEdge(edge.From, edge.To))]), Margin);

    internal static PlacedGraph Place(LevelGraph level, double margin)
    {
        if (level.Sizes.Count == 0)
        {
            return new PlacedGraph(2 * margin, 2 * margin, [], [.. level.Edges.Select(_ => ImmutableArray<RoutePoint>.Empty)]);
        }

        var graph = LayeredGraph.Of(level);
        LayerOrder.Improve(graph);
        var x = LayerColumns.Of(graph);
        var entries = Entries(graph, level.Sizes.Count, x);
        var left = graph.Places.Min(place => x[place.Index] - (place.Width / 2)) - margin;
        var tops = Rows(graph, level, margin, out var height);
        var boxes = level.Sizes.Select((size, node) => new PlacedBox(x[node] - left, Middle(graph, graph.Places[node], tops), size.Width, size.Height)).ToImmutableArray();
        return new PlacedGraph(
            graph.Places.Max(place => x[place.Index] + (place.Width / 2)) - left + margin,
            height,
            boxes,
            [.. graph.Chains.Select(chain => Route(graph, [.. chain.Select(link => link with { Enters = entries.GetValueOrDefault(link, link.Enters) })], boxes, place => x[place] - left, tops))]);
    }

    /// <summary>Arrows into one box end beside each other, in the order in which they come.</summary>
    private static Dictionary<Link, double> Entries(LayeredGraph graph, int nodes, double[] x)
    {
        var entries = new Dictionary<Link, double>();
        for (var node = 0; node < nodes; node++)
        {
            var links = graph.Above[node];
            var width = graph.Places[node].Width - (2 * EntryMargin);
            if (links.Length < 2 || width <= 0 || links.Any(link => link.Enters != 0))
            {
                continue;
            }

            var apart = Math.Min(MostApart, width / (links.Length - 1));
            foreach (var (index, link) in links.OrderBy(link => x[link.From] + link.Leaves).Index())
            {
                entries[link] = (index - ((links.Length - 1) / 2.0)) * apart;
            }
        }

        return entries;
    }

    /// <summary>The layer of each node: one more than the highest of those that it depends on.</summary>
    public static ImmutableArray<int> Layers(int nodes, IReadOnlyList<(int From, int To)> edges)
    {
        var after = edges.ToLookup(edge => edge.From, edge => edge.To);
        var waiting = new int[nodes];
        foreach (var (_, to) in edges)
        {
            waiting[to]++;
        }

        var layers = new int[nodes];
        var ready = new Queue<int>(Enumerable.Range(0, nodes).Where(node => waiting[node] == 0));
        var done = 0;
        for (; ready.TryDequeue(out var node); done++)
        {
            foreach (var next in after[node])
            {
                layers[next] = Math.Max(layers[next], layers[node] + 1);
                if (--waiting[next] == 0)
                {
                    ready.Enqueue(next);
                }
            }
        }

        return done == nodes ? [.. layers] : throw new ArgumentException("The graph has a cycle.", nameof(edges));
    }

    /// <summary>The upper ends of the layers.</summary>
    private static double[] Rows(LayeredGraph graph, LevelGraph level, double margin, out double height)
    {
        var tops = new double[graph.Layers.Length];
        height = margin;
        for (var layer = 0; layer < tops.Length; layer++)
        {
            tops[layer] = height;
            height += graph.Tallest(layer) + (layer == tops.Length - 1 ? margin : layer == 0 ? level.FirstGap : level.LayerGap);
        }

        return tops;
    }

    private static double Middle(LayeredGraph graph, Place place, double[] tops)
    {
        var tallest = graph.Tallest(place.Layer);
        var top = tops[place.Layer];
        return tallest < TallLayer ? top + (tallest / 2)
            : graph.Above[place.Index].Length == 0 && graph.Below[place.Index].Length > 0 ? top + tallest - (place.Height / 2)
            : top + (place.Height / 2);
    }

    private static ImmutableArray<RoutePoint> Route(LayeredGraph graph, ImmutableArray<Link> chain, ImmutableArray<PlacedBox> boxes, Func<int, double> x, double[] tops)
    {
        var points = ImmutableArray.CreateBuilder<RoutePoint>();
        var first = chain[0];
        points.Add(new RoutePoint(x(first.From) + first.Leaves, boxes[first.From].Y + (boxes[first.From].Height / 2)));
        foreach (var link in chain)
        {
            // Between the layers an edge bends; past a layer's boxes it goes straight.
            var layer = graph.Places[link.From].Layer;
            Add(x(link.From) + link.Leaves, tops[layer] + graph.Tallest(layer));
            Add(x(link.To) + link.Enters, tops[layer + 1]);
        }

        var last = chain[^1];
        Add(x(last.To) + last.Enters, boxes[last.To].Y - (boxes[last.To].Height / 2));
        return points.ToImmutable();

        void Add(double column, double row)
        {
            if (points[^1] != new RoutePoint(column, row))
            {
                points.Add(new RoutePoint(column, row));
            }
        }
    }
}

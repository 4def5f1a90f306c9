using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace MlOps.Core.Drawing;

/// <summary>A box's place: its centre, width and height, in pixels from the top left corner.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct PlacedBox(double X, double Y, double Width, double Height);

/// <summary>Where an edge goes through.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct RoutePoint(double X, double Y);

/// <param name="Routes">For each edge its points, from the box that it leaves to the one that it enters.</param>
public sealed record PlacedGraph(double Width, double Height, ImmutableArray<PlacedBox> Boxes, ImmutableArray<ImmutableArray<RoutePoint>> Routes);

/// <summary>
/// Places an acyclic graph in layers from top to bottom (Sugiyama's method): a node is one layer below the lowest that it depends
/// on; long edges pass the layers between at places of their own; each layer is ordered for few crossings and then moved towards
/// its neighbours.
/// </summary>
public static class LayeredLayout
{
    private const double Gap = 28;
    private const double LayerGap = 44;
    private const double Margin = 20;
    private const int Rounds = 12;

    /// <summary>Layers from left to right.</summary>
    public static PlacedGraph PlaceSideways(IReadOnlyList<(double Width, double Height)> sizes, IReadOnlyList<(int From, int To)> edges)
    {
        var placed = Place([.. sizes.Select(size => (size.Height, size.Width))], edges);
        return new PlacedGraph(
            placed.Height,
            placed.Width,
            [.. placed.Boxes.Select(box => new PlacedBox(box.Y, box.X, box.Height, box.Width))],
            [.. placed.Routes.Select(route => route.Select(point => new RoutePoint(point.Y, point.X)).ToImmutableArray())]);
    }

    /// <param name="sizes">Of each node.</param>
    /// <param name="edges">By the nodes' indices.</param>
    public static PlacedGraph Place(IReadOnlyList<(double Width, double Height)> sizes, IReadOnlyList<(int From, int To)> edges)
    {
        if (sizes.Count == 0)
        {
            return new PlacedGraph(2 * Margin, 2 * Margin, [], [.. edges.Select(_ => ImmutableArray<RoutePoint>.Empty)]);
        }

        var graph = LayeredGraph.Of(sizes, edges);
        LayerOrder.Improve(graph);
        var x = Columns(graph);
        var left = graph.Places.Min(place => x[place.Index] - (place.Width / 2)) - Margin;
        var y = Rows(graph, out var height);
        return new PlacedGraph(
            graph.Places.Max(place => x[place.Index] + (place.Width / 2)) - left + Margin,
            height,
            [.. sizes.Select((size, node) => new PlacedBox(x[node] - left, y[graph.Places[node].Layer], size.Width, size.Height))],
            [.. graph.Chains.Select(chain => Route(graph, chain, place => new RoutePoint(x[place] - left, y[graph.Places[place].Layer])))]);
    }

    /// <summary>The layer of each node: one more than the highest of those that it depends on.</summary>
    public static ImmutableArray<int> Layers(int nodes, IReadOnlyList<(int From, int To)> edges)
    {
        var before = edges.ToLookup(edge => edge.To, edge => edge.From);
        var layers = new int?[nodes];
        return [.. Enumerable.Range(0, nodes).Select(node => Layer(node, 0))];

        int Layer(int node, int depth)
        {
            if (depth > nodes)
            {
                throw new ArgumentException("The graph has a cycle.", nameof(edges));
            }

            return layers[node] ??= before[node].Select(from => Layer(from, depth + 1) + 1).DefaultIfEmpty(0).Max();
        }
    }

    /// <summary>Middles of the layers.</summary>
    private static double[] Rows(LayeredGraph graph, out double height)
    {
        var y = new double[graph.Layers.Length];
        height = Margin;
        for (var layer = 0; layer < y.Length; layer++)
        {
            var tallest = graph.Layers[layer].Max(place => graph.Places[place].Height);
            y[layer] = height + (tallest / 2);
            height += tallest + (layer == y.Length - 1 ? Margin : LayerGap);
        }

        return y;
    }

    /// <summary>Every place as near to the middle of its neighbours above and below, in turns, as the widths in its layer let it.</summary>
    private static double[] Columns(LayeredGraph graph)
    {
        var x = new double[graph.Places.Length];
        foreach (var layer in graph.Layers)
        {
            Settle(graph, layer, [.. layer.Select(_ => 0.0)], x);
        }

        for (var round = 0; round < 2 * Rounds; round++)
        {
            var down = round % 2 == 0;
            foreach (var layer in down ? graph.Layers : graph.Layers.Reverse())
            {
                var wanted = layer.Select(place => Wanted(graph, place, x, down, round)).ToArray();
                Settle(graph, layer, wanted, x);
            }
        }

        return x;
    }

    private static double Wanted(LayeredGraph graph, int place, double[] x, bool down, int round)
    {
        // Towards the end both sides count, so that the last turn does not undo what the one before gained.
        var neighbours = round >= 2 * (Rounds - 2) ? [.. graph.Above[place], .. graph.Below[place]] : down ? graph.Above[place] : graph.Below[place];
        return neighbours.Length == 0 ? x[place] : neighbours.Average(neighbour => x[neighbour]);
    }

    /// <summary>The places next to each other with the least sum of squared distances from where they want to be (pool adjacent violators).</summary>
    private static void Settle(LayeredGraph graph, int[] layer, double[] wanted, double[] x)
    {
        var offsets = new double[layer.Length];
        for (var at = 1; at < layer.Length; at++)
        {
            offsets[at] = offsets[at - 1] + ((graph.Places[layer[at - 1]].Width + graph.Places[layer[at]].Width) / 2) + Gap;
        }

        var pools = new List<(double Sum, int Count)>();
        for (var at = 0; at < layer.Length; at++)
        {
            pools.Add((wanted[at] - offsets[at], 1));
            while (pools.Count > 1 && pools[^2].Sum / pools[^2].Count > pools[^1].Sum / pools[^1].Count)
            {
                pools[^2] = (pools[^2].Sum + pools[^1].Sum, pools[^2].Count + pools[^1].Count);
                pools.RemoveAt(pools.Count - 1);
            }
        }

        var index = 0;
        foreach (var (sum, count) in pools)
        {
            for (var end = index + count; index < end; index++)
            {
                x[layer[index]] = (sum / count) + offsets[index];
            }
        }
    }

    private static ImmutableArray<RoutePoint> Route(LayeredGraph graph, ImmutableArray<int> chain, Func<int, RoutePoint> centre)
    {
        var points = ImmutableArray.CreateBuilder<RoutePoint>();
        for (var at = 0; at < chain.Length; at++)
        {
            var (x, y) = centre(chain[at]);
            var half = graph.Tallest(graph.Places[chain[at]].Layer) / 2;
            // Between the layers an edge bends; past a layer's boxes it goes straight.
            if (at > 0)
            {
                points.Add(new RoutePoint(x, y - (at == chain.Length - 1 ? graph.Places[chain[at]].Height / 2 : half)));
            }

            if (at < chain.Length - 1)
            {
                points.Add(new RoutePoint(x, y + (at == 0 ? graph.Places[chain[at]].Height / 2 : half)));
            }
        }

        return points.ToImmutable();
    }
}

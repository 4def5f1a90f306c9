namespace MlOps.Core.Drawing;

/// <summary>
/// Orders the places of each layer so that few edges cross: by the middle of their neighbours, downwards and upwards in turns,
/// then by exchanging neighbours; the best of all turns is kept.
/// </summary>
internal static class LayerOrder
{
    private const int Turns = 16;

    // Exchanging is quadratic; above this many links it would take seconds.
    private const int MostLinks = 1500;

    public static void Improve(LayeredGraph graph)
    {
        Pin(graph);
        var best = Copy(graph.Layers);
        var fewest = Crossings(graph);
        var exchanges = graph.Below.Sum(links => links.Length) <= MostLinks;
        for (var turn = 0; turn < Turns && fewest > 0; turn++)
        {
            var down = turn % 2 == 0;
            for (var step = 1; step < graph.Layers.Length; step++)
            {
                Sort(graph, down ? step : graph.Layers.Length - 1 - step, down);
            }

            if (exchanges)
            {
                Exchange(graph);
            }

            Pin(graph);
            if (Crossings(graph) is var crossings && crossings < fewest)
            {
                (fewest, best) = (crossings, Copy(graph.Layers));
            }
        }

        best.CopyTo(graph.Layers, 0);
    }

    private static void Pin(LayeredGraph graph)
    {
        if (graph.Leftmost is { } leftmost)
        {
            var layer = graph.Places[leftmost].Layer;
            graph.Layers[layer] = [leftmost, .. graph.Layers[layer].Where(place => place != leftmost)];
        }
    }

    private static void Sort(LayeredGraph graph, int layer, bool down)
    {
        var position = Positions(graph.Layers[down ? layer - 1 : layer + 1]);
        // Places without neighbours keep where they are; the sort is stable.
        graph.Layers[layer] = [.. graph.Layers[layer]
            .Select((place, index) => (place, key: down ? Middle(graph.Above[place], link => At(graph, position, link.From, link.Leaves), index) : Middle(graph.Below[place], link => At(graph, position, link.To, link.Enters), index)))
            .OrderBy(item => item.key)
            .Select(item => item.place)];
    }

    private static double Middle(Link[] links, Func<Link, double> at, int otherwise) => links.Length == 0 ? otherwise : links.Average(at);

    /// <summary>Neighbours change places wherever that saves crossings.</summary>
    private static void Exchange(LayeredGraph graph)
    {
        for (var layer = 0; layer < graph.Layers.Length; layer++)
        {
            var places = graph.Layers[layer];
            var above = layer == 0 ? [] : Positions(graph.Layers[layer - 1]);
            var below = layer == graph.Layers.Length - 1 ? [] : Positions(graph.Layers[layer + 1]);
            for (var at = 0; at + 1 < places.Length; at++)
            {
                if (Between(graph, places[at + 1], places[at], above, below) < Between(graph, places[at], places[at + 1], above, below))
                {
                    (places[at], places[at + 1]) = (places[at + 1], places[at]);
                }
            }
        }
    }

    private static int Between(LayeredGraph graph, int left, int right, Dictionary<int, int> above, Dictionary<int, int> below) =>
        graph.Above[left].Sum(one => graph.Above[right].Count(other => At(graph, above, other.From, other.Leaves) < At(graph, above, one.From, one.Leaves)))
        + graph.Below[left].Sum(one => graph.Below[right].Count(other => At(graph, below, other.To, other.Enters) < At(graph, below, one.To, one.Enters)));

    private static int Crossings(LayeredGraph graph) => Enumerable.Range(1, graph.Layers.Length - 1).Sum(layer =>
    {
        var above = Positions(graph.Layers[layer - 1]);
        var position = Positions(graph.Layers[layer]);
        var links = graph.Layers[layer].SelectMany(place => graph.Above[place])
            .Select(link => (From: At(graph, above, link.From, link.Leaves), To: At(graph, position, link.To, link.Enters)))
            .OrderBy(link => link.To).ThenBy(link => link.From)
            .ToArray();
        // Edges into one point are sorted among themselves and count no crossing.
        return Enumerable.Range(0, links.Length).Sum(first => links.Skip(first + 1).Count(second => second.From < links[first].From));
    });

    /// <summary>Where an edge ends in its layer, counted in places: a little beside a wide place's own number.</summary>
    private static double At(LayeredGraph graph, Dictionary<int, int> position, int place, double offset) => position[place] + (offset / (graph.Places[place].Width + 1));

    private static Dictionary<int, int> Positions(int[] layer) => layer.Select((place, index) => (place, index)).ToDictionary(item => item.place, item => item.index);

    private static int[][] Copy(int[][] layers) => [.. layers.Select(layer => layer.ToArray())];
}

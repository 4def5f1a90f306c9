namespace MlOps.Core.Drawing;

/// <summary>Orders the places of each layer so that few edges cross: by the middle of their neighbours, downwards and upwards in turns, and the best of all turns is kept.</summary>
internal static class LayerOrder
{
    private const int Turns = 16;

    public static void Improve(LayeredGraph graph)
    {
        var best = Copy(graph.Layers);
        var fewest = Crossings(graph);
        for (var turn = 0; turn < Turns && fewest > 0; turn++)
        {
            var down = turn % 2 == 0;
            for (var step = 1; step < graph.Layers.Length; step++)
            {
                var layer = down ? step : graph.Layers.Length - 1 - step;
                Sort(graph, layer, down ? layer - 1 : layer + 1, down ? graph.Above : graph.Below);
            }

            if (Crossings(graph) is var crossings && crossings < fewest)
            {
                (fewest, best) = (crossings, Copy(graph.Layers));
            }
        }

        best.CopyTo(graph.Layers, 0);
    }

    private static void Sort(LayeredGraph graph, int layer, int beside, int[][] neighbours)
    {
        var position = Positions(graph.Layers[beside]);
        // Places without neighbours keep where they are; the sort is stable.
        graph.Layers[layer] = [.. graph.Layers[layer]
            .Select((place, index) => (place, key: neighbours[place].Length == 0 ? index : neighbours[place].Average(other => position[other])))
            .OrderBy(item => item.key)
            .Select(item => item.place)];
    }

    private static int Crossings(LayeredGraph graph) => Enumerable.Range(1, graph.Layers.Length - 1).Sum(layer =>
    {
        var above = Positions(graph.Layers[layer - 1]);
        var ends = graph.Layers[layer].SelectMany(place => graph.Above[place].Select(other => above[other]).Order()).ToArray();
        // Edges into one place are sorted among themselves and count no crossing.
        return Enumerable.Range(0, ends.Length).Sum(first => ends.Skip(first + 1).Count(second => second < ends[first]));
    });

    private static Dictionary<int, int> Positions(int[] layer) => layer.Select((place, index) => (place, index)).ToDictionary(item => item.place, item => item.index);

    private static int[][] Copy(int[][] layers) => [.. layers.Select(layer => layer.ToArray())];
}

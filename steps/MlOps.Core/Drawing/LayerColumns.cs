namespace MlOps.Core.Drawing;

/// <summary>Every place as near to the middle of its neighbours above and below, in turns, as the widths in its layer let it.</summary>
internal static class LayerColumns
{
    private const int Rounds = 12;

    /// <returns>The middle of each place.</returns>
    public static double[] Of(LayeredGraph graph)
    {
        var x = new double[graph.Places.Length];
        foreach (var layer in graph.Layers)
        {
            Settle(graph, layer, [.. layer.Select(_ => (0.0, 1.0))], x);
        }

        for (var round = 0; round < 2 * Rounds; round++)
        {
            var down = round % 2 == 0;
            foreach (var layer in down ? graph.Layers : graph.Layers.Reverse())
            {
                Settle(graph, layer, [.. layer.Select(place => Wanted(graph, place, x, down, round))], x);
            }
        }

        return x;
    }

    private static (double At, double Weight) Wanted(LayeredGraph graph, int place, double[] x, bool down, int round)
    {
        var (sum, weight) = (0.0, 0.0);

        // Towards the end both sides count, so that the last turn does not undo what the one before gained.
        var both = round >= 2 * (Rounds - 2);
        if (down || both)
        {
            foreach (var link in graph.Above[place])
            {
                Add(link.From, x[link.From] + link.Leaves - link.Enters);
            }
        }

        if (!down || both)
        {
            foreach (var link in graph.Below[place])
            {
                Add(link.To, x[link.To] + link.Enters - link.Leaves);
            }
        }

        return weight == 0 ? (x[place], 0.1) : (sum / weight, weight);

        // Long edges are to be straight.
        void Add(int neighbour, double at)
        {
            var pull = graph.Places[place].IsPassing && graph.Places[neighbour].IsPassing ? 4 : 1;
            sum += at * pull;
            weight += pull;
        }
    }

    /// <summary>The places next to each other with the least sum of weighted squared distances from where they want to be (pool adjacent violators).</summary>
    private static void Settle(LayeredGraph graph, int[] layer, (double At, double Weight)[] wanted, double[] x)
    {
        var offsets = new double[layer.Length];
        for (var at = 1; at < layer.Length; at++)
        {
            var (left, right) = (graph.Places[layer[at - 1]], graph.Places[layer[at]]);
            offsets[at] = offsets[at - 1] + ((left.Width + right.Width) / 2) + left.Room + right.Room;
        }

        var pools = new List<(double Sum, double Weight, int Count)>();
        for (var at = 0; at < layer.Length; at++)
        {
            pools.Add(((wanted[at].At - offsets[at]) * wanted[at].Weight, wanted[at].Weight, 1));
            while (pools.Count > 1 && pools[^2].Sum / pools[^2].Weight > pools[^1].Sum / pools[^1].Weight)
            {
                pools[^2] = (pools[^2].Sum + pools[^1].Sum, pools[^2].Weight + pools[^1].Weight, pools[^2].Count + pools[^1].Count);
                pools.RemoveAt(pools.Count - 1);
            }
        }

        var index = 0;
        foreach (var (sum, weight, count) in pools)
        {
            for (var end = index + count; index < end; index++)
            {
                x[layer[index]] = (sum / weight) + offsets[index];
            }
        }
    }
}

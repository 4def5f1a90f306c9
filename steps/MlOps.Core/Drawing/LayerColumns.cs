namespace MlOps.Core.Drawing;

/// <summary>Every place as near to the middle of its neighbours above and below, in turns, as the widths in its layer let it.</summary>
internal static class LayerColumns
{
    private const int Rounds = 12;
    private const int StraightRounds = 3;

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

        for (var round = 0; round < StraightRounds; round++)
        {
            Straighten(graph, x);
        }

        Close(graph, x);
        return x;
    }

    /// <summary>What passes several layers goes straight as far as there is room for that.</summary>
    private static void Straighten(LayeredGraph graph, double[] x)
    {
        var at = graph.Layers.SelectMany(layer => layer.Select((place, index) => (place, index))).ToDictionary(item => item.place, item => item.index);
        var done = new HashSet<int>();
        foreach (var start in graph.Places.Where(place => place.IsPassing).OrderBy(place => place.Layer).Select(place => place.Index))
        {
            if (done.Contains(start))
            {
                continue;
            }

            var (run, room) = (new List<int> { start }, Room(start));
            while (graph.Below[run[^1]] is [var link] && graph.Places[link.To].IsPassing && graph.Above[link.To].Length == 1)
            {
                var (left, right) = Room(link.To);
                if (Math.Max(left, room.Left) > Math.Min(right, room.Right))
                {
                    break;
                }

                room = (Math.Max(left, room.Left), Math.Min(right, room.Right));
                run.Add(link.To);
            }

            var middle = Math.Clamp(run.Select(place => x[place]).Order().ElementAt(run.Count / 2), room.Left, room.Right);
            foreach (var place in run)
            {
                done.Add(place);
                x[place] = middle;
            }
        }

        (double Left, double Right) Room(int place)
        {
            var layer = graph.Layers[graph.Places[place].Layer];
            var index = at[place];
            var own = (graph.Places[place].Width / 2) + graph.Places[place].Room;
            var left = index == 0 ? double.NegativeInfinity : x[layer[index - 1]] + (graph.Places[layer[index - 1]].Width / 2) + graph.Places[layer[index - 1]].Room + own;
            var right = index == layer.Length - 1 ? double.PositiveInfinity : x[layer[index + 1]] - (graph.Places[layer[index + 1]].Width / 2) - graph.Places[layer[index + 1]].Room - own;
            // Sums of many widths may be apart by less than anybody sees.
            return left <= right ? (left, right) : (x[place], x[place]);
        }
    }

    /// <summary>Takes out what is empty from top to bottom: parts of the graph that nothing ties together drift apart.</summary>
    private static void Close(LayeredGraph graph, double[] x)
    {
        var spans = graph.Places.Select(place => (Left: x[place.Index] - (place.Width / 2) - place.Room, Right: x[place.Index] + (place.Width / 2) + place.Room))
            .Concat(graph.Below.SelectMany(links => links).Select(link => (One: x[link.From] + link.Leaves, Other: x[link.To] + link.Enters)).Select(link => (Left: Math.Min(link.One, link.Other), Right: Math.Max(link.One, link.Other))))
            .OrderBy(span => span.Left)
            .ToArray();
        var gaps = new List<(double From, double Width)>();
        var end = spans[0].Right;
        foreach (var (left, right) in spans)
        {
            if (left > end)
            {
                gaps.Add((left, left - end));
            }

            end = Math.Max(end, right);
        }

        var moved = x.Select(at => gaps.Where(gap => gap.From <= at).Sum(gap => gap.Width)).ToArray();
        for (var place = 0; place < x.Length; place++)
        {
            x[place] -= moved[place];
        }
    }

    private static (double At, double Weight) Wanted(LayeredGraph graph, int place, double[] x, bool down, int round)
    {
        var (sum, weight) = (0.0, 0.0);

        // Towards the end both sides count, so that the last turn does not undo what the one before gained.
        var both = round >= 2 * (Rounds - 5);
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
            var pull = graph.Places[place].IsPassing && graph.Places[neighbour].IsPassing ? 8 : graph.Places[place].IsPassing || graph.Places[neighbour].IsPassing ? 2 : 1;
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

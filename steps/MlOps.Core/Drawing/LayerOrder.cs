namespace MlOps.Core.Drawing;

/// <summary>
/// Orders the places of each layer so that few edges cross: by the middle of their neighbours, downwards and upwards in turns,
/// then by exchanging neighbours; the best of all turns is kept.
/// </summary>
internal sealed class LayerOrder
{
    private const int Turns = 16;

    // Without anything better for so long there will hardly be any.
    private const int MostIdleTurns = 6;

    // Exchanging is quadratic; above this many links it would take seconds.
    private const int MostLinks = 1500;

    private readonly LayeredGraph _graph;

    /// <summary>Of every place how many are left of it in its layer.</summary>
    private readonly int[] _position;

    private LayerOrder(LayeredGraph graph)
    {
        _graph = graph;
        _position = new int[graph.Places.Length];
        foreach (var layer in graph.Layers)
        {
            Number(layer);
        }
    }

    public static void Improve(LayeredGraph graph) => new LayerOrder(graph).Improve();

    private void Improve()
    {
        Pin();
        var best = Copy(_graph.Layers);
        var fewest = Crossings();
        var exchanges = _graph.Below.Sum(links => links.Length) <= MostLinks;
        var idle = 0;
        for (var turn = 0; turn < Turns && fewest > 0 && idle < MostIdleTurns; turn++)
        {
            var down = turn % 2 == 0;
            for (var step = 1; step < _graph.Layers.Length; step++)
            {
                Sort(down ? step : _graph.Layers.Length - 1 - step, down);
            }

            if (exchanges)
            {
                Array.ForEach(_graph.Layers, Exchange);
            }

            Pin();
            idle++;
            if (Crossings() is var crossings && crossings < fewest)
            {
                (fewest, best, idle) = (crossings, Copy(_graph.Layers), 0);
            }
        }

        best.CopyTo(_graph.Layers, 0);
    }

    private void Number(int[] layer)
    {
        for (var index = 0; index < layer.Length; index++)
        {
            _position[layer[index]] = index;
        }
    }

    private void Pin()
    {
        if (_graph.Leftmost is { } leftmost)
        {
            var layer = _graph.Places[leftmost].Layer;
            _graph.Layers[layer] = [leftmost, .. _graph.Layers[layer].Where(place => place != leftmost)];
            Number(_graph.Layers[layer]);
        }
    }

    private void Sort(int layer, bool down)
    {
        // Places without neighbours keep where they are; the sort is stable.
        _graph.Layers[layer] = [.. _graph.Layers[layer].OrderBy(place => Middle(place, down))];
        Number(_graph.Layers[layer]);
    }

    private double Middle(int place, bool down)
    {
        var links = down ? _graph.Above[place] : _graph.Below[place];
        return links.Length == 0 ? _position[place] : links.Average(link => down ? Start(link) : End(link));
    }

    /// <summary>Neighbours change places wherever that saves crossings.</summary>
    private void Exchange(int[] layer)
    {
        for (var at = 0; at + 1 < layer.Length; at++)
        {
            if (Between(layer[at + 1], layer[at]) < Between(layer[at], layer[at + 1]))
            {
                (layer[at], layer[at + 1]) = (layer[at + 1], layer[at]);
                (_position[layer[at]], _position[layer[at + 1]]) = (at, at + 1);
            }
        }
    }

    private int Between(int left, int right)
    {
        var crossings = 0;
        foreach (var one in _graph.Above[left])
        {
            foreach (var other in _graph.Above[right])
            {
                crossings += Start(other) < Start(one) ? 1 : 0;
            }
        }

        foreach (var one in _graph.Below[left])
        {
            foreach (var other in _graph.Below[right])
            {
                crossings += End(other) < End(one) ? 1 : 0;
            }
        }

        return crossings;
    }

    private int Crossings()
    {
        var crossings = 0;
        for (var layer = 1; layer < _graph.Layers.Length; layer++)
        {
            // Links into one point are sorted among themselves and count no crossing.
            double[] starts = [.. _graph.Layers[layer].SelectMany(place => _graph.Above[place]).Select(link => (From: Start(link), To: End(link))).OrderBy(link => link.To).ThenBy(link => link.From).Select(link => link.From)];
            for (var one = 0; one < starts.Length; one++)
            {
                for (var other = one + 1; other < starts.Length; other++)
                {
                    crossings += starts[other] < starts[one] ? 1 : 0;
                }
            }
        }

        return crossings;
    }

    /// <summary>Where a link begins in its layer, counted in places: a little beside a wide place's own number.</summary>
    private double Start(Link link) => _position[link.From] + (link.Leaves / (_graph.Places[link.From].Width + 1));

    private double End(Link link) => _position[link.To] + (link.Enters / (_graph.Places[link.To].Width + 1));

    private static int[][] Copy(int[][] layers) => [.. layers.Select(layer => layer.ToArray())];
}

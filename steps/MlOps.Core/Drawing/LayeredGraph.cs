using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace MlOps.Core.Drawing;

/// <summary>A node, or one layer's part of an edge that passes it.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Place(int Index, int Layer, double Width, double Height);

/// <summary>A graph whose edges go from one layer to the next only.</summary>
/// <param name="Places">The nodes first, in their order.</param>
/// <param name="Layers">Each layer's places from left to right; reordered in place.</param>
/// <param name="Chains">For each edge of the original the places that it goes through.</param>
internal sealed record LayeredGraph(ImmutableArray<Place> Places, int[][] Layers, ImmutableArray<ImmutableArray<int>> Chains, int[][] Above, int[][] Below)
{
    private const double PassingWidth = 6;

    public static LayeredGraph Of(IReadOnlyList<(double Width, double Height)> sizes, IReadOnlyList<(int From, int To)> edges)
    {
        var layers = LayeredLayout.Layers(sizes.Count, edges);
        var places = sizes.Select((size, node) => new Place(node, layers[node], size.Width, size.Height)).ToList();
        var chains = edges.Select(edge => Chain(edge, layers, places)).ToImmutableArray();
        var links = chains.SelectMany(chain => chain.Zip(chain[1..])).Distinct().ToArray();
        var above = links.ToLookup(link => link.Second, link => link.First);
        var below = links.ToLookup(link => link.First, link => link.Second);
        return new LayeredGraph(
            [.. places],
            [.. places.GroupBy(place => place.Layer).OrderBy(group => group.Key).Select(group => group.Select(place => place.Index).ToArray())],
            chains,
            [.. places.Select(place => above[place.Index].ToArray())],
            [.. places.Select(place => below[place.Index].ToArray())]);
    }

    public double Tallest(int layer) => Layers[layer].Max(place => Places[place].Height);

    private static ImmutableArray<int> Chain((int From, int To) edge, ImmutableArray<int> layers, List<Place> places)
    {
        var chain = ImmutableArray.CreateBuilder<int>();
        chain.Add(edge.From);
        for (var layer = layers[edge.From] + 1; layer < layers[edge.To]; layer++)
        {
            chain.Add(places.Count);
            places.Add(new Place(places.Count, layer, PassingWidth, 0));
        }

        chain.Add(edge.To);
        return chain.ToImmutable();
    }
}

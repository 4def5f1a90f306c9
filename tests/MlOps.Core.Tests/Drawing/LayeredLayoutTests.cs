using CsCheck;
using MlOps.Core.Drawing;

namespace MlOps.Core.Tests.Drawing;

public sealed class LayeredLayoutTests
{
    private static readonly Gen<(int Nodes, (int From, int To)[] Edges)> Graphs =
        from nodes in Gen.Int[1, 25]
        from edges in Gen.Select(Gen.Int[0, 24], Gen.Int[0, 24]).Array[0, 40]
        select (nodes, edges.Where(edge => edge.Item1 < edge.Item2 && edge.Item2 < nodes).Distinct().ToArray());

    [Fact]
    public void Boxes_never_overlap_and_edges_go_down_from_box_to_box() => Graphs.Sample(graph =>
    {
        var sizes = Enumerable.Range(0, graph.Nodes).Select(node => (Width: 60.0 + (node * 7 % 90), Height: 30.0 + (node % 3 * 10))).ToArray();
        var placed = LayeredLayout.Place(sizes, graph.Edges);
        Assert.All(placed.Boxes, box => Assert.True(box.X - (box.Width / 2) >= 0 && box.X + (box.Width / 2) <= placed.Width && box.Y + (box.Height / 2) <= placed.Height));
        Assert.All(Pairs(graph.Nodes), pair => Assert.False(Overlap(placed.Boxes[pair.One], placed.Boxes[pair.Two])));
        for (var index = 0; index < graph.Edges.Length; index++)
        {
            var (from, to) = (placed.Boxes[graph.Edges[index].From], placed.Boxes[graph.Edges[index].To]);
            var route = placed.Routes[index];
            Assert.Equal((from.X, from.Y + (from.Height / 2)), (route[0].X, route[0].Y));
            Assert.True(Math.Abs(route[^1].X - to.X) < to.Width / 2);
            Assert.Equal(to.Y - (to.Height / 2), route[^1].Y);
            Assert.All(route.Zip(route.Skip(1)), step => Assert.True(step.First.Y <= step.Second.Y));
        }
    }, iter: 300);

    [Fact]
    public void A_node_is_one_layer_below_the_lowest_that_it_depends_on() =>
        Assert.Equal([0, 1, 2, 0, 3], LayeredLayout.Layers(5, [(0, 1), (1, 2), (0, 2), (3, 4), (2, 4)]));

    [Fact]
    public void A_ladder_is_drawn_without_crossings()
    {
        // Given in an order in which every edge would cross another.
        var placed = LayeredLayout.Place([.. Enumerable.Repeat((80.0, 30.0), 8)], [(0, 7), (1, 6), (2, 5), (3, 4)]);
        Assert.All(Pairs(4), pair => Assert.Equal(placed.Boxes[pair.One].X < placed.Boxes[pair.Two].X, placed.Boxes[7 - pair.One].X < placed.Boxes[7 - pair.Two].X));
    }

    [Fact]
    public void A_cycle_is_refused() => Assert.Throws<ArgumentException>(() => LayeredLayout.Layers(2, [(0, 1), (1, 0)]));

    private static IEnumerable<(int One, int Two)> Pairs(int count) => Enumerable.Range(0, count).SelectMany(one => Enumerable.Range(one + 1, count - one - 1).Select(two => (one, two)));

    private static bool Overlap(PlacedBox one, PlacedBox two) =>
        Math.Abs(one.X - two.X) < ((one.Width + two.Width) / 2) - 0.001 && Math.Abs(one.Y - two.Y) < ((one.Height + two.Height) / 2) - 0.001;
}

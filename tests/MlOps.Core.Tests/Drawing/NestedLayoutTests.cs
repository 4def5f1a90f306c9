using System.Collections.Immutable;
using CsCheck;
using MlOps.Core.Drawing;

namespace MlOps.Core.Tests.Drawing;

public sealed class NestedLayoutTests
{
    private const double Tolerance = 0.01;

    /// <summary>Boxes in groups in groups; edges go from a box to one that stands later, never between a group and what is in it, and never back into a group that was left.</summary>
    private static readonly Gen<(NestedBox[] Boxes, NestedEdge[] Edges)> Graphs =
        from groups in Gen.Int[0, 4]
        from parents in Gen.Int[-1, 3].Array[groups]
        from leaves in Gen.Select(Gen.Int[-1, 3], Gen.Int[20, 180], Gen.Int[14, 60], Gen.Bool).Array[1, 12]
        from edges in Gen.Select(Gen.Int[0, 15], Gen.Int[0, 15], Gen.Int[0, 1]).Array[0, 24]
        select Graph(groups, parents, leaves, edges);

    [Fact]
    public void Nothing_overlaps_groups_hold_their_own_and_edges_go_round_boxes() => Graphs.Sample(graph => Verify(graph.Boxes, graph.Edges, sideways: false), iter: 250);

    [Fact]
    public void Nor_from_left_to_right() => Graphs.Sample(graph => Verify(graph.Boxes, graph.Edges, sideways: true), iter: 250);

    private static void Verify(NestedBox[] boxes, NestedEdge[] edges, bool sideways)
    {
        var placed = NestedLayout.Place(boxes, edges, sideways);
        for (var box = 0; box < boxes.Length; box++)
        {
            var outer = boxes[box].Parent is { } parent ? placed.Boxes[parent] : new PlacedBox(placed.Width / 2, placed.Height / 2, placed.Width, placed.Height);
            Assert.True(Holds(outer, placed.Boxes[box]), $"{box} sticks out");
            foreach (var other in Enumerable.Range(box + 1, boxes.Length - box - 1).Where(other => boxes[other].Parent == boxes[box].Parent))
            {
                Assert.False(Overlap(placed.Boxes[box], placed.Boxes[other]), $"{box} and {other} overlap");
            }
        }

        for (var edge = 0; edge < edges.Length; edge++)
        {
            var (from, to) = (edges[edge].From, edges[edge].To);
            var route = placed.Routes[edge];
            Assert.True(OnBorder(placed.Boxes[from], route[0]) && OnBorder(placed.Boxes[to], route[^1]), "an edge ends beside its box");
            Assert.All(route.Zip(route.Skip(1)), step => Assert.True(sideways ? step.First.X <= step.Second.X + Tolerance : step.First.Y <= step.Second.Y + Tolerance));
            foreach (var (first, second) in route.Zip(route.Skip(1)).Where(step => Around(boxes, to).Any(group => placed.Boxes[group] is var box && OnBorder(box, step.First) && Inside(box, Middle(step.First, step.Second)))))
            {
                Assert.True(Math.Abs(sideways ? first.Y - second.Y : first.X - second.X) < Tolerance, "an edge breaks where it enters a group");
            }

            var around = Around(boxes, from).Concat(Around(boxes, to)).Append(from).Append(to).ToHashSet();
            foreach (var other in Enumerable.Range(0, boxes.Length).Where(other => !around.Contains(other)))
            {
                Assert.DoesNotContain(Points(route), point => Inside(placed.Boxes[other], point));
            }
        }
    }

    private static (NestedBox[] Boxes, NestedEdge[] Edges) Graph(int groups, int[] parents, (int Group, int Width, int Height, bool IsNear)[] leaves, (int From, int To, int Kind)[] edges)
    {
        NestedBox[] boxes =
        [
            .. parents.Select((parent, index) => new NestedBox(70, 20, parent >= 0 && parent < index ? parent : null, IsGroup: true)),
            .. leaves.Select(leaf => new NestedBox(leaf.Width, leaf.Height, leaf.Group >= 0 && leaf.Group < groups ? leaf.Group : null, IsNear: leaf.IsNear)),
        ];
        var kept = new List<NestedEdge>();
        foreach (var (from, to, kind) in edges.Where(edge => edge.From < boxes.Length && edge.To < boxes.Length && edge.From != edge.To))
        {
            if (!Around(boxes, from).Contains(to) && !Around(boxes, to).Contains(from) && Rank(boxes, from, to) < 0 && !kept.Contains(new NestedEdge(from, to, kind)))
            {
                kept.Add(new NestedEdge(from, to, kind));
            }
        }

        return (boxes, [.. kept]);
    }

    /// <summary>Which of two boxes is first: decided by the groups, or boxes, that stand beside each other.</summary>
    private static int Rank(NestedBox[] boxes, int one, int other)
    {
        var (first, second) = (Around(boxes, one).Reverse().Append(one).ToArray(), Around(boxes, other).Reverse().Append(other).ToArray());
        return first.Zip(second).Select(pair => pair.First.CompareTo(pair.Second)).FirstOrDefault(order => order != 0);
    }

    private static IEnumerable<int> Around(NestedBox[] boxes, int box)
    {
        for (var group = boxes[box].Parent; group is { } index; group = boxes[index].Parent)
        {
            yield return index;
        }
    }

    // The curve between two points stays between them, on the one side of both.
    private static IEnumerable<RoutePoint> Points(ImmutableArray<RoutePoint> route) =>
        route.Zip(route.Skip(1)).SelectMany(pair => Enumerable.Range(0, 9).Select(step => new RoutePoint(pair.First.X + ((pair.Second.X - pair.First.X) * step / 8), pair.First.Y + ((pair.Second.Y - pair.First.Y) * step / 8))));

    private static RoutePoint Middle(RoutePoint one, RoutePoint other) => new((one.X + other.X) / 2, (one.Y + other.Y) / 2);

    private static bool Inside(PlacedBox box, RoutePoint point) => Math.Abs(box.X - point.X) < (box.Width / 2) - Tolerance && Math.Abs(box.Y - point.Y) < (box.Height / 2) - Tolerance;

    private static bool OnBorder(PlacedBox box, RoutePoint point)
    {
        var (x, y) = (Math.Abs(box.X - point.X) - (box.Width / 2), Math.Abs(box.Y - point.Y) - (box.Height / 2));
        return x < Tolerance && y < Tolerance && (x > -Tolerance || y > -Tolerance);
    }

    private static bool Holds(PlacedBox outer, PlacedBox inner) =>
        Math.Abs(outer.X - inner.X) + (inner.Width / 2) <= (outer.Width / 2) + Tolerance && Math.Abs(outer.Y - inner.Y) + (inner.Height / 2) <= (outer.Height / 2) + Tolerance;

    private static bool Overlap(PlacedBox one, PlacedBox other) =>
        Math.Abs(one.X - other.X) < ((one.Width + other.Width) / 2) - Tolerance && Math.Abs(one.Y - other.Y) < ((one.Height + other.Height) / 2) - Tolerance;
}

using System.Collections.Immutable;

namespace MlOps.Core.Drawing;

/// <summary>A node to be placed, or a group, whose size follows from what is in it.</summary>
/// <param name="Width">Of a group: of its heading.</param>
/// <param name="Height">Of a group: of its heading.</param>
/// <param name="Parent">The index of the group that it is in.</param>
/// <param name="IsNear">Just above what it leads to.</param>
internal sealed record NestedBox(double Width, double Height, int? Parent, bool IsGroup = false, bool IsNear = false);

/// <param name="Kind">Edges of one kind that leave one box share a line as far as they go the same way.</param>
internal sealed record NestedEdge(int From, int To, int Kind = 0);

/// <summary>
/// Places boxes within groups within groups: each group is a layered graph of its own and one box in the graph around it. An edge
/// that crosses a group's border is cut there: within the group it ends at a port on the border, and the graph around it goes
/// on from there. So nothing overlaps, however deep.
/// </summary>
internal sealed class NestedLayout
{
    private const double Padding = 16;
    private const double Margin = 20;
    private const double LayerGap = 36;
    private const double HeadingGap = 12;
    private readonly IReadOnlyList<NestedBox> _boxes;
    private readonly IReadOnlyList<NestedEdge> _edges;
    private readonly bool _sideways;
    private readonly Dictionary<int, Level> _levels = [];
    private readonly List<(int Group, int Edge)>[] _paths;

    private NestedLayout(IReadOnlyList<NestedBox> boxes, IReadOnlyList<NestedEdge> edges, bool sideways)
    {
        (_boxes, _edges, _sideways) = (boxes, edges, sideways);
        _paths = [.. edges.Select(_ => new List<(int, int)>())];
    }

    /// <param name="boxes">Groups before what is in them.</param>
    /// <param name="edges">By the boxes' indices; none between a group and what is in it.</param>
    /// <param name="sideways">Layers from left to right.</param>
    public static PlacedGraph Place(IReadOnlyList<NestedBox> boxes, IReadOnlyList<NestedEdge> edges, bool sideways = false)
    {
        var layout = new NestedLayout(boxes, edges, sideways);
        layout.Cut();
        // Inner groups first: their sizes and ports are what the graphs around them are made of.
        for (var group = boxes.Count - 1; group >= 0; group--)
        {
            if (boxes[group].IsGroup)
            {
                layout.PlaceLevel(group);
            }
        }

        layout.PlaceLevel(Top);
        return layout.Assembled();
    }

    private const int Top = -1;

    private Level LevelOf(int group) => _levels.TryGetValue(group, out var level) ? level : _levels[group] = new Level();

    private int Around(int box) => _boxes[box].Parent ?? Top;

    /// <summary>Every edge into pieces, one for each group that it goes through.</summary>
    private void Cut()
    {
        for (var edge = 0; edge < _edges.Count; edge++)
        {
            var (from, to) = (_edges[edge].From, _edges[edge].To);
            var inside = GroupsAround(from).ToHashSet();
            var common = GroupsAround(to).First(inside.Contains);
            var key = (from, _edges[edge].Kind);
            var start = new End(from, null);
            while (Around(start.Box) != common)
            {
                var group = Around(start.Box);
                var port = new End(group, new PortKey(IsEntry: false, key));
                _paths[edge].Add((group, LevelOf(group).Edge(start, port with { Box = Level.Border }, _edges[edge].Kind)));
                start = port;
            }

            var entered = GroupsAround(to).TakeWhile(group => group != common).Reverse().ToArray();
            foreach (var group in entered)
            {
                var port = new End(group, new PortKey(IsEntry: true, key));
                _paths[edge].Add((Around(group), LevelOf(Around(group)).Edge(start, port, _edges[edge].Kind)));
                start = port with { Box = Level.Border };
            }

            var last = Around(to);
            _paths[edge].Add((last, LevelOf(last).Edge(start, new End(to, null), _edges[edge].Kind)));
        }
    }

    private IEnumerable<int> GroupsAround(int box)
    {
        for (var group = _boxes[box].Parent; group is { } index; group = _boxes[index].Parent)
        {
            yield return index;
        }

        yield return Top;
    }

    private void PlaceLevel(int group)
    {
        var level = LevelOf(group);
        int[] members = [.. Enumerable.Range(0, _boxes.Count).Where(box => Around(box) == group).OrderBy(box => _boxes[box].IsGroup)];
        var nodes = members.Select(box => new End(box, null)).Concat(level.Ports).ToList();
        var sizes = nodes.Select(node => node.Port is null ? Turned(SizeOf(node.Box)) : (1.0, 0.0)).ToList();
        var first = nodes.Index().Where(node => node.Item.Port is { IsEntry: true }).Select(node => node.Index).ToList();
        int? heading = null;
        if (group != Top && !_sideways)
        {
            // The heading stands in the layer where edges come in, which it has to itself with them.
            heading = nodes.Count;
            first.Add(nodes.Count);
            nodes.Add(new End(Level.Border, null));
            sizes.Add((_boxes[group].Width, _boxes[group].Height));
        }

        level.Nodes = nodes.Index().Where(node => node.Index != heading).ToDictionary(node => node.Item, node => node.Index);
        var graph = new LevelGraph(sizes, [.. level.Edges.Select(edge => Offset(level, edge))])
        {
            First = first,
            Last = [.. nodes.Index().Where(node => node.Item.Port is { IsEntry: false }).Select(node => node.Index)],
            Near = [.. members.Index().Where(member => _boxes[member.Item].IsNear).Select(member => member.Index)],
            Leftmost = heading,
            LayerGap = LayerGap,
            // Nothing has to bend between a heading alone and what is below it.
            FirstGap = heading is not null && first.Count == 1 ? HeadingGap : LayerGap,
        };
        level.Placed = LayeredLayout.Place(graph, group == Top ? Margin : Padding);
        level.Size = OuterSize(group, level.Placed);
    }

    private LevelEdge Offset(Level level, LevelPiece edge) =>
        new(level.Nodes[edge.From with { Port = edge.From.Box == Level.Border ? edge.From.Port : null }], level.Nodes[edge.To with { Port = edge.To.Box == Level.Border ? edge.To.Port : null }], PortOffset(edge.From), PortOffset(edge.To), edge.Kind);

    /// <summary>Where on a group's border, from its middle, the edge goes on.</summary>
    private double PortOffset(End end)
    {
        if (end.Port is null || end.Box == Level.Border)
        {
            return 0;
        }

        var level = _levels[end.Box];
        var at = level.Placed!.Boxes[level.Nodes[new End(Level.Border, end.Port)]].X;
        return at + Before(end.Box) - (Turned(level.Size).Width / 2);
    }

    /// <summary>What a heading takes before the contents, across the direction of the layers.</summary>
    private double Before(int group) => _sideways && group != Top ? _boxes[group].Height + 4 : 0;

    private (double Width, double Height) OuterSize(int group, PlacedGraph placed)
    {
        if (!_sideways)
        {
            return (placed.Width, placed.Height);
        }

        var width = group == Top ? placed.Height : Math.Max(placed.Height, _boxes[group].Width + (2 * Padding));
        return (width, placed.Width + Before(group));
    }

    private (double Width, double Height) SizeOf(int box) => _boxes[box].IsGroup ? _levels[box].Size : (_boxes[box].Width, _boxes[box].Height);

    private (double Width, double Height) Turned((double Width, double Height) size) => _sideways ? (size.Height, size.Width) : size;

    private PlacedGraph Assembled()
    {
        var origins = new Dictionary<int, RoutePoint> { [Top] = new(0, 0) };
        var boxes = new PlacedBox[_boxes.Count];
        for (var box = 0; box < _boxes.Count; box++)
        {
            var level = _levels[Around(box)];
            var placed = level.Placed!.Boxes[level.Nodes[new End(box, null)]];
            var middle = Absolute(Around(box), new RoutePoint(placed.X, placed.Y), origins);
            var (width, height) = SizeOf(box);
            boxes[box] = new PlacedBox(middle.X, middle.Y, width, height);
            origins[box] = new RoutePoint(middle.X - (width / 2), middle.Y - (height / 2));
        }

        var size = _levels[Top].Size;
        return new PlacedGraph(size.Width, size.Height, [.. boxes], [.. _paths.Select(path => Route(path, origins))]);
    }

    private ImmutableArray<RoutePoint> Route(List<(int Group, int Edge)> path, Dictionary<int, RoutePoint> origins) =>
        [.. path.SelectMany(piece => _levels[piece.Group].Placed!.Routes[piece.Edge].Select(point => Absolute(piece.Group, point, origins)))];

    private RoutePoint Absolute(int group, RoutePoint point, Dictionary<int, RoutePoint> origins)
    {
        var origin = origins[group];
        return _sideways ? new RoutePoint(origin.X + point.Y, origin.Y + point.X + Before(group)) : new RoutePoint(origin.X + point.X, origin.Y + point.Y);
    }

    /// <summary>Edges from one box enter or leave a group at one place.</summary>
    private sealed record PortKey(bool IsEntry, (int From, int Kind) Edge);

    /// <summary>A box; or a port, of a group when seen from outside, of <see cref="Level.Border"/> from inside.</summary>
    private sealed record End(int Box, PortKey? Port);

    private sealed record LevelPiece(End From, End To, int Kind);

    /// <summary>The graph within one group.</summary>
    private sealed class Level
    {
        public const int Border = -2;
        private readonly Dictionary<LevelPiece, int> _known = [];

        public List<LevelPiece> Edges { get; } = [];

        public List<End> Ports { get; } = [];

        public Dictionary<End, int> Nodes { get; set; } = [];

        public PlacedGraph? Placed { get; set; }

        public (double Width, double Height) Size { get; set; }

        public int Edge(End from, End to, int kind)
        {
            var piece = new LevelPiece(from, to, kind);
            if (!_known.TryGetValue(piece, out var index))
            {
                _known[piece] = index = Edges.Count;
                Edges.Add(piece);
                Ports.AddRange(new[] { from, to }.Where(end => end.Box == Border && !Ports.Contains(end)));
            }

            return index;
        }
    }
}

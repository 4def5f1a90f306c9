using System.Collections.Immutable;
using System.Xml.Linq;

namespace MlOps.Core.Drawing;

/// <summary>A graph as one SVG that needs nothing else: readable in a browser and a pull request, in a light theme and a dark one.</summary>
public static class SvgDrawing
{
    private const double PageWidth = 1600;
    private const double LabelHeight = 14;

    public static string Draw(GraphPicture picture)
    {
        var labels = picture.Edges.Where(edge => edge.Label is not null).Select(LabelOf).Distinct().ToImmutableArray();
        var boxes = Boxes(picture, labels);
        var pieces = picture.Edges.SelectMany(edge => Pieces(picture, labels, edge)).ToArray();
        NestedEdge[] edges = [.. pieces.Select(piece => new NestedEdge(piece.From, piece.To, (int)piece.Edge.Line))];
        var placed = NestedLayout.Place(boxes, edges);
        // A page scrolls downwards: what is too wide for it goes from left to right, if that is any better.
        var beside = placed.Width > PageWidth ? NestedLayout.Place(boxes, edges, sideways: true) : placed;
        var sideways = beside.Width < placed.Width;
        placed = sideways ? beside : placed;
        var groups = picture.Groups.Length;
        var root = new XElement(
            SvgShapes.Svg + "svg",
            new XAttribute("viewBox", $"0 0 {SvgShapes.Number(placed.Width)} {SvgShapes.Number(placed.Height)}"),
            new XAttribute("width", SvgShapes.Number(placed.Width)),
            new XAttribute("height", SvgShapes.Number(placed.Height)),
            new XAttribute("role", "img"),
            new XAttribute("font-family", "ui-sans-serif, 'Segoe UI', 'DejaVu Sans', Helvetica, Arial, sans-serif"),
            new XElement(SvgShapes.Svg + "title", picture.Title),
            new XElement(SvgShapes.Svg + "style", SvgColors.DarkStyle()),
            SvgShapes.Arrowheads(),
            new XElement(SvgShapes.Svg + "rect", new XAttribute("width", "100%"), new XAttribute("height", "100%"), SvgColors.Of("page")),
            picture.Groups.Select((_, index) => SvgShapes.Group(placed.Boxes[index])),
            // Emphasized edges last: they lie on top.
            pieces.Index().OrderBy(piece => piece.Item.Edge.Emphasized).Select(piece => SvgShapes.Edge(piece.Item.Edge, placed.Routes[piece.Index], sideways, piece.Item.HasHead)),
            labels.Select((label, index) => SvgShapes.Label(label.Text, label.Line, placed.Boxes[groups + picture.Nodes.Length + index])),
            picture.Nodes.Select((node, index) => SvgShapes.Node(node, placed.Boxes[groups + index])),
            picture.Groups.Select((group, index) => SvgShapes.Heading(group, placed.Boxes[index])));
        return root.ToString() + "\n";
    }

    /// <summary>Groups, then nodes, then labels: a label is a box on its way.</summary>
    private static NestedBox[] Boxes(GraphPicture picture, ImmutableArray<EdgeLabel> labels) =>
    [
        .. picture.Groups.Select(group => SvgText.Size(group.Title, group.Details) is var size ? new NestedBox(size.Width, size.Height, group.Parent, IsGroup: true) : null!),
        .. picture.Nodes.Select(node => Sized(node) is var size ? new NestedBox(size.Width, size.Height, node.Group, IsNear: node.IsNear) : null!),
        .. labels.Select(label => new NestedBox(SvgText.Width(label.Text, SvgText.DetailSize), LabelHeight, label.IsFromGroup ? picture.Groups[label.From].Parent : picture.Nodes[label.From].Group)),
    ];

    private static (double Width, double Height) Sized(PictureNode node)
    {
        var (width, height) = SvgText.Size(node.Title, node.Details);
        return (width + (2 * SvgShapes.Padding), height + 14);
    }

    private static EdgeLabel LabelOf(PictureEdge edge) => new(edge.From, edge.IsFromGroup, edge.Label!, edge.Line);

    private static IEnumerable<(PictureEdge Edge, int From, int To, bool HasHead)> Pieces(GraphPicture picture, ImmutableArray<EdgeLabel> labels, PictureEdge edge)
    {
        var from = edge.IsFromGroup ? edge.From : picture.Groups.Length + edge.From;
        var to = edge.IsToGroup ? edge.To : picture.Groups.Length + edge.To;
        if (edge.Label is null)
        {
            return [(edge, from, to, true)];
        }

        var label = picture.Groups.Length + picture.Nodes.Length + labels.IndexOf(LabelOf(edge));
        return [(edge, from, label, false), (edge, label, to, true)];
    }

    private sealed record EdgeLabel(int From, bool IsFromGroup, string Text, PictureLine Line);
}

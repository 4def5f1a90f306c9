using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Xml.Linq;

namespace MlOps.Core.Drawing;

/// <summary>Boxes, groups, arrows and texts as SVG elements.</summary>
internal static class SvgShapes
{
    public static readonly XNamespace Svg = "http://www.w3.org/2000/svg";
    public const double Padding = 12;
    private const double Fold = 9;
    private static readonly string[] Lines = ["order", "parameter", "artifact", "strong"];

    public static XElement Arrowheads() => new(
        Svg + "defs",
        Lines.Select(line => new XElement(
            Svg + "marker",
            new XAttribute("id", line),
            new XAttribute("viewBox", "0 0 8 8"),
            new XAttribute("refX", "7"),
            new XAttribute("refY", "4"),
            new XAttribute("markerWidth", "7"),
            new XAttribute("markerHeight", "7"),
            new XAttribute("markerUnits", "userSpaceOnUse"),
            new XAttribute("orient", "auto"),
            new XElement(Svg + "path", new XAttribute("d", "M0 0 L8 4 L0 8 z"), SvgColors.Of(line + "-head")))));

    /// <param name="hasHead">It ends at what it leads to, not at its own label.</param>
    public static XElement Edge(PictureEdge edge, ImmutableArray<RoutePoint> route, bool sideways, bool hasHead)
    {
        var path = new StringBuilder($"M{Point(route[0])}");
        foreach (var (start, end) in route.Zip(route.Skip(1)))
        {
            var isStraight = sideways ? Math.Abs(start.Y - end.Y) < 0.05 : Math.Abs(start.X - end.X) < 0.05;
            var (leave, enter) = sideways
                ? (start with { X = (start.X + end.X) / 2 }, end with { X = (start.X + end.X) / 2 })
                : (start with { Y = (start.Y + end.Y) / 2 }, end with { Y = (start.Y + end.Y) / 2 });
            path.Append(isStraight ? $" L{Point(end)}" : $" C{Point(leave)} {Point(enter)} {Point(end)}");
        }

        var name = edge.Emphasized ? "strong" : NameOf(edge.Line);
        return new XElement(
            Svg + "path",
            new XAttribute("d", path.ToString()),
            SvgColors.Of(name + "-line"),
            new XAttribute("fill", "none"),
            new XAttribute("stroke-width", edge.Emphasized ? "2" : "1.3"),
            edge.Line == PictureLine.Always ? new XAttribute("stroke-dasharray", "5 4") : null,
            hasHead ? new XAttribute("marker-end", $"url(#{name})") : null);
    }

    public static XElement Node(PictureNode node, PlacedBox box)
    {
        var kind = node.Emphasized ? "strong" : node.Shape switch { PictureShape.Parameter => "parameter", PictureShape.Artifact => "artifact", _ => "box" };
        var top = box.Y - (box.Height / 2);
        return new XElement(
            Svg + "g",
            new XElement(Svg + "title", string.Join('\n', [node.Title, .. node.Details])),
            Outline(node.Shape, box, kind, node.Emphasized ? "2" : "1.2"),
            Text(node.Title, box.X, top + 20, SvgText.TitleSize, "600", "title"),
            node.Details.Select((line, index) => Text(line, box.X, top + 20 + (SvgText.LineHeight * (index + 1)), SvgText.DetailSize, "400", "detail")));
    }

    /// <summary>Its border; its heading lies above the edges that enter it.</summary>
    public static XElement Group(PlacedBox box) => new(
        Svg + "rect",
        Place(box),
        new XAttribute("rx", "8"),
        SvgColors.Of("group"),
        new XAttribute("fill-opacity", "0.04"),
        new XAttribute("stroke-dasharray", "2 2"));

    public static XElement Heading(PictureGroup group, PlacedBox box)
    {
        var (left, top) = (box.X - (box.Width / 2) + 16, box.Y - (box.Height / 2) + 29);
        return new XElement(
            Svg + "g",
            new XElement(Svg + "title", string.Join('\n', [group.Title, .. group.Details])),
            Text(group.Title, left, top, SvgText.TitleSize, "600", "title", "start"),
            group.Details.Select((line, index) => Text(line, left, top + (SvgText.LineHeight * (index + 1)), SvgText.DetailSize, "400", "detail", "start")));
    }

    public static XElement Label(string text, PictureLine line, PlacedBox box) => Text(text, box.X, box.Y + 4, SvgText.DetailSize, "400", NameOf(line) + "-label");

    public static string Number(double value) => Math.Round(value, 1).ToString(CultureInfo.InvariantCulture);

    private static string NameOf(PictureLine line) => line switch { PictureLine.Parameter => "parameter", PictureLine.Artifact => "artifact", _ => "order" };

    private static XElement Outline(PictureShape shape, PlacedBox box, string kind, string width)
    {
        if (shape == PictureShape.Artifact)
        {
            var (left, top, right, bottom) = (box.X - (box.Width / 2), box.Y - (box.Height / 2), box.X + (box.Width / 2), box.Y + (box.Height / 2));
            var sheet = $"M{Number(left)} {Number(top)} H{Number(right - Fold)} L{Number(right)} {Number(top + Fold)} V{Number(bottom)} H{Number(left)} z M{Number(right - Fold)} {Number(top)} V{Number(top + Fold)} H{Number(right)}";
            return new XElement(Svg + "path", new XAttribute("d", sheet), SvgColors.Of(kind), new XAttribute("stroke-width", width));
        }

        return new XElement(
            Svg + "rect",
            Place(box),
            new XAttribute("rx", shape == PictureShape.Parameter ? Number(Math.Min(box.Height / 2, 20)) : "6"),
            SvgColors.Of(kind),
            new XAttribute("stroke-width", width));
    }

    private static XAttribute[] Place(PlacedBox box) =>
    [
        new("x", Number(box.X - (box.Width / 2))),
        new("y", Number(box.Y - (box.Height / 2))),
        new("width", Number(box.Width)),
        new("height", Number(box.Height)),
    ];

    private static XElement Text(string text, double x, double y, double size, string weight, string kind, string anchor = "middle") => new(
        Svg + "text",
        new XAttribute("x", Number(x)),
        new XAttribute("y", Number(y)),
        new XAttribute("text-anchor", anchor),
        new XAttribute("font-size", Number(size)),
        new XAttribute("font-weight", weight),
        SvgColors.Of(kind),
        SvgText.Shortened(text));

    private static string Point(RoutePoint point) => $"{Number(point.X)} {Number(point.Y)}";
}

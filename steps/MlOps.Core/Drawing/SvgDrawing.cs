using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Xml.Linq;

namespace MlOps.Core.Drawing;

/// <summary>A graph as one SVG that needs nothing else: readable in a browser, a pull request and a dark theme.</summary>
public static class SvgDrawing
{
    private const double TitleSize = 13;
    private const double DetailSize = 11;
    private const double LineHeight = 16;
    private const double Padding = 12;
    private const double LongestText = 46;
    private const double PageWidth = 1600;
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    public static string Draw(GraphPicture picture)
    {
        var sizes = picture.Nodes.Select(Size).ToArray();
        (int From, int To)[] edges = [.. picture.Edges.Select(edge => (edge.From, edge.To))];
        var placed = LayeredLayout.Place(sizes, edges);
        // A page scrolls downwards: what is too wide for it goes from left to right, if that is any better.
        var beside = placed.Width > PageWidth ? LayeredLayout.PlaceSideways(sizes, edges) : placed;
        var sideways = beside.Width < placed.Width;
        placed = sideways ? beside : placed;
        var root = new XElement(
            Svg + "svg",
            new XAttribute("viewBox", $"0 0 {Number(placed.Width)} {Number(placed.Height)}"),
            new XAttribute("width", Number(placed.Width)),
            new XAttribute("height", Number(placed.Height)),
            new XAttribute("role", "img"),
            new XAttribute("font-family", "ui-sans-serif, 'Segoe UI', 'DejaVu Sans', Helvetica, Arial, sans-serif"),
            new XElement(Svg + "title", picture.Title),
            Arrowheads(),
            new XElement(Svg + "rect", new XAttribute("width", "100%"), new XAttribute("height", "100%"), new XAttribute("fill", "#ffffff")),
            // Emphasized edges last: they lie on top.
            picture.Edges.Select((edge, index) => (edge, index)).OrderBy(item => item.edge.Emphasized).Select(item => Edge(item.edge, placed.Routes[item.index], sideways)),
            picture.Nodes.Select((node, index) => Box(node, placed.Boxes[index])));
        return root.ToString() + "\n";
    }

    private static (double Width, double Height) Size(PictureNode node) =>
        (Math.Max(TextWidth(node.Title, TitleSize * 1.06), node.Details.Select(line => TextWidth(line, DetailSize)).DefaultIfEmpty(0).Max()) + (2 * Padding),
         (LineHeight * (1 + node.Details.Length)) + 14);

    /// <summary>An estimate that holds for the common sans-serif letters; a text is never wider than its box by much.</summary>
    private static double TextWidth(string text, double size) => Shortened(text).EnumerateRunes().Sum(rune => rune.Value switch
    {
        'i' or 'j' or 'l' or '.' or ',' or ':' or ';' or '|' or '\'' or '!' or 'I' => 0.34,
        'm' or 'w' or 'M' or 'W' or '@' or '%' => 0.95,
        >= 'A' and <= 'Z' => 0.72,
        > 0x2E80 => 1.05,
        _ => 0.62,
    }) * size;

    private static string Shortened(string text) => text.Length <= LongestText ? text : string.Concat(text.AsSpan(0, 20), "…", text.AsSpan(text.Length - 25));

    private static XElement Arrowheads() => new(
        Svg + "defs",
        new[] { ("plain", "#8b949e"), ("strong", "#b35900") }.Select(head => new XElement(
            Svg + "marker",
            new XAttribute("id", head.Item1),
            new XAttribute("viewBox", "0 0 8 8"),
            new XAttribute("refX", "7"),
            new XAttribute("refY", "4"),
            new XAttribute("markerWidth", "7"),
            new XAttribute("markerHeight", "7"),
            new XAttribute("markerUnits", "userSpaceOnUse"),
            new XAttribute("orient", "auto"),
            new XElement(Svg + "path", new XAttribute("d", "M0 0 L8 4 L0 8 z"), new XAttribute("fill", head.Item2)))));

    private static XElement Edge(PictureEdge edge, ImmutableArray<RoutePoint> route, bool sideways)
    {
        var path = new StringBuilder($"M{Point(route[0])}");
        for (var at = 1; at < route.Length; at++)
        {
            // Odd stretches lie between layers and bend; even ones pass a layer.
            var (start, end) = (route[at - 1], route[at]);
            var (leave, enter) = sideways
                ? (start with { X = (start.X + end.X) / 2 }, end with { X = (start.X + end.X) / 2 })
                : (start with { Y = (start.Y + end.Y) / 2 }, end with { Y = (start.Y + end.Y) / 2 });
            path.Append(at % 2 == 1 ? $" C{Point(leave)} {Point(enter)} {Point(end)}" : $" L{Point(end)}");
        }

        return new XElement(
            Svg + "path",
            new XAttribute("d", path.ToString()),
            new XAttribute("fill", "none"),
            new XAttribute("stroke", edge.Emphasized ? "#b35900" : "#8b949e"),
            new XAttribute("stroke-width", edge.Emphasized ? "2" : "1.3"),
            new XAttribute("marker-end", edge.Emphasized ? "url(#strong)" : "url(#plain)"));
    }

    private static XElement Box(PictureNode node, PlacedBox box) => new(
        Svg + "g",
        new XElement(Svg + "title", string.Join('\n', [node.Title, .. node.Details])),
        new XElement(
            Svg + "rect",
            new XAttribute("x", Number(box.X - (box.Width / 2))),
            new XAttribute("y", Number(box.Y - (box.Height / 2))),
            new XAttribute("width", Number(box.Width)),
            new XAttribute("height", Number(box.Height)),
            new XAttribute("rx", "6"),
            new XAttribute("fill", node.Emphasized ? "#fff1e0" : "#f6f8fa"),
            new XAttribute("stroke", node.Emphasized ? "#b35900" : "#8b949e"),
            new XAttribute("stroke-width", node.Emphasized ? "2" : "1.2")),
        Text(node.Title, box.X, box.Y - (box.Height / 2) + 20, TitleSize, "600", "#1f2328"),
        node.Details.Select((line, index) => Text(line, box.X, box.Y - (box.Height / 2) + 20 + (LineHeight * (index + 1)), DetailSize, "400", "#59636e")));

    private static XElement Text(string text, double x, double y, double size, string weight, string color) => new(
        Svg + "text",
        new XAttribute("x", Number(x)),
        new XAttribute("y", Number(y)),
        new XAttribute("text-anchor", "middle"),
        new XAttribute("font-size", Number(size)),
        new XAttribute("font-weight", weight),
        new XAttribute("fill", color),
        Shortened(text));

    private static string Point(RoutePoint point) => $"{Number(point.X)} {Number(point.Y)}";

    private static string Number(double value) => Math.Round(value, 1).ToString(CultureInfo.InvariantCulture);
}

using System.Xml.Linq;
using MlOps.Core.Drawing;
using MlOps.Testing;

namespace MlOps.Core.Tests.Drawing;

public sealed class PictureTests
{
    private static readonly GraphPicture Picture = new(
        "Steps of \"a\" & b",
        [new PictureNode("fetch <1>", ["img & co"], Emphasized: true), new PictureNode("test", []), new PictureNode("build \\ \"x\"", ["a", "b"], Emphasized: true)],
        [new PictureEdge(0, 1), new PictureEdge(1, 2), new PictureEdge(0, 2, Emphasized: true)]);

    private static readonly GraphPicture Nested = new(
        "it's nested",
        [new PictureNode("split", []), new PictureNode("score", []) { Group = 0, Shape = PictureShape.Artifact }],
        [new PictureEdge(0, 1) { Label = "rows", Line = PictureLine.Parameter }, new PictureEdge(0, 0) { IsToGroup = true, Line = PictureLine.Artifact }, new PictureEdge(0, 1) { Line = PictureLine.Always }])
    {
        Groups = [new PictureGroup("if \"x\" > 1", ["again"])],
    };

    [Fact]
    public void An_svg_holds_every_text_and_an_arrow_for_each_edge()
    {
        var svg = XDocument.Parse(SvgDrawing.Draw(Picture)).Root!;
        Assert.Equal(["fetch <1>", "img & co", "test", "build \\ \"x\"", "a", "b"], Named(svg, "text").Select(text => text.Value));
        Assert.Equal(3, Named(svg, "path").Count(path => path.Attribute("marker-end") is not null));
        Assert.Equal("Steps of \"a\" & b", svg.Elements().First(element => element.Name.LocalName == "title").Value);
    }

    [Fact]
    public void What_is_too_wide_for_a_page_goes_from_left_to_right()
    {
        var wide = new GraphPicture("wide", [.. Enumerable.Range(0, 30).Select(index => new PictureNode($"step number {index}", []))], [.. Enumerable.Range(1, 29).Select(index => new PictureEdge(0, index))]);
        var svg = XDocument.Parse(SvgDrawing.Draw(wide)).Root!;
        Assert.True((double)svg.Attribute("width")! < (double)svg.Attribute("height")!);
    }

    [Fact]
    public void Groups_hold_their_nodes_and_edges_have_labels_in_every_language()
    {
        var svg = XDocument.Parse(SvgDrawing.Draw(Nested)).Root!;
        Assert.Equal(["rows", "split", "score", "if \"x\" > 1", "again"], Named(svg, "text").Select(text => text.Value));
        // A labelled edge has a part before its label, without a head, and one after it.
        Assert.Equal([false, true, true, true], Named(svg, "path").Where(path => path.Attribute("class")!.Value.EndsWith("-line", StringComparison.Ordinal)).Select(path => path.Attribute("marker-end") is not null).Order());
        Assert.Contains("@media (prefers-color-scheme: dark)", svg.ToString(), StringComparison.Ordinal);

        var dot = DotDrawing.Draw(Nested);
        Assert.Contains("  subgraph cluster_0 {\n    label=\"if \\\"x\\\" > 1\\nagain\"", dot, StringComparison.Ordinal);
        Assert.Contains("n0 -> n1 [color=\"#0969da\", label=\"rows\"];", dot, StringComparison.Ordinal);
        Assert.Contains("n0 -> g0 [color=\"#9a6700\", lhead=cluster_0];", dot, StringComparison.Ordinal);
    }

    [Fact]
    public void Mermaid_escapes_what_it_would_read_as_markup() => Golden.Matches(MermaidDrawing.Draw(Nested), "nested.mmd");

    [Fact]
    public void Dot_quotes_what_it_must()
    {
        var dot = DotDrawing.Draw(Picture);
        Assert.Contains("digraph \"Steps of \\\"a\\\" & b\" {", dot, StringComparison.Ordinal);
        Assert.Contains("n2 [label=\"build \\\\ \\\"x\\\"\\na\\nb\"", dot, StringComparison.Ordinal);
        Assert.Contains("n0 -> n2 [", dot, StringComparison.Ordinal);
    }

    private static IEnumerable<XElement> Named(XElement root, string name) => root.Descendants().Where(element => element.Name.LocalName == name);
}

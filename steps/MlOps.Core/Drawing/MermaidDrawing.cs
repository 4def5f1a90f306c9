using System.Globalization;
using System.Text;

namespace MlOps.Core.Drawing;

/// <summary>A graph as a Mermaid flowchart (mermaid.js.org), which code hosts draw in Markdown.</summary>
public static class MermaidDrawing
{
    public static string Draw(GraphPicture picture)
    {
        var chart = new StringBuilder();
        chart.Append(CultureInfo.InvariantCulture, $"---\ntitle: {Title(picture.Title)}\n---\nflowchart TD\n");
        Write(chart, picture, null, "  ");
        foreach (var edge in picture.Edges)
        {
            chart.Append(CultureInfo.InvariantCulture, $"  {(edge.IsFromGroup ? 'g' : 'n')}{edge.From} {Arrow(edge)}{(edge.Label is null ? "" : $"|{Quoted([edge.Label])}|")} {(edge.IsToGroup ? 'g' : 'n')}{edge.To}\n");
        }

        chart.Append($"  classDef parameter stroke:{PictureColors.Parameter}\n  classDef artifact stroke:{PictureColors.Artifact}\n  classDef strong stroke:{PictureColors.Strong},stroke-width:2px\n");
        Classes(chart, picture, "parameter", node => node.Shape == PictureShape.Parameter && !node.Emphasized);
        Classes(chart, picture, "artifact", node => node.Shape == PictureShape.Artifact && !node.Emphasized);
        Classes(chart, picture, "strong", node => node.Emphasized);
        return chart.ToString();
    }

    private static void Write(StringBuilder chart, GraphPicture picture, int? group, string indent)
    {
        for (var index = 0; index < picture.Nodes.Length; index++)
        {
            var node = picture.Nodes[index];
            if (node.Group == group)
            {
                var (open, close) = node.Shape switch { PictureShape.Parameter => ("([", "])"), PictureShape.Artifact => ("[/", "/]"), _ => ("[", "]") };
                chart.Append(CultureInfo.InvariantCulture, $"{indent}n{index}{open}{Quoted([node.Title, .. node.Details])}{close}\n");
            }
        }

        for (var index = 0; index < picture.Groups.Length; index++)
        {
            var inner = picture.Groups[index];
            if (inner.Parent == group)
            {
                chart.Append(CultureInfo.InvariantCulture, $"{indent}subgraph g{index} [{Quoted([inner.Title, .. inner.Details])}]\n");
                Write(chart, picture, index, indent + "  ");
                chart.Append(CultureInfo.InvariantCulture, $"{indent}end\n");
            }
        }
    }

    private static void Classes(StringBuilder chart, GraphPicture picture, string name, Func<PictureNode, bool> has)
    {
        var nodes = picture.Nodes.Index().Where(node => has(node.Item)).Select(node => $"n{node.Index}").ToArray();
        if (nodes.Length > 0)
        {
            chart.Append(CultureInfo.InvariantCulture, $"  class {string.Join(',', nodes)} {name}\n");
        }
    }

    private static string Arrow(PictureEdge edge) => edge.Emphasized ? "==>" : edge.Line == PictureLine.Always ? "-.->" : "-->";

    /// <summary>Mermaid reads Markdown and HTML in texts; entities are written with a # in place of the &amp;.</summary>
    private static string Quoted(IEnumerable<string> lines) => $"\"{string.Join("<br>", lines.Select(Escaped))}\"";

    private static string Escaped(string text)
    {
        var result = new StringBuilder();
        foreach (var letter in text)
        {
            _ = letter is '"' or '#' or '<' or '>' or '&' or '`' or '*' or '_' or '\\' or '{' or '}' ? result.Append(CultureInfo.InvariantCulture, $"#{(int)letter};") : result.Append(letter);
        }

        return result.ToString();
    }

    private static string Title(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}

using System.Globalization;
using System.Text;

namespace MlOps.Core.Drawing;

/// <summary>A graph in Graphviz's language.</summary>
public static class DotDrawing
{
    public static string Draw(GraphPicture picture)
    {
        var dot = new StringBuilder();
        dot.Append(CultureInfo.InvariantCulture, $"digraph {Quoted(picture.Title)} {{\n{(picture.Groups.Length > 0 ? "  compound=true;\n" : "")}  node [shape=box, style=rounded];\n");
        Write(dot, picture, null, "  ");
        foreach (var edge in picture.Edges)
        {
            dot.Append(CultureInfo.InvariantCulture, $"  {End(picture, edge.From, edge.IsFromGroup)} -> {End(picture, edge.To, edge.IsToGroup)}{Style(edge)};\n");
        }

        return dot.Append("}\n").ToString();
    }

    private static void Write(StringBuilder dot, GraphPicture picture, int? group, string indent)
    {
        for (var index = 0; index < picture.Nodes.Length; index++)
        {
            var node = picture.Nodes[index];
            if (node.Group == group)
            {
                dot.Append(CultureInfo.InvariantCulture, $"{indent}n{index} [label={Quoted(string.Join('\n', [node.Title, .. node.Details]))}{Shape(node)}];\n");
            }
        }

        for (var index = 0; index < picture.Groups.Length; index++)
        {
            var inner = picture.Groups[index];
            if (inner.Parent == group)
            {
                dot.Append(CultureInfo.InvariantCulture, $"{indent}subgraph cluster_{index} {{\n{indent}  label={Quoted(string.Join('\n', [inner.Title, .. inner.Details]))}; labeljust=l; style=\"rounded,dashed\"; color=\"{PictureColors.Plain}\";\n");
                // An edge to a group is one to a point in it, cut at its border.
                dot.Append(CultureInfo.InvariantCulture, $"{indent}  g{index} [shape=point, style=invis, width=0];\n");
                Write(dot, picture, index, indent + "  ");
                dot.Append(CultureInfo.InvariantCulture, $"{indent}}}\n");
            }
        }
    }

    private static string End(GraphPicture picture, int index, bool isGroup) => isGroup && index < picture.Groups.Length ? $"g{index}" : $"n{index}";

    private static string Shape(PictureNode node) => node.Emphasized ? $", color=\"{PictureColors.Strong}\", penwidth=2" : node.Shape switch
    {
        PictureShape.Parameter => $", shape=oval, color=\"{PictureColors.Parameter}\", style=\"\"",
        PictureShape.Artifact => $", shape=note, color=\"{PictureColors.Artifact}\", style=\"\"",
        _ => "",
    };

    private static string Style(PictureEdge edge)
    {
        var styles = new List<string>();
        if (edge.Emphasized)
        {
            styles.Add($"color=\"{PictureColors.Strong}\", penwidth=2");
        }
        else if (edge.Line is PictureLine.Parameter or PictureLine.Artifact)
        {
            styles.Add($"color=\"{(edge.Line == PictureLine.Parameter ? PictureColors.Parameter : PictureColors.Artifact)}\"");
        }
        else if (edge.Line == PictureLine.Always)
        {
            styles.Add("style=dashed");
        }

        styles.AddRange(edge.Label is null ? [] : [$"label={Quoted(edge.Label)}"]);
        styles.AddRange(edge.IsFromGroup ? [$"ltail=cluster_{edge.From}"] : []);
        styles.AddRange(edge.IsToGroup ? [$"lhead=cluster_{edge.To}"] : []);
        return styles.Count == 0 ? "" : $" [{string.Join(", ", styles)}]";
    }

    private static string Quoted(string text) =>
        $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)}\"";
}

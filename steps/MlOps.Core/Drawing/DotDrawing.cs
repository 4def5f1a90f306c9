using System.Globalization;
using System.Text;

namespace MlOps.Core.Drawing;

/// <summary>A graph in Graphviz's language.</summary>
public static class DotDrawing
{
    public static string Draw(GraphPicture picture)
    {
        var dot = new StringBuilder();
        dot.Append(CultureInfo.InvariantCulture, $"digraph {Quoted(picture.Title)} {{\n  node [shape=box, style=rounded];\n");
        for (var index = 0; index < picture.Nodes.Length; index++)
        {
            var node = picture.Nodes[index];
            dot.Append(CultureInfo.InvariantCulture, $"  n{index} [label={Quoted(string.Join('\n', [node.Title, .. node.Details]))}{(node.Emphasized ? ", color=\"#b35900\", penwidth=2" : "")}];\n");
        }

        foreach (var edge in picture.Edges)
        {
            dot.Append(CultureInfo.InvariantCulture, $"  n{edge.From} -> n{edge.To}{(edge.Emphasized ? " [color=\"#b35900\", penwidth=2]" : "")};\n");
        }

        return dot.Append("}\n").ToString();
    }

    private static string Quoted(string text) =>
        $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)}\"";
}

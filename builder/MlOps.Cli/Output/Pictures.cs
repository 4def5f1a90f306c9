using MlOps.Core.Drawing;

namespace MlOps.Cli.Output;

/// <summary>The languages in which verbs draw graphs.</summary>
internal static class Pictures
{
    public static readonly string[] Formats = ["svg", "dot", "mermaid"];

    public static string Draw(GraphPicture picture, string format) => format switch
    {
        "svg" => SvgDrawing.Draw(picture),
        "dot" => DotDrawing.Draw(picture),
        "mermaid" => MermaidDrawing.Draw(picture),
        _ => throw new ArgumentException($"'{format}' is no language of pictures: expected {string.Join(", ", Formats)}.", nameof(format)),
    };
}

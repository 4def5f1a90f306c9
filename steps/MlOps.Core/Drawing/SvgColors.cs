using System.Xml.Linq;

namespace MlOps.Core.Drawing;

/// <summary>The colours of a picture: light ones as attributes, which every viewer knows, dark ones as a style for viewers in a dark theme.</summary>
internal static class SvgColors
{
    private static readonly (string Class, string Property, string Light, string Dark)[] All =
    [
        ("page", "fill", "#ffffff", "#0d1117"),
        ("group", "fill", "#59636e", "#9198a1"),
        ("group", "stroke", PictureColors.Plain, "#656d76"),
        ("box", "fill", "#f6f8fa", "#212830"),
        ("box", "stroke", PictureColors.Plain, "#9198a1"),
        ("parameter", "fill", "#ddf4ff", "#10233f"),
        ("parameter", "stroke", PictureColors.Parameter, "#4493f8"),
        ("artifact", "fill", "#fff8c5", "#2e2408"),
        ("artifact", "stroke", PictureColors.Artifact, "#d29922"),
        ("strong", "fill", "#fff1e0", "#3d2305"),
        ("strong", "stroke", PictureColors.Strong, "#f0883e"),
        ("title", "fill", "#1f2328", "#f0f6fc"),
        ("detail", "fill", "#59636e", "#9198a1"),
        ("order-line", "stroke", PictureColors.Plain, "#7d8590"),
        ("parameter-line", "stroke", PictureColors.Parameter, "#4493f8"),
        ("artifact-line", "stroke", PictureColors.Artifact, "#d29922"),
        ("strong-line", "stroke", PictureColors.Strong, "#f0883e"),
        ("order-head", "fill", PictureColors.Plain, "#7d8590"),
        ("parameter-head", "fill", PictureColors.Parameter, "#4493f8"),
        ("artifact-head", "fill", PictureColors.Artifact, "#d29922"),
        ("strong-head", "fill", PictureColors.Strong, "#f0883e"),
        ("parameter-label", "fill", "#0550ae", "#79c0ff"),
        ("artifact-label", "fill", "#7d4e00", "#e3b341"),
        ("order-label", "fill", "#59636e", "#9198a1"),
    ];

    /// <summary>The attributes of what is drawn in a class.</summary>
    public static IEnumerable<XAttribute> Of(string @class) =>
        All.Where(color => color.Class == @class).Select(color => new XAttribute(color.Property, color.Light)).Prepend(new XAttribute("class", @class));

    public static string DarkStyle() =>
        $"@media (prefers-color-scheme: dark) {{ {string.Join(' ', All.GroupBy(color => color.Class).Select(group => $".{group.Key} {{ {string.Join(' ', group.Select(color => $"{color.Property}: {color.Dark};"))} }}"))} }}";
}

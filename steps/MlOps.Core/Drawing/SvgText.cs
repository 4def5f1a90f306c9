using System.Text;

namespace MlOps.Core.Drawing;

/// <summary>Texts of a picture: how wide they are, and how long ones are shortened.</summary>
internal static class SvgText
{
    public const double TitleSize = 13;
    public const double DetailSize = 11;
    public const double LineHeight = 16;
    private const int LongestText = 60;

    /// <summary>An estimate that holds for the common sans-serif letters; a text is never wider than its box by much.</summary>
    public static double Width(string text, double size) => Shortened(text).EnumerateRunes().Sum(rune => Width(rune)) * size;

    /// <summary>Bold.</summary>
    public static double TitleWidth(string text) => Width(text, TitleSize * 1.06);

    /// <summary>The middle of what is too long is left out: names differ at their ends.</summary>
    public static string Shortened(string text) => text.Length <= LongestText ? text : string.Concat(text.AsSpan(0, 27), "…", text.AsSpan(text.Length - 32));

    public static (double Width, double Height) Size(string title, IEnumerable<string> details) =>
        (Math.Max(TitleWidth(title), details.Select(line => Width(line, DetailSize)).DefaultIfEmpty(0).Max()), LineHeight * (1 + details.Count()));

    private static double Width(Rune rune) => rune.Value switch
    {
        'i' or 'j' or 'l' or '.' or ',' or ':' or ';' or '|' or '\'' or '!' or 'I' => 0.34,
        'm' or 'w' or 'M' or 'W' or '@' or '%' or '<' or '>' or '=' or '+' => 0.95,
        >= 'A' and <= 'Z' => 0.72,
        > 0x2E80 => 1.05,
        _ => 0.62,
    };
}

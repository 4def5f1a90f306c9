namespace MlOps.Core.Drawing;

/// <summary>What lines and borders of a picture are drawn in, on a light page, in every language of pictures.</summary>
internal static class PictureColors
{
    public const string Plain = "#8b949e", Parameter = "#0969da", Artifact = "#9a6700", Strong = "#b35900";
}

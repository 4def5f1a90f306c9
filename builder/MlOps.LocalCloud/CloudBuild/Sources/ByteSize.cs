using System.Globalization;

namespace MlOps.LocalCloud.CloudBuild.Sources;

/// <summary>Sizes as gsutil writes them: <c>986.0 B</c>, <c>7.7 KiB</c>, <c>22.9 MiB</c>.</summary>
internal static class ByteSize
{
    private static readonly string[] Units = ["B", "KiB", "MiB", "GiB", "TiB"];

    public static string Text(long bytes)
    {
        double size = bytes;
        var unit = 0;
        for (; size >= 1024 && unit < Units.Length - 1; unit++)
        {
            size /= 1024;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{size:0.0} {Units[unit]}");
    }
}

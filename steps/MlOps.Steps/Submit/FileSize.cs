using System.Globalization;

namespace MlOps.Steps.Submit;

/// <summary>Sizes for people: <c>986 B</c>, <c>7.7 KiB</c>, <c>22.9 MiB</c>.</summary>
internal static class FileSize
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

        return unit == 0 ? $"{bytes} B" : string.Create(CultureInfo.InvariantCulture, $"{size:0.0} {Units[unit]}");
    }
}

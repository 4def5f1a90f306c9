using System.Text.Json;

namespace Ingest;

/// <summary>One JSON object a line: what the components after this one read.</summary>
internal static class JsonLines
{
    public static void Write(string path, IEnumerable<Strike> strikes)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        File.WriteAllLines(path, strikes.Select(s => JsonSerializer.Serialize(s.Columns)));
    }
}

using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Microsoft.Extensions.FileSystemGlobbing;

namespace MlOps.Steps.Test;

/// <summary>
/// Finds the reports that a command writes: what matches the pattern and was not there before, or was written anew. A report
/// that an earlier run left is none, and nothing of the user's is deleted to find out.
/// </summary>
/// <param name="Folder">Where the command runs.</param>
/// <param name="Except">Folders whose reports are somebody else's, relative, with <c>/</c> at the end.</param>
internal sealed record ReportFiles(string Folder, string Pattern, ImmutableArray<string> Except)
{
    public ImmutableDictionary<string, Stamp> Snapshot()
    {
        var matcher = new Matcher(StringComparison.Ordinal);
        matcher.AddInclude(Pattern);
        matcher.AddExclude("**/.git/**");
        matcher.AddExclude("**/.mlops/**");
        matcher.AddExclude("**/node_modules/**");
        return matcher.GetResultsInFullPath(Folder)
            .Where(file => !Except.Any(folder => Relative(file).StartsWith(folder, StringComparison.Ordinal)))
            .ToImmutableDictionary(file => file, file => Stamp.Of(new FileInfo(file)), StringComparer.Ordinal);
    }

    /// <summary>Copies what is new since the snapshot to a folder, under the same relative paths.</summary>
    /// <returns>How many there were.</returns>
    public int CopyNew(ImmutableDictionary<string, Stamp> before, string target)
    {
        var written = Snapshot().Where(now => !before.TryGetValue(now.Key, out var was) || was != now.Value).Select(now => now.Key).ToList();
        foreach (var file in written)
        {
            var copy = Path.Combine(target, Relative(file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy, overwrite: true);
        }

        return written.Count;
    }

    private string Relative(string file) => Path.GetRelativePath(Folder, file).Replace('\\', '/').Replace("../", "", StringComparison.Ordinal);

    [StructLayout(LayoutKind.Auto)]
    public readonly record struct Stamp(DateTime Written, long Length)
    {
        public static Stamp Of(FileInfo file) => new(file.LastWriteTimeUtc, file.Length);
    }
}

using MlOps.Core.Problems;

namespace MlOps.Cli.Output;

/// <summary>Paths as people want to read them: relative to where they stand, where that is shorter.</summary>
internal static class Places
{
    private const int DiskFull = 28;

    public static Problem Relative(Problem problem) => problem.File is null ? problem : problem with { File = Relative(problem.File) };

    public static string Relative(string path)
    {
        if (!Path.IsPathRooted(path))
        {
            return path;
        }

        var relative = Path.GetRelativePath(Directory.GetCurrentDirectory(), path);
        return relative.StartsWith("..", StringComparison.Ordinal) ? path : relative;
    }

    public static string DiskHint(Exception error) =>
        (error.HResult & 0xFFFF) == DiskFull || error.Message.Contains("No space left", StringComparison.Ordinal)
            ? "\n  The disk is full: free some space and run the same command again; nothing was half-written."
            : "";
}

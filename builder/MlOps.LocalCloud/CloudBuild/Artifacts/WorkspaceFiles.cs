namespace MlOps.LocalCloud.CloudBuild.Artifacts;

/// <summary>Finds the files of a build's workspace that path patterns match.</summary>
internal static class WorkspaceFiles
{
    /// <summary>Copies what the patterns may match, no more, and looks there.</summary>
    /// <returns>For each pattern the files below <paramref name="copy"/>, in order of name.</returns>
    public static async Task<IReadOnlyList<(string Path, IReadOnlyList<string> Files)>> FindAsync(
        IEnumerable<string> paths, string copy, Func<string, string, CancellationToken, Task<bool>> readAsync, CancellationToken cancel)
    {
        PathGlob[] globs = [.. paths.Select(path => new PathGlob(path))];
        foreach (var root in Roots(globs.Where(glob => !glob.IsOutside).Select(glob => glob.Root)))
        {
            var target = Path.Combine(copy, root);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            await readAsync(root, target, cancel);
        }

        var files = Files(copy).Order(StringComparer.Ordinal).ToArray();
        return [.. globs.Select(glob => (glob.Path, (IReadOnlyList<string>)[.. files.Where(file => !glob.IsOutside && glob.Matches(file))]))];
    }

    /// <summary>Without those that lie below another one.</summary>
    private static IEnumerable<string> Roots(IEnumerable<string> roots)
    {
        var all = roots.Distinct(StringComparer.Ordinal).ToArray();
        return all.Where(root => !all.Any(other => other != root && (other.Length == 0 || root.StartsWith(other + "/", StringComparison.Ordinal))));
    }

    /// <summary>Regular files; a link would be a copy of another artifact, or of something outside.</summary>
    private static IEnumerable<string> Files(string folder) =>
        new DirectoryInfo(folder).EnumerateFiles("*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = true })
            .Select(file => Path.GetRelativePath(folder, file.FullName).Replace(Path.DirectorySeparatorChar, '/'));
}

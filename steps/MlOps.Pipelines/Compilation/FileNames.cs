namespace MlOps.Pipelines.Compilation;

/// <summary>File names in messages.</summary>
internal static class FileNames
{
    /// <summary>A full path, written like another was given: relative where that was relative and the file is not far away.</summary>
    public static string Like(string given, string path)
    {
        if (Path.IsPathRooted(given))
        {
            return path;
        }

        var relative = Path.GetRelativePath(Directory.GetCurrentDirectory(), path);
        return relative.Length < path.Length ? relative : path;
    }
}

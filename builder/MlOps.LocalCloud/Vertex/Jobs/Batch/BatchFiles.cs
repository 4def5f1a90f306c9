using MlOps.Core.Patterns;
using MlOps.Google.Storage;

namespace MlOps.LocalCloud.Vertex.Jobs.Batch;

/// <summary>The files of a job's input, which its URIs name, also by <c>*</c>, <c>**</c> and <c>?</c>.</summary>
internal static class BatchFiles
{
    /// <returns>Paths on this machine, in the order of the URIs.</returns>
    /// <exception cref="TaskFaultException">There is no such object.</exception>
    public static List<string> Find(string storageFolder, IEnumerable<string> uris)
    {
        var found = new List<string>();
        foreach (var text in uris)
        {
            var uri = GcsUri.Parse(text);
            var bucket = Path.Combine(storageFolder, uri.Bucket);
            var files = uri.Name.AsSpan().ContainsAny('*', '?', '[') ? Matching(bucket, uri.Name) : File.Exists(Path.Combine(bucket, uri.Name)) ? [Path.Combine(bucket, uri.Name)] : [];
            found.AddRange(files.Count > 0 ? files : throw new TaskFaultException($"There is no object {text} (inputConfig.gcsSource.uris)."));
        }

        return found;
    }

    private static List<string> Matching(string bucket, string pattern)
    {
        var glob = PathGlob.Parse(pattern);
        return Directory.Exists(bucket)
            ? [.. Directory.EnumerateFiles(bucket, "*", SearchOption.AllDirectories).Where(file => glob.IsMatch(Path.GetRelativePath(bucket, file).Replace(Path.DirectorySeparatorChar, '/'))).Order(StringComparer.Ordinal)]
            : [];
    }
}

using System.Collections.Concurrent;
using System.Text;
using MlOps.Core.Images;

namespace MlOps.LocalCloud.Vertex.Pipelines.Executing;

/// <summary>What an artifact holds, as a digest: of a file, or of a folder's names and files. What is not in Storage is known by its URI alone.</summary>
internal sealed class ContentIdentity(string storageFolder)
{
    private readonly ConcurrentDictionary<(string Path, long Size, long Ticks), Digest> _known = new();

    public async Task<string> OfAsync(string uri, CancellationToken cancel)
    {
        if (!uri.StartsWith("gs://", StringComparison.Ordinal) || uri.Split('/').Contains("..", StringComparer.Ordinal))
        {
            return $"uri:{uri}";
        }

        var path = Path.Combine(storageFolder, uri["gs://".Length..].TrimEnd('/'));
        if (File.Exists(path))
        {
            return (await FileAsync(path, cancel)).ToString();
        }

        if (!Directory.Exists(path))
        {
            return $"uri:{uri}";
        }

        var listing = new StringBuilder();
        foreach (var file in Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            listing.Append(Path.GetRelativePath(path, file)).Append('\0').Append((await FileAsync(file, cancel)).Hex).Append('\n');
        }

        return Digest.Of(listing.ToString()).ToString();
    }

    private async Task<Digest> FileAsync(string path, CancellationToken cancel)
    {
        var info = new FileInfo(path);
        var key = (path, info.Length, info.LastWriteTimeUtc.Ticks);
        if (_known.TryGetValue(key, out var digest))
        {
            return digest;
        }

        await using var content = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        return _known[key] = await Digest.OfAsync(content, cancel);
    }
}

using System.Security.Cryptography;
using System.Text;

namespace MlOps.LocalCloud.Storage;

/// <summary>
/// Where objects' bytes are: <c>BUCKET/NAME</c>, a plain file that people and containers can read. A name that no file can
/// have (<c>..</c>, a trailing slash, <c>a/b</c> beside <c>a</c>) goes to <c>.odd/BUCKET/SHA256</c>; bytes on their way to <c>.uploads/ID</c>.
/// </summary>
internal sealed class ObjectFiles(string folder)
{
    private const int LongestSegment = 255, LongestPath = 3000;

    public string Full(string file) => Path.Combine(folder, file);

    public string BucketFolder(string bucket) => Path.Combine(folder, bucket);

    public string StagingFolder => Path.Combine(folder, ".uploads");

    public string NewStaged()
    {
        Directory.CreateDirectory(StagingFolder);
        return Path.Combine(StagingFolder, Guid.NewGuid().ToString("N"));
    }

    /// <summary>The place for an object that is about to be written, given what is on the disk now.</summary>
    public string Place(string bucket, string name) => IsPlain(name) && IsRoom(bucket, name) ? $"{bucket}/{name}" : Odd(bucket, name);

    /// <summary>The file that somebody may have put there for this object without asking the API; null where no file can have the name.</summary>
    public string? Plain(string bucket, string name) => IsPlain(name) ? $"{bucket}/{name}" : null;

    /// <summary>Length and time (ticks) of a file; null where it is none.</summary>
    public (long Size, long Modified)? Stat(string file)
    {
        var info = new FileInfo(Full(file));
        return info.Exists ? (info.Length, info.LastWriteTimeUtc.Ticks) : null;
    }

    public void Move(string staged, string file)
    {
        var target = Full(file);
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        File.Move(staged, target, overwrite: true);
    }

    /// <summary>Removes a file and the folders that it leaves empty, up to its bucket.</summary>
    public void Remove(string file)
    {
        var path = Full(file);
        File.Delete(path);
        var bucket = BucketFolder(file.Split('/')[0]);
        for (var parent = Path.GetDirectoryName(path)!; parent.Length > bucket.Length && IsEmpty(parent); parent = Path.GetDirectoryName(parent)!)
        {
            Directory.Delete(parent);
        }
    }

    /// <summary>Removes what uploads that nobody ended have left.</summary>
    public void ForgetStaged(DateTimeOffset olderThan)
    {
        Directory.CreateDirectory(StagingFolder);
        foreach (var left in new DirectoryInfo(StagingFolder).EnumerateFiles().Where(left => left.LastWriteTimeUtc < olderThan.UtcDateTime))
        {
            left.Delete();
        }
    }

    /// <summary>The plain files of a bucket whose names begin with <paramref name="prefix"/>.</summary>
    public IEnumerable<(string Name, long Size, long Modified)> Below(string bucket, string prefix)
    {
        var root = new DirectoryInfo(BucketFolder(bucket));
        var slash = prefix.LastIndexOf('/');
        var start = slash > 0 && IsPlain(prefix[..slash]) ? new DirectoryInfo(Path.Combine(root.FullName, prefix[..slash])) : root;
        if (!start.Exists)
        {
            yield break;
        }

        foreach (var file in start.EnumerateFiles("*", SearchOption.AllDirectories))
        {
            var name = Path.GetRelativePath(root.FullName, file.FullName).Replace(Path.DirectorySeparatorChar, '/');
            if (name.StartsWith(prefix, StringComparison.Ordinal) && file.Exists)
            {
                yield return (name, file.Length, file.LastWriteTimeUtc.Ticks);
            }
        }
    }

    private static string Odd(string bucket, string name) => $".odd/{bucket}/{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)))}";

    private static bool IsPlain(string name) =>
        Encoding.UTF8.GetByteCount(name) <= LongestPath && Array.TrueForAll(name.Split('/'), segment =>
            segment is not ("" or "." or "..") && !segment.Any(char.IsControl) && !segment.Contains('\\', StringComparison.Ordinal) && Encoding.UTF8.GetByteCount(segment) <= LongestSegment);

    /// <summary>No object's file is where a folder is needed, nor a folder where the file is.</summary>
    private bool IsRoom(string bucket, string name)
    {
        var bucketFolder = BucketFolder(bucket);
        var path = Path.Combine(bucketFolder, name);
        if (Directory.Exists(path))
        {
            return false;
        }

        for (var parent = Path.GetDirectoryName(path)!; parent.Length > bucketFolder.Length; parent = Path.GetDirectoryName(parent)!)
        {
            if (File.Exists(parent))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsEmpty(string directory) => Directory.Exists(directory) && !Directory.EnumerateFileSystemEntries(directory).Any();
}

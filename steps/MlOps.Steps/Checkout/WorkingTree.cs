using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using LibGit2Sharp;
using MlOps.Core.Images;
using MlOps.Steps.Project;

namespace MlOps.Steps.Checkout;

/// <summary>The files that differ from the commit, and a hash of how they do.</summary>
/// <param name="Hash">Twelve digits; null where nothing differs.</param>
internal sealed record WorkingTree(ImmutableArray<ChangedFile> Changes, string? Hash)
{
    private const FileStatus Added = FileStatus.NewInWorkdir | FileStatus.NewInIndex;
    private const FileStatus Deleted = FileStatus.DeletedFromWorkdir | FileStatus.DeletedFromIndex;
    private static readonly byte[] LargeFilePointer = "version https://git-lfs.github.com/spec/v1\n"u8.ToArray();

    /// <param name="paths">Gives a path its form in records; null where the toolkit itself writes there.</param>
    /// <param name="withUntracked">Whether files that git does not know of count.</param>
    public static WorkingTree Read(Repository repository, Func<string, string?> paths, bool withUntracked)
    {
        var options = new StatusOptions { IncludeUntracked = withUntracked, RecurseUntrackedDirs = true, DetectRenamesInIndex = false, DetectRenamesInWorkDir = false };
        var entries = repository.RetrieveStatus(options)
            .Where(entry => entry.State is not (FileStatus.Ignored or FileStatus.Unaltered) && paths(entry.FilePath) is not null)
            .Where(entry => !IsLargeFile(repository, entry))
            .OrderBy(entry => entry.FilePath, StringComparer.Ordinal)
            .ToList();
        if (entries.Count == 0)
        {
            return new WorkingTree([], null);
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var entry in entries)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{entry.FilePath}\0{Content(repository, entry.FilePath)}\n"));
        }

        return new WorkingTree([.. entries.Select(entry => new ChangedFile(paths(entry.FilePath)!, Kind(entry.State)))], Convert.ToHexStringLower(hash.GetHashAndReset())[..12]);
    }

    private static string Kind(FileStatus state) => (state & Deleted) != default ? "deleted" : (state & Added) != default ? "added" : "modified";

    private static string Content(Repository repository, string path)
    {
        var file = new FileInfo(Path.Combine(repository.Info.WorkingDirectory, path));
        if (file.LinkTarget is { } target)
        {
            return "link " + target;
        }

        if (!file.Exists)
        {
            return Directory.Exists(file.FullName) ? "folder" : "deleted";
        }

        var mode = OperatingSystem.IsWindows() ? 0 : (int)(file.UnixFileMode & UnixFileMode.UserExecute);
        return $"{mode} {Sha256(file, path)}";
    }

    private static Digest Sha256(FileInfo file, string path)
    {
        try
        {
            using var content = file.OpenRead();
            return Digest.Of(content);
        }
        catch (UnauthorizedAccessException)
        {
            throw SourceText.Unreadable(path);
        }
    }

    /// <summary>
    /// A file of Git LFS that is as the commit has it: git holds a pointer, the folder the content. Git compares through a filter
    /// that is not here, so the content is compared with the pointer's own sha256.
    /// </summary>
    private static bool IsLargeFile(Repository repository, StatusEntry entry)
    {
        if (entry.State != FileStatus.ModifiedInWorkdir || repository.Index[entry.FilePath]?.Id is not { } id || repository.Lookup<Blob>(id) is not { Size: < 1024 } blob)
        {
            return false;
        }

        using var reader = new StreamReader(blob.GetContentStream());
        var pointer = reader.ReadToEnd();
        return pointer.StartsWith(Encoding.UTF8.GetString(LargeFilePointer), StringComparison.Ordinal)
            && new FileInfo(Path.Combine(repository.Info.WorkingDirectory, entry.FilePath)) is { Exists: true } file
            && pointer.Contains($"oid {Sha256(file, entry.FilePath)}\n", StringComparison.Ordinal);
    }
}

using System.Collections.Immutable;
using MlOps.Core.Problems;

namespace MlOps.Containers.Build;

/// <summary>A file of a build context.</summary>
/// <param name="Path">Relative to the context, with <c>/</c>.</param>
/// <param name="FullPath">Where it is on this machine.</param>
/// <param name="LinkTarget">Where a symbolic link points; null for a file.</param>
/// <param name="IsExecutable">The one mode bit that git keeps.</param>
public sealed record ContextFile(string Path, string FullPath, string? LinkTarget, bool IsExecutable)
{
    /// <exception cref="InvalidInputException">It cannot be read, or is gone.</exception>
    public FileStream Open()
    {
        try
        {
            return new FileStream(FullPath, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);
        }
        catch (Exception error) when (error is UnauthorizedAccessException or IOException)
        {
            throw new InvalidInputException(
                "unreadable-file", $"The file cannot be read ({error.Message.TrimEnd('.')}). Change its mode, or leave it out by a line in .dockerignore.", new SourceSpot(FullPath));
        }
    }
}

/// <summary>
/// The files that are sent to the engine to build from. What git does not keep (times, owners, modes beyond executable, empty
/// folders) does not count, so that a checkout on any machine gives the same context.
/// </summary>
public static class BuildContext
{
    /// <summary>All files of a folder that the rules leave in, sorted by path (ordinal).</summary>
    /// <exception cref="InvalidInputException">A folder cannot be read.</exception>
    public static ImmutableArray<ContextFile> Files(string folder, DockerIgnore ignore)
    {
        var files = ImmutableArray.CreateBuilder<ContextFile>();
        Walk(new DirectoryInfo(folder), "", ignore, ignore.Start(), files);
        files.Sort((a, b) => string.CompareOrdinal(a.Path, b.Path));
        return files.ToImmutable();
    }

    private static void Walk(DirectoryInfo folder, string prefix, DockerIgnore ignore, ImmutableArray<bool> matched, ImmutableArray<ContextFile>.Builder files)
    {
        foreach (var entry in Entries(folder))
        {
            var path = prefix + entry.Name;
            var own = ignore.Under(matched, path);
            if (entry is DirectoryInfo child && entry.LinkTarget is null)
            {
                if (!ignore.IsIgnored(own) || ignore.MayTakeBackUnder(path))
                {
                    Walk(child, path + "/", ignore, own, files);
                }
            }
            else if (!ignore.IsIgnored(own))
            {
                files.Add(new ContextFile(path, entry.FullName, entry.LinkTarget, entry.LinkTarget is null && IsExecutable(entry)));
            }
        }
    }

    private static FileSystemInfo[] Entries(DirectoryInfo folder)
    {
        try
        {
            return folder.GetFileSystemInfos();
        }
        catch (Exception error) when (error is UnauthorizedAccessException or IOException)
        {
            throw new InvalidInputException(
                "unreadable-folder", $"The folder cannot be read ({error.Message.TrimEnd('.')}). Change its mode, or leave it out by a line in .dockerignore.", new SourceSpot(folder.FullName));
        }
    }

    private static bool IsExecutable(FileSystemInfo file) => !OperatingSystem.IsWindows() && file.UnixFileMode.HasFlag(UnixFileMode.UserExecute);
}

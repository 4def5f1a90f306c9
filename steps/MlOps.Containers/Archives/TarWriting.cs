using System.Formats.Tar;
using MlOps.Containers.Running;

namespace MlOps.Containers.Archives;

/// <summary>Writes a file or a folder as a tar archive, under a name of the caller's choice.</summary>
public static class TarWriting
{
    /// <summary>Writes <paramref name="source"/> (links are kept as links) as <paramref name="name"/>, a path without a leading slash.</summary>
    public static Task WriteAsync(Stream tar, string source, string name, FileOwner owner, CancellationToken cancel) => WriteAsync(tar, [new CopyIn(source, name, owner)], cancel);

    /// <summary>Writes each at its target.</summary>
    public static async Task WriteAsync(Stream tar, IEnumerable<CopyIn> files, CancellationToken cancel)
    {
        await using var writer = new TarWriter(tar, TarEntryFormat.Pax, leaveOpen: true);
        foreach (var file in files)
        {
            await AddAsync(writer, Directory.Exists(file.Source) ? new DirectoryInfo(file.Source) : new FileInfo(file.Source), file.Target.TrimStart('/'), file.Owner, cancel);
        }
    }

    private static async Task AddAsync(TarWriter writer, FileSystemInfo file, string name, FileOwner owner, CancellationToken cancel)
    {
        if (file.LinkTarget is { } target)
        {
            await writer.WriteEntryAsync(Owned(new PaxTarEntry(TarEntryType.SymbolicLink, name) { LinkName = target }, file, owner), cancel);
        }
        else if (file is DirectoryInfo folder)
        {
            await writer.WriteEntryAsync(Owned(new PaxTarEntry(TarEntryType.Directory, name + "/"), file, owner), cancel);
            foreach (var child in folder.EnumerateFileSystemInfos().OrderBy(child => child.Name, StringComparer.Ordinal))
            {
                await AddAsync(writer, child, $"{name}/{child.Name}", owner, cancel);
            }
        }
        else
        {
            await using var content = new FileStream(file.FullName, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            await writer.WriteEntryAsync(Owned(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = content }, file, owner), cancel);
        }
    }

    private static PaxTarEntry Owned(PaxTarEntry entry, FileSystemInfo file, FileOwner owner)
    {
        entry.Uid = owner.User;
        entry.Gid = owner.Group;
        entry.ModificationTime = new DateTimeOffset(file.LastWriteTimeUtc);
        if (!OperatingSystem.IsWindows() && file.LinkTarget is null)
        {
            entry.Mode = file.UnixFileMode;
        }

        return entry;
    }
}

using System.Formats.Tar;
using System.IO.Compression;

namespace MlOps.Steps.Submit;

/// <summary>Writes a source as a <c>.tgz</c>: the same files give the same bytes, whoever owns them and in whatever order the disk lists them.</summary>
internal static class SourceArchive
{
    public static async Task WriteAsync(SourceListing listing, string target, CancellationToken cancel)
    {
        await using var file = new FileStream(target, FileMode.CreateNew, FileAccess.Write, FileShare.None, 128 * 1024, FileOptions.Asynchronous);
        await using var zip = new GZipStream(file, CompressionLevel.Fastest);
        await using var tar = new TarWriter(zip, TarEntryFormat.Gnu);
        foreach (var entry in listing.Entries)
        {
            await AddAsync(tar, entry, cancel);
        }
    }

    private static async Task AddAsync(TarWriter tar, SourceEntry entry, CancellationToken cancel)
    {
        if (entry.Info.LinkTarget is { } link)
        {
            await tar.WriteEntryAsync(Owned(new GnuTarEntry(TarEntryType.SymbolicLink, entry.Path) { LinkName = link }, entry.Info), cancel);
        }
        else if (entry.Info is DirectoryInfo)
        {
            await tar.WriteEntryAsync(Owned(new GnuTarEntry(TarEntryType.Directory, entry.Path + "/"), entry.Info), cancel);
        }
        else
        {
            await using var content = new FileStream(entry.Info.FullName, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 128 * 1024, FileOptions.Asynchronous | FileOptions.SequentialScan);
            await tar.WriteEntryAsync(Owned(new GnuTarEntry(TarEntryType.RegularFile, entry.Path) { DataStream = content }, entry.Info), cancel);
        }
    }

    /// <summary>Everything is root's, as gcloud has it.</summary>
    private static GnuTarEntry Owned(GnuTarEntry entry, FileSystemInfo info)
    {
        (entry.Uid, entry.Gid, entry.UserName, entry.GroupName) = (0, 0, "root", "root");
        // GNU's header would say when it was written.
        entry.ModificationTime = new DateTimeOffset(info.LastWriteTimeUtc);
        if (!OperatingSystem.IsWindows())
        {
            entry.Mode = info.LinkTarget is null ? info.UnixFileMode : (UnixFileMode)0b111_111_111;
        }

        return entry;
    }
}

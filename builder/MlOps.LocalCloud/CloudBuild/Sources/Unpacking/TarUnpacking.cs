using System.Formats.Tar;
using System.IO.Compression;

namespace MlOps.LocalCloud.CloudBuild.Sources.Unpacking;

/// <summary>A gzipped tar archive, entry by entry; nothing of it is held in memory.</summary>
internal static class TarUnpacking
{
    public static async Task UnpackAsync(Stream archive, string folder, Action<string> log, CancellationToken cancel)
    {
        var target = new UnpackFolder(folder);
        await using var plain = new GZipStream(archive, CompressionMode.Decompress, leaveOpen: true);
        await using (var reader = new TarReader(plain, leaveOpen: true))
        {
            while (await reader.GetNextEntryAsync(copyData: false, cancel) is { } entry)
            {
                await WriteAsync(entry, target, log, cancel);
            }
        }

        // To the last byte, so that a cut or damaged end is noticed.
        await plain.CopyToAsync(Stream.Null, cancel);
        target.Finish();
    }

    private static async Task WriteAsync(TarEntry entry, UnpackFolder target, Action<string> log, CancellationToken cancel)
    {
        switch (entry.EntryType)
        {
            case TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile:
                await target.FileAsync(entry.Name, entry.DataStream ?? Stream.Null, entry.Mode, entry.ModificationTime, cancel);
                break;
            case TarEntryType.Directory or TarEntryType.DirectoryList:
                target.Folder(entry.Name, entry.Mode, entry.ModificationTime);
                break;
            case TarEntryType.SymbolicLink:
                target.Link(entry.Name, entry.LinkName);
                break;
            case TarEntryType.HardLink:
                target.Copy(entry.Name, entry.LinkName, entry.ModificationTime);
                break;
            case TarEntryType.GlobalExtendedAttributes:
                break;
            default:
                log($"Left out {entry.Name}: a {entry.EntryType} is no source.");
                break;
        }
    }
}

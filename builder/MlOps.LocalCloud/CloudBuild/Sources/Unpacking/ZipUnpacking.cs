using System.IO.Compression;
using System.Text;

namespace MlOps.LocalCloud.CloudBuild.Sources.Unpacking;

/// <summary>A zip archive; Unix modes and links are in the upper half of an entry's attributes, as Info-ZIP keeps them.</summary>
internal static class ZipUnpacking
{
    private const int KindMask = 0xF000, KindOfLinks = 0xA000, LongestTarget = 4096;
    private const UnixFileMode PlainFile = (UnixFileMode)0b110_100_100;

    public static async Task UnpackAsync(Stream archive, string folder, CancellationToken cancel)
    {
        var target = new UnpackFolder(folder);
        await using var zip = await ZipArchive.CreateAsync(archive, ZipArchiveMode.Read, leaveOpen: true, entryNameEncoding: null, cancel);
        foreach (var entry in zip.Entries)
        {
            await WriteAsync(entry, target, cancel);
        }

        target.Finish();
    }

    private static async Task WriteAsync(ZipArchiveEntry entry, UnpackFolder target, CancellationToken cancel)
    {
        var attributes = (int)((uint)entry.ExternalAttributes >> 16);
        var mode = (UnixFileMode)(attributes & 0xFFF);
        if (entry.FullName.EndsWith('/'))
        {
            target.Folder(entry.FullName, mode == UnixFileMode.None ? null : mode, entry.LastWriteTime);
            return;
        }

        await using var content = await entry.OpenAsync(cancel);
        if ((attributes & KindMask) == KindOfLinks && entry.Length <= LongestTarget)
        {
            using var reader = new StreamReader(content, Encoding.UTF8);
            target.Link(entry.FullName, await reader.ReadToEndAsync(cancel));
            return;
        }

        await target.FileAsync(entry.FullName, content, mode == UnixFileMode.None ? PlainFile : mode, entry.LastWriteTime, cancel);
    }
}

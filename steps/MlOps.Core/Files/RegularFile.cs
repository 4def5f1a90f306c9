using System.Formats.Tar;

namespace MlOps.Core.Files;

/// <summary>Tells files from pipes, sockets and devices, which must not be opened: opening a pipe waits for its other end for ever.</summary>
public static class RegularFile
{
    /// <summary>Whether a path that is no folder and no link is a file with content.</summary>
    public static bool Is(FileInfo file) => file.Length > 0 || IsEmptyFile(file);

    // .NET tells no pipe from an empty file; its tar writer does, without opening it.
    private static bool IsEmptyFile(FileInfo empty)
    {
        try
        {
            using var header = new MemoryStream();
            using (var tar = new TarWriter(header, TarEntryFormat.Gnu, leaveOpen: true))
            {
                tar.WriteEntry(empty.FullName, empty.Name);
            }

            header.Position = 0;
            using var reader = new TarReader(header);
            return reader.GetNextEntry()?.EntryType is TarEntryType.RegularFile or TarEntryType.HardLink;
        }
        catch (IOException)
        {
            // A socket, of which an archive knows nothing.
            return false;
        }
    }
}

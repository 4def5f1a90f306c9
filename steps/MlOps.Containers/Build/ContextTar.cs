using System.Collections.Immutable;
using System.Formats.Tar;

namespace MlOps.Containers.Build;

/// <summary>Writes a build context as a tar archive whose bytes depend on nothing but paths, executable bits and contents.</summary>
internal static class ContextTar
{
    private const UnixFileMode Readable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode Executable = Readable | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <param name="dockerfile">Its path in the archive, and its bytes.</param>
    public static async Task WriteAsync(Stream stream, ImmutableArray<ContextFile> files, (string Path, ReadOnlyMemory<byte> Content) dockerfile, CancellationToken cancel)
    {
        await using var tar = new TarWriter(stream, TarEntryFormat.Gnu, leaveOpen: true);

        // The engine tells an archive from a Dockerfile by the first KiB: a short name must come first.
        using var content = new MemoryStream(dockerfile.Content.ToArray(), writable: false);
        await tar.WriteEntryAsync(Entry(TarEntryType.RegularFile, dockerfile.Path, Readable, content), cancel);
        var folders = new HashSet<string>(StringComparer.Ordinal);
        foreach (var file in files.Where(file => file.Path != dockerfile.Path))
        {
            await AddFoldersAsync(tar, file.Path, folders, cancel);
            await AddAsync(tar, file, cancel);
        }
    }

    private static async Task AddFoldersAsync(TarWriter tar, string path, HashSet<string> done, CancellationToken cancel)
    {
        for (var slash = path.IndexOf('/', StringComparison.Ordinal); slash >= 0; slash = path.IndexOf('/', slash + 1))
        {
            if (done.Add(path[..slash]))
            {
                await tar.WriteEntryAsync(Entry(TarEntryType.Directory, path[..(slash + 1)], Executable), cancel);
            }
        }
    }

    private static async Task AddAsync(TarWriter tar, ContextFile file, CancellationToken cancel)
    {
        if (file.LinkTarget is { } target)
        {
            var link = Entry(TarEntryType.SymbolicLink, file.Path, Executable);
            link.LinkName = target;
            await tar.WriteEntryAsync(link, cancel);
            return;
        }

        await using var content = file.Open();
        await tar.WriteEntryAsync(Entry(TarEntryType.RegularFile, file.Path, file.IsExecutable ? Executable : Readable, content), cancel);
    }

    private static GnuTarEntry Entry(TarEntryType type, string name, UnixFileMode mode, Stream? content = null)
    {
        var entry = new GnuTarEntry(type, name) { Mode = mode, Uid = 0, Gid = 0, ModificationTime = ImageTime.Value };
        if (content is not null)
        {
            entry.DataStream = content;
        }

        return entry;
    }
}

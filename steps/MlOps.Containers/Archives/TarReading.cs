using System.Formats.Tar;
using System.IO.Pipelines;

namespace MlOps.Containers.Archives;

/// <summary>Unpacks the engine's archive of one file or folder: its first entry is that file or folder, under its own name.</summary>
public static class TarReading
{
    /// <summary>The archive's top entry becomes <paramref name="target"/>, whatever its own name.</summary>
    /// <exception cref="InvalidDataException">An entry would land outside of the target.</exception>
    public static async Task ExtractAsync(Stream tar, string target, CancellationToken cancel)
    {
        // The client's stream fails on an empty read, with which the reader ends each entry, and says that it cannot be
        // read once it is drained; a pipe between them has neither habit.
        await using var steady = PipeReader.Create(tar, new StreamPipeReaderOptions(bufferSize: 128 * 1024, leaveOpen: true)).AsStream();
        await using var reader = new TarReader(steady, leaveOpen: true);
        string? top = null;
        while (await reader.GetNextEntryAsync(copyData: false, cancel) is { } entry)
        {
            var name = entry.Name.Trim('/');
            top ??= name;
            await PlaceAsync(entry, link => Place(link.Trim('/'), top, Path.GetFullPath(target)), cancel);
        }
    }

    private static string Place(string name, string top, string target)
    {
        if (name == top)
        {
            return target;
        }

        var inside = name.StartsWith(top + "/", StringComparison.Ordinal) ? Path.GetFullPath(Path.Combine(target, name[(top.Length + 1)..])) : "";
        return inside.StartsWith(target + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            ? inside
            : throw new InvalidDataException($"The archive's entry '{name}' lies outside of '{top}'.");
    }

    private static async Task PlaceAsync(TarEntry entry, Func<string, string> place, CancellationToken cancel)
    {
        var path = place(entry.Name);
        switch (entry.EntryType)
        {
            case TarEntryType.Directory:
                Directory.CreateDirectory(path);
                break;
            case TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.HardLink or TarEntryType.SymbolicLink:
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                await FileAsync(entry, path, place, cancel);
                break;
            default:
                // Devices, sockets and pipes mean nothing outside of the container.
                break;
        }
    }

    private static async Task FileAsync(TarEntry entry, string path, Func<string, string> place, CancellationToken cancel)
    {
        File.Delete(path);
        switch (entry.EntryType)
        {
            case TarEntryType.SymbolicLink:
                File.CreateSymbolicLink(path, entry.LinkName);
                break;
            case TarEntryType.HardLink:
                File.Copy(place(entry.LinkName), path);
                break;
            default:
                await entry.ExtractToFileAsync(path, overwrite: true, cancel);
                break;
        }
    }
}

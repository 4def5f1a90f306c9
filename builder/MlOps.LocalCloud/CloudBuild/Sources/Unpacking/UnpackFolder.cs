namespace MlOps.LocalCloud.CloudBuild.Sources.Unpacking;

/// <summary>
/// A folder that archives' entries are written below, and nowhere else: not by <c>..</c>, not by an absolute name, not through a
/// link that an earlier entry made. Links may point anywhere; they are resolved by the steps, in their containers.
/// </summary>
internal sealed class UnpackFolder
{
    private const UnixFileMode Permissions = (UnixFileMode)0xFFF;
    private readonly string _root;

    // Set when everything is there: a folder's time changes with each entry, and one that may not be written could not be filled.
    private readonly Dictionary<string, (UnixFileMode? Mode, DateTime? Modified)> _folders = new(StringComparer.Ordinal);

    public UnpackFolder(string root)
    {
        Directory.CreateDirectory(root);
        _root = Real(Path.GetFullPath(root));
    }

    public async Task FileAsync(string name, Stream content, UnixFileMode mode, DateTimeOffset? modified, CancellationToken cancel)
    {
        var path = Place(name);
        Clear(path);
        await using (var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 128 * 1024, FileOptions.Asynchronous))
        {
            await content.CopyToAsync(file, cancel);
        }

        Touch(path, mode, modified);
    }

    /// <summary>A file that is the same as an earlier one.</summary>
    public void Copy(string name, string earlier, DateTimeOffset? modified)
    {
        var from = Place(earlier);
        if (!File.Exists(from) || new FileInfo(from).LinkTarget is not null)
        {
            throw new UnpackRefusedException($"the entry '{name}' is a hard link to '{earlier}', which is no earlier file of the archive.");
        }

        var path = Place(name);
        Clear(path);
        File.Copy(from, path);
        Touch(path, File.GetUnixFileMode(from), modified);
    }

    public void Link(string name, string target)
    {
        var path = Place(name);
        Clear(path);
        File.CreateSymbolicLink(path, target);
    }

    public void Folder(string name, UnixFileMode? mode, DateTimeOffset? modified)
    {
        var path = Place(name, isFolder: true);
        if (File.Exists(path) || new FileInfo(path).LinkTarget is not null)
        {
            File.Delete(path);
        }

        Directory.CreateDirectory(path);
        _folders[path] = (mode, modified?.UtcDateTime);
    }

    /// <summary>Gives the folders their modes and times, the innermost first.</summary>
    public void Finish()
    {
        foreach (var (path, (mode, modified)) in _folders.OrderByDescending(pair => pair.Key.Length).Where(pair => Directory.Exists(pair.Key)))
        {
            if (modified is { } time)
            {
                Directory.SetLastWriteTimeUtc(path, time);
            }

            if (mode is { } bits)
            {
                // A folder that its owner cannot enter would keep the engine from copying it.
                File.SetUnixFileMode(path, (bits & Permissions) | UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }
        }
    }

    /// <summary>Where an entry goes; its parents exist afterwards.</summary>
    private string Place(string name, bool isFolder = false)
    {
        var parts = name.Split('/').Where(part => part is not ("" or ".")).ToArray();
        if (name.StartsWith('/') || parts.Contains("..") || name.Contains('\0', StringComparison.Ordinal))
        {
            throw new UnpackRefusedException($"the entry '{name}' lies outside of the source.");
        }

        if (parts.Length == 0)
        {
            return isFolder ? _root : throw new UnpackRefusedException($"the entry '{name}' has no name.");
        }

        var parent = _root;
        foreach (var part in parts[..^1])
        {
            parent = Path.Combine(parent, part);
            if (new FileInfo(parent).LinkTarget is not null)
            {
                parent = Inside(parent, name);
            }

            if (File.Exists(parent))
            {
                throw new UnpackRefusedException($"the entry '{name}' is below '{Path.GetRelativePath(_root, parent)}', which is a file.");
            }

            Directory.CreateDirectory(parent);
        }

        return Path.Combine(parent, parts[^1]);
    }

    /// <summary>What a link to a folder stands for, which must be in here too.</summary>
    private string Inside(string link, string name)
    {
        var target = Real(link);
        return target.StartsWith(_root + "/", StringComparison.Ordinal) && Directory.Exists(target)
            ? target
            : throw new UnpackRefusedException($"the entry '{name}' goes through the link '{Path.GetRelativePath(_root, link)}', which leads outside of the archive.");
    }

    /// <summary>A path with every link in it resolved.</summary>
    private static string Real(string path, int links = 0)
    {
        if (Path.GetDirectoryName(path) is not { } parent)
        {
            return path;
        }

        var here = Path.Combine(Real(parent, links), Path.GetFileName(path));
        if (new FileInfo(here).LinkTarget is not { } target)
        {
            return here;
        }

        return links < 40 ? Real(Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, target)), links + 1) : here;
    }

    private static void Clear(string path)
    {
        if (Directory.Exists(path) && new FileInfo(path).LinkTarget is null)
        {
            throw new UnpackRefusedException($"the entry '{Path.GetFileName(path)}' is a file and a folder.");
        }

        // Removes a link, not what it points to.
        File.Delete(path);
    }

    private static void Touch(string path, UnixFileMode mode, DateTimeOffset? modified)
    {
        if (modified is { } time)
        {
            File.SetLastWriteTimeUtc(path, time.UtcDateTime);
        }

        File.SetUnixFileMode(path, (mode & Permissions) | UnixFileMode.UserRead);
    }
}

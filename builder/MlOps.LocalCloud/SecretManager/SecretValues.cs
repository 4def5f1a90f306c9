namespace MlOps.LocalCloud.SecretManager;

/// <summary>
/// Secrets' values: a file each, which only its owner may read (mode 0600), in a folder of mode 0700. They are not encrypted:
/// who can read the files of the user that runs the cloud can read them.
/// </summary>
internal sealed class SecretValues(string folder)
{
    private const UnixFileMode OwnersFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Keeps a value; gives the id under which it is found again.</summary>
    public string Add(ReadOnlySpan<byte> value)
    {
        Directory.CreateDirectory(folder, OwnersFile | UnixFileMode.UserExecute);
        var id = Guid.NewGuid().ToString("N");
        // A new file of its own name, which no row names before it is whole: no need of a rename.
        using var file = new FileStream(PathOf(id), new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnersFile });
        file.Write(value);
        return id;
    }

    public byte[] Read(string id) => File.ReadAllBytes(PathOf(id));

    public void Remove(string id) => File.Delete(PathOf(id));

    /// <summary>Removes what a kill between the change of a row and the removal of its value has left.</summary>
    public void KeepOnly(IReadOnlySet<string> ids)
    {
        if (!Directory.Exists(folder))
        {
            return;
        }

        foreach (var left in Directory.EnumerateFiles(folder).Where(path => !ids.Contains(Path.GetFileName(path))))
        {
            File.Delete(left);
        }
    }

    private string PathOf(string id) => Path.Combine(folder, id);
}

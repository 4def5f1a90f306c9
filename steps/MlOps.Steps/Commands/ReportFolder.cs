namespace MlOps.Steps.Commands;

/// <summary>A folder that tests and linters leave their reports in, on the machine or in a container.</summary>
internal static class ReportFolder
{
    /// <summary>Empty, and open to every user: in a container it belongs to root, and what runs there may be somebody else.</summary>
    /// <returns>The folder.</returns>
    public static string Empty(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        Directory.CreateDirectory(folder);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(folder, (UnixFileMode)0b111_111_111);
        }

        return folder;
    }
}

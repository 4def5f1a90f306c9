using MlOps.Core.Files;
using MlOps.Core.Problems;

namespace MlOps.Steps.Project;

/// <summary>Reads a user's text file; that it is missing, unreadable or not UTF-8 is a problem about the file.</summary>
internal static class SourceText
{
    /// <param name="relative">Relative to the root, as problems name it.</param>
    public static string? Read(string root, string relative, ICollection<Problem> problems)
    {
        var spot = new SourceSpot(relative);
        try
        {
            return TextFile.Read(Path.Combine(root, relative), relative, problems);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            problems.Add(Problem.Error("no-such-file", "There is no such file.", spot));
        }
        catch (UnauthorizedAccessException)
        {
            problems.Add(UnreadableFile(relative));
        }
        catch (IOException error)
        {
            problems.Add(Problem.Error("unreadable-file", $"The file cannot be read: {error.Message}", spot));
        }

        return null;
    }

    /// <summary>For files that are read as bytes.</summary>
    public static InvalidInputException Unreadable(string relative) => new([UnreadableFile(relative)]);

    private static Problem UnreadableFile(string relative) =>
        Problem.Error("unreadable-file", "The file cannot be read: this user may not. Give read permission (chmod a+r), or run as its owner.", new SourceSpot(relative));
}

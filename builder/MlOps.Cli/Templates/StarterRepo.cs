using LibGit2Sharp;
using MlOps.Core.Problems;

namespace MlOps.Cli.Templates;

/// <summary>The starter repos that stand beside the command, and how one becomes a git repo of the user's.</summary>
internal static class StarterRepo
{
    private static string Root => Path.Combine(AppContext.BaseDirectory, "templates");

    public static IEnumerable<string> Names() =>
        Directory.Exists(Root) ? Directory.GetDirectories(Root).Select(folder => Path.GetFileName(folder)!).Order(StringComparer.Ordinal) : [];

    /// <returns>The commit's id.</returns>
    /// <exception cref="InvalidInputException">No such template, or the folder has something in it.</exception>
    public static string Create(string template, string folder, TimeProvider time)
    {
        if (!Names().Contains(template))
        {
            throw new InvalidInputException("unknown-template", $"There is no template '{template}'.{Suggestion.For(template, Names())}");
        }

        if (File.Exists(folder) || (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any()))
        {
            throw new InvalidInputException("folder-not-empty", $"{folder} is there and not empty; name a new folder.");
        }

        // Beside the target and then renamed: a kill in the middle leaves no half a repo under the name.
        var parent = Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(folder))!);
        var temporary = Path.Combine(parent.FullName, $".{Path.GetFileName(folder.TrimEnd('/'))}.{Guid.NewGuid():N}.tmp");
        try
        {
            Copy(Path.Combine(Root, template), temporary);
            var commit = Commit(temporary, template, time);
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder);
            }

            Directory.Move(temporary, folder);
            return commit;
        }
        catch
        {
            if (Directory.Exists(temporary))
            {
                Directory.Delete(temporary, recursive: true);
            }

            throw;
        }
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.EnumerateFiles(from))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }

        foreach (var folder in Directory.EnumerateDirectories(from))
        {
            Copy(folder, Path.Combine(to, Path.GetFileName(folder)));
        }
    }

    private static string Commit(string folder, string template, TimeProvider time)
    {
        Repository.Init(folder);
        using var repository = new Repository(folder);
        repository.Refs.UpdateTarget("HEAD", "refs/heads/main");
        Commands.Stage(repository, "*");
        var now = time.GetUtcNow();
        var author = repository.Config.BuildSignature(now) ?? new Signature("mlops", "mlops@localhost", now);
        return repository.Commit($"Start from the template {template}", author, author).Sha;
    }
}

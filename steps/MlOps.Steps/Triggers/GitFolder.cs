using System.Collections.Immutable;
using LibGit2Sharp;
using MlOps.CloudBuild.Triggers;
using MlOps.Core.Problems;

namespace MlOps.Steps.Triggers;

/// <summary>What triggers need to know of the git repository that a folder is in.</summary>
/// <param name="Root">The folder of the working tree, with a separator at its end; null outside of a repository.</param>
/// <param name="Prefix">The folder within the repository: empty, or with a slash at its end.</param>
/// <param name="Origin">The address of the remote of that name.</param>
public sealed record GitFolder(string? Root, string Prefix, string? Origin)
{
    static GitFolder()
    {
        GlobalSettings.SetOwnerValidation(false);
    }

    public static GitFolder Of(string folder)
    {
        if (Repository.Discover(folder) is not { } found)
        {
            return new GitFolder(null, "", null);
        }

        using var repository = new Repository(found);
        if (repository.Info.WorkingDirectory is not { } root)
        {
            return new GitFolder(null, "", null);
        }

        var inside = Path.GetRelativePath(Real(root), Real(folder)).Replace('\\', '/');
        return new GitFolder(root, inside is "." or ".." || inside.StartsWith("../", StringComparison.Ordinal) ? "" : inside + "/", repository.Network.Remotes["origin"]?.Url);
    }

    /// <summary>What the checked-out commit changes since a revision: the files of both sides of a rename, and its message.</summary>
    /// <param name="folder">In the repository.</param>
    /// <param name="since">A revision.</param>
    /// <param name="sinceTheyParted">Of a pull request: since its branch left the other; else since the very revision.</param>
    /// <exception cref="InvalidInputException">There is no repository, or no such revision.</exception>
    public static Change ChangeSince(string folder, string since, bool sinceTheyParted)
    {
        if (Repository.Discover(folder) is not { } found)
        {
            throw new InvalidInputException("no-git", $"--base {since}: {folder} is not in a git repository. Name the changed files with --changed instead.");
        }

        using var repository = new Repository(found);
        var head = repository.Head.Tip ?? throw new InvalidInputException("no-commit", $"--base {since}: the repository has no commit yet.");
        var named = Named(repository, since);
        var from = sinceTheyParted ? repository.ObjectDatabase.FindMergeBase(named, head) ?? named : named;
        using var changes = repository.Diff.Compare<TreeChanges>(from.Tree, head.Tree, new CompareOptions { Similarity = SimilarityOptions.None });
        return new Change([.. changes.Select(change => change.Path).Order(StringComparer.Ordinal)], head.Message);
    }

    /// <summary>Every file of the checked-out commit and of the index; null outside of a repository.</summary>
    public static ImmutableArray<string>? Files(string folder)
    {
        if (Repository.Discover(folder) is not { } found)
        {
            return null;
        }

        using var repository = new Repository(found);
        return [.. repository.Index.Select(entry => entry.Path)];
    }

    private static Commit Named(Repository repository, string revision)
    {
        GitObject? found = null;
        try
        {
            found = repository.Lookup(revision);
        }
        catch (LibGit2SharpException)
        {
            // Not even the form of a revision: told below like one that is not there.
        }

        return found?.Peel<Commit>() ?? throw new InvalidInputException(
            "unknown-revision", $"--base {revision} names no commit of this repository.{Suggestion.For(revision, repository.Branches.Select(branch => branch.FriendlyName))}");
    }

    private static string Real(string folder)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        return Path.GetDirectoryName(full) is { } parent
            ? new DirectoryInfo(Path.Combine(Real(parent), Path.GetFileName(full))) is var here ? here.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? here.FullName : full
            : full;
    }
}

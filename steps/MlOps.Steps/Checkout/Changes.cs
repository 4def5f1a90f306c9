using System.Collections.Immutable;
using LibGit2Sharp;
using MlOps.Core.Problems;

namespace MlOps.Steps.Checkout;

/// <summary>What a commit changed, and since when.</summary>
/// <param name="Base">Null for a first commit, and where the history does not reach that far.</param>
/// <param name="Files">Null where the base is unknown.</param>
internal sealed record Changes(Commit? Base, ImmutableArray<ChangedFile>? Files)
{
    private static readonly string[] MainBranches = ["refs/remotes/origin/HEAD", "refs/remotes/origin/main", "refs/remotes/origin/master", "refs/heads/main", "refs/heads/master"];

    /// <param name="revision">What to count from; null = the merge base with the main branch, or on that branch the commit before.</param>
    /// <param name="paths">Gives a path its form in records.</param>
    public static Changes Read(Repository repository, Commit head, string? revision, Func<string, string?> paths)
    {
        var from = revision is null ? DefaultBase(repository, head) : MergeBase(repository, head, Named(repository, revision)) ?? Named(repository, revision);
        if (from is null && !IsFirst(repository, head))
        {
            return new Changes(null, null);
        }

        using var changes = repository.Diff.Compare<TreeChanges>(from?.Tree, head.Tree, new CompareOptions { Similarity = SimilarityOptions.Renames });
        return new Changes(from, [.. changes.Select(change => Changed(change, paths)).OfType<ChangedFile>().OrderBy(file => file.Path, StringComparer.Ordinal)]);
    }

    /// <summary>A first commit has no parent; one at the edge of a shallow clone only seems to have none.</summary>
    private static bool IsFirst(Repository repository, Commit head) => !head.Parents.Any() && !repository.Info.IsShallow;

    private static Commit? DefaultBase(Repository repository, Commit head)
    {
        foreach (var name in MainBranches)
        {
            if ((repository.Refs[name]?.ResolveToDirectReference()?.Target as Commit) is { } main)
            {
                var common = main.Id == head.Id ? head : MergeBase(repository, head, main);
                return common?.Id == head.Id ? head.Parents.FirstOrDefault() : common;
            }
        }

        return head.Parents.FirstOrDefault();
    }

    private static Commit? MergeBase(Repository repository, Commit one, Commit other)
    {
        try
        {
            return repository.ObjectDatabase.FindMergeBase(one, other);
        }
        catch (NotFoundException)
        {
            // A commit beyond the edge of a shallow clone.
            return null;
        }
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
            "unknown-revision",
            $"--base {revision} names no commit of this repository.{Suggestion.For(revision, repository.Branches.Select(branch => branch.FriendlyName))}{(repository.Info.IsShallow ? " The clone is shallow: fetch more with 'git fetch --unshallow'." : "")}");
    }

    private static ChangedFile? Changed(TreeEntryChanges change, Func<string, string?> paths)
    {
        if (paths(change.Path) is not { } path)
        {
            return null;
        }

        return change.Status switch
        {
            ChangeKind.Renamed => new ChangedFile(path, "renamed", paths(change.OldPath)),
            ChangeKind.Added or ChangeKind.Copied => new ChangedFile(path, "added"),
            ChangeKind.Deleted => new ChangedFile(path, "deleted"),
            _ => new ChangedFile(path, "modified"),
        };
    }
}

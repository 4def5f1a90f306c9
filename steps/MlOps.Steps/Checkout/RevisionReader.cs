using System.Collections.Immutable;
using System.Text.RegularExpressions;
using LibGit2Sharp;
using MlOps.Core.Problems;

namespace MlOps.Steps.Checkout;

/// <summary>Finds out what is checked out: from git, and before git from the build service, whose source may come without git.</summary>
public static partial class RevisionReader
{
    static RevisionReader()
    {
        // In a container the mounted checkout often belongs to another user. Nothing of the repository is executed here.
        GlobalSettings.SetOwnerValidation(false);
    }

    /// <param name="root">The project's folder; the repository is this one or above it.</param>
    /// <param name="name">The project's name, where neither the build service nor a remote names the repo.</param>
    /// <param name="since">The revision that changed files are counted against, or null.</param>
    /// <exception cref="InvalidInputException">No git and no commit given, no commit yet, an unknown base.</exception>
    public static SourceRevision Read(string root, string name, string? since, BuildValues given)
    {
        if (Repository.Discover(root) is not { } folder)
        {
            return given.Commit is { } commit ? WithoutGit(commit, name, given) : throw new InvalidInputException(
                "no-git",
                $"{root} is not in a git repository, and COMMIT_SHA is not given. Make it one ('git init', 'git add -A', 'git commit'), or in Cloud Build set options.env: ['COMMIT_SHA=$COMMIT_SHA'].");
        }

        try
        {
            using var repository = new Repository(folder);
            return Read(repository, root, name, since, given);
        }
        catch (LibGit2SharpException error)
        {
            throw new InvalidInputException("unreadable-repository", $"The git repository {folder} cannot be read: {error.Message}. Does 'git status' work there?");
        }
    }

    /// <summary>The repo's name, under which its releases and ledgers are kept; no commit need be there.</summary>
    /// <param name="name">The project's, where neither the build service nor a remote names the repo.</param>
    public static string RepoOf(string root, string name, BuildValues given)
    {
        if (given.Repo is { } repo)
        {
            return repo;
        }

        if (Repository.Discover(root) is not { } folder)
        {
            return name;
        }

        using var repository = new Repository(folder);
        return Origin(repository) ?? name;
    }

    /// <summary>The commit of a git tag; null where there is no such tag, or no git.</summary>
    public static string? CommitOfTag(string root, string tag)
    {
        try
        {
            if (Repository.Discover(root) is not { } folder)
            {
                return null;
            }

            using var repository = new Repository(folder);
            return repository.Lookup($"refs/tags/{tag}")?.Peel<Commit>()?.Sha;
        }
        catch (LibGit2SharpException)
        {
            // Not even the form of a name.
            return null;
        }
    }

    /// <summary>What is checked out, in short: a commit, with <c>-dirty-HASH</c> where files are not committed; null without git or commit.</summary>
    public static string? TagOf(string root, string name)
    {
        try
        {
            return Read(root, name, null, BuildValues.FromEnvironment()).ImageTag;
        }
        catch (InvalidInputException)
        {
            return null;
        }
    }

    private static SourceRevision Read(Repository repository, string root, string name, string? since, BuildValues given)
    {
        if (repository.Info.IsBare)
        {
            throw new InvalidInputException("no-working-tree", $"{repository.Info.Path} is a bare repository, without files. Clone it, and run this in the clone.");
        }

        var head = Head(repository, given.Commit);
        if (head is null)
        {
            return given.Commit is { } commit ? WithoutGit(commit, name, given) : throw new InvalidInputException(
                "no-commit", $"The git repository {repository.Info.WorkingDirectory} has no commit yet: a delivery is of a commit. Run 'git add -A' and 'git commit'.");
        }

        var paths = Paths(repository, root);
        var changes = Changes.Read(repository, head, since, paths);
        var tree = WorkingTree.Read(repository, paths, withUntracked: given.Commit is null);
        var isHead = head.Id == repository.Head.Tip?.Id;
        return new SourceRevision(
            given.Repo ?? Origin(repository) ?? name,
            head.Sha,
            given.Branch ?? (given.Tag is null && isHead && !repository.Info.IsHeadDetached ? repository.Head.FriendlyName : null),
            given.Tag ?? TagOf(repository, head),
            tree.Hash is not null,
            changes.Base?.Sha,
            Merge(changes.Files, tree.Changes),
            $"{head.Author.Name} <{head.Author.Email}>",
            head.Committer.When.ToUniversalTime())
        {
            ImageTag = tree.Hash is null ? head.Sha : $"{head.Sha}-dirty-{tree.Hash}",
        };
    }

    /// <summary>Cloud Build's tarballs have no git: the commit is all that is known.</summary>
    private static SourceRevision WithoutGit(string commit, string name, BuildValues given) =>
        new(given.Repo ?? name, commit, given.Branch, given.Tag, Dirty: false, Base: null, ChangedFiles: null, "unknown", DateTimeOffset.UnixEpoch) { ImageTag = commit };

    private static Commit? Head(Repository repository, string? commit) =>
        commit is null ? repository.Head.Tip : repository.Lookup<Commit>(commit);

    /// <summary>The form of a path in records: relative to the project's folder; null for what the toolkit itself keeps there.</summary>
    private static Func<string, string?> Paths(Repository repository, string root)
    {
        var top = Real(repository.Info.WorkingDirectory);
        var inside = Path.GetRelativePath(top, Real(root)).Replace('\\', '/');
        var prefix = inside == "." ? "" : inside + "/";
        return path => path.StartsWith(prefix + ".mlops/", StringComparison.Ordinal) ? null
            : path.StartsWith(prefix, StringComparison.Ordinal) ? path[prefix.Length..]
            : Path.GetRelativePath(inside, path).Replace('\\', '/');
    }

    /// <summary>Git names its folder with links resolved.</summary>
    private static string Real(string folder)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        var parent = Path.GetDirectoryName(full);
        if (parent is null)
        {
            return full;
        }

        var here = Path.Combine(Real(parent), Path.GetFileName(full));
        return new DirectoryInfo(here).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? here;
    }

    /// <summary>The last part of where the repo was cloned from, as Cloud Build names repos.</summary>
    private static string? Origin(Repository repository)
    {
        var url = repository.Network.Remotes["origin"]?.Url.TrimEnd('/');
        var last = url?[(url.LastIndexOfAny(['/', ':', '\\']) + 1)..];
        return last is { Length: > 0 } ? last.EndsWith(".git", StringComparison.Ordinal) ? last[..^4] : last : null;
    }

    /// <summary>Of several tags at the commit the highest, numbers compared as numbers (v1.10.0 is above v1.9.0).</summary>
    private static string? TagOf(Repository repository, Commit head) => repository.Tags
        .Where(tag => tag.PeeledTarget.Id == head.Id)
        .Select(tag => tag.FriendlyName)
        .MaxBy(name => Number().Replace(name, digits => digits.Value.PadLeft(12, '0')), StringComparer.Ordinal);

    /// <summary>The commit's changes, and over them what is not committed.</summary>
    private static ImmutableArray<ChangedFile>? Merge(ImmutableArray<ChangedFile>? committed, ImmutableArray<ChangedFile> uncommitted)
    {
        if (committed is not { } files)
        {
            return null;
        }

        var over = uncommitted.ToDictionary(file => file.Path, StringComparer.Ordinal);
        return [.. files.Where(file => !over.ContainsKey(file.Path)).Concat(uncommitted).OrderBy(file => file.Path, StringComparer.Ordinal)];
    }

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Number();
}

using System.Collections.Immutable;
using MlOps.LocalCloud.CloudBuild.Sources;

namespace MlOps.LocalCloud.CloudBuild.Triggers;

/// <summary>What triggers ask of a repository on this machine.</summary>
internal sealed class LocalGit(string folder)
{
    private readonly GitProgram _git = new(folder);

    /// <summary>The commit of a revision (<c>refs/heads/main</c>, an id); null where there is none.</summary>
    public async Task<string?> CommitAsync(string revision, CancellationToken cancel)
    {
        var (code, lines) = await _git.TryAsync(["rev-parse", "--verify", "--quiet", "--end-of-options", revision + "^{commit}"], static _ => { }, cancel);
        return code == 0 ? lines.LastOrDefault() : null;
    }

    /// <summary>A file of a commit; null where it is not there.</summary>
    public async Task<string?> FileAsync(string commit, string path, CancellationToken cancel)
    {
        var (code, lines) = await _git.TryAsync(["cat-file", "blob", $"{commit}:{path}"], static _ => { }, cancel);
        return code == 0 ? string.Join('\n', lines) + "\n" : null;
    }

    /// <summary>The names in a commit's top folder.</summary>
    public async Task<ImmutableArray<string>> TopAsync(string commit, CancellationToken cancel) => await LinesAsync(["ls-tree", "--name-only", commit], cancel);

    /// <summary>The files that differ between two commits, both sides of a rename.</summary>
    public async Task<ImmutableArray<string>> ChangedAsync(string before, string after, CancellationToken cancel) =>
        await LinesAsync(["-c", "core.quotePath=false", "diff", "--name-only", "--no-renames", before, after], cancel);

    public async Task<ImmutableArray<string>> FilesAsync(string commit, CancellationToken cancel) =>
        await LinesAsync(["-c", "core.quotePath=false", "ls-tree", "-r", "--name-only", commit], cancel);

    public async Task<string> MessageAsync(string commit, CancellationToken cancel) => string.Join('\n', await LinesAsync(["log", "-1", "--format=%B", commit], cancel));

    /// <summary>Branches (<c>heads</c>) or tags (<c>tags</c>), without their prefix.</summary>
    public async Task<ImmutableArray<string>> NamesAsync(string kind, CancellationToken cancel) =>
        [.. (await LinesAsync(["for-each-ref", "--format=%(refname)", $"refs/{kind}"], cancel)).Select(name => name[$"refs/{kind}/".Length..])];

    private Task<ImmutableArray<string>> LinesAsync(string[] arguments, CancellationToken cancel) => _git.RunAsync("the repository cannot be read", arguments, static _ => { }, cancel);
}

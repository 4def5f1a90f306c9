using System.Collections.Immutable;
using MlOps.Google.Errors;

namespace MlOps.LocalCloud.CloudBuild.Sources;

/// <summary>What is to be checked out, and where.</summary>
/// <param name="Url">The repository's own address, which becomes the remote <c>origin</c>.</param>
/// <param name="From">Where it is fetched from: the address, or a repository of this machine that stands for it.</param>
/// <param name="Revision">A branch, a tag, a commit's whole sha, or any ref; empty for the remote's HEAD.</param>
/// <param name="Shown">The folder's name in the log, as the steps see it.</param>
internal sealed record GitCheckout(string Url, string From, string Revision, string Folder, string Shown)
{
    /// <summary>Commits of history; -1 for all.</summary>
    public long Depth { get; init; } = 1;

    public bool Submodules { get; init; }

    /// <summary>Repositories of this machine, which stand for the addresses of submodules.</summary>
    public ImmutableArray<LocalRepository> Known { get; init; } = [];

    /// <summary>Fetches and checks out; <c>.git</c> stays, shallow, as Cloud Build leaves it.</summary>
    /// <returns>The commit.</returns>
    public async Task<string> RunAsync(Action<string> log, CancellationToken cancel)
    {
        Directory.CreateDirectory(Folder);
        var git = new GitProgram(Folder);
        // Git names the folder with its links resolved.
        var real = new DirectoryInfo(Folder).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? Path.GetFullPath(Folder);
        void Tell(string line) => log(Secrets.Removed(line.Replace(Address, Url, StringComparison.Ordinal).Replace(real, Shown, StringComparison.Ordinal)));

        await git.RunAsync("failed to fetch source", ["init"], Tell, cancel);
        await git.RunAsync("failed to fetch source", ["remote", "add", "--", "origin", Url], Tell, cancel);
        await FetchAsync(git, Tell, cancel);
        await git.RunAsync($"failed to check out {Name}", ["reset", "--hard", "FETCH_HEAD"], Tell, cancel);
        if (Submodules)
        {
            string[] update = [.. Known.SelectMany(Rewrites), "submodule", "update", "--init", "--recursive", .. DepthOption];
            await git.RunAsync($"failed to fetch the submodules of {Secrets.Removed(Url)}", update, Tell, cancel);
        }

        return (await git.RunAsync("failed to read the commit", ["rev-parse", "HEAD"], _ => { }, cancel))[^1];
    }

    private string Name => Revision.Length == 0 ? "HEAD" : Revision;

    /// <summary>A folder as file://: its objects are then sent like a server's, shallow too.</summary>
    private string Address => Path.IsPathRooted(From) ? "file://" + From : From;

    private string[] DepthOption => Depth < 0 ? [] : [$"--depth={Math.Max(1, Depth)}"];

    private async Task FetchAsync(GitProgram git, Action<string> tell, CancellationToken cancel)
    {
        var (code, lines) = await git.TryAsync(["fetch", .. DepthOption, "--", Address, Name], tell, cancel);
        if (code != 0)
        {
            var said = lines.Where(line => line.StartsWith("fatal:", StringComparison.Ordinal)).DefaultIfEmpty($"git ended with {code}").Take(2);
            throw FetchFault.Of($"failed to fetch source: {Name} of {Secrets.Removed(Url)}: {Secrets.Removed(string.Join("; ", said))}.{Hint(lines)}");
        }
    }

    private string Hint(ImmutableArray<string> lines)
    {
        bool Says(string text) => lines.Any(line => line.Contains(text, StringComparison.OrdinalIgnoreCase));
        return 0 switch
        {
            _ when Says("couldn't find remote ref") || Says("not our ref") || Says("no such remote ref") =>
                IsShortSha ? " A commit needs its whole sha of 40 digits." : " The repository has no such branch, tag or commit; was it pushed?",
            _ when Says("could not resolve host") || Says("unable to access") || Says("could not read Username") || Says("could not read from remote") || Says("unable to connect") =>
                " The host cannot be reached from here, or asks for credentials. 'mlops cloud watch REPO' makes a local repository stand for this address.",
            _ when Says("does not appear to be a git repository") || Says("not found") => " Check the address.",
            _ => "",
        };
    }

    private bool IsShortSha => Revision.Length is >= 4 and < 40 && Revision.All(char.IsAsciiHexDigit);

    private static IEnumerable<string> Rewrites(LocalRepository repository) =>
        repository.Urls.Where(url => url.Contains("://", StringComparison.Ordinal) || url.Contains('@', StringComparison.Ordinal))
            .SelectMany(url => new[] { "-c", $"url.file://{repository.Path}.insteadOf={url}", "-c", "protocol.file.allow=always" });
}

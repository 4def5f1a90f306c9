using MlOps.Testing;

namespace MlOps.Steps.Tests.Checkout;

/// <summary>A git repository of a test's own, made by the real git.</summary>
internal sealed class GitFolder : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public GitFolder(string below = "repo")
    {
        Path = Directory.CreateDirectory(System.IO.Path.Combine(_folder.Path, below)).FullName;
    }

    public string Path { get; private init; }

    public static GitFolder Started(string below = "repo")
    {
        var folder = new GitFolder(below);
        folder.Git("init", "-q", "-b", "main");
        return folder;
    }

    public string Beside(string name) => System.IO.Path.Combine(_folder.Path, name);

    public GitFolder Write(string relative, string text)
    {
        var path = System.IO.Path.Combine(Path, relative);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return this;
    }

    /// <summary>Commits everything and gives the commit.</summary>
    public string Commit(string message = "a change")
    {
        Git("add", "-A");
        Git("commit", "-q", "--allow-empty", "-m", message);
        return Git("rev-parse", "HEAD");
    }

    public string Git(params string[] arguments) => GitCommand.Run(Path, arguments);

    public void Dispose() => _folder.Dispose();
}

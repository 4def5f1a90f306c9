using System.Diagnostics;
using MlOps.Core.Files;
using MlOps.Core.Problems;
using MlOps.LocalCloud.CloudBuild.Sources;
using MlOps.Steps.Project;
using MlOps.Steps.Triggers;

namespace MlOps.Cli.Sessions;

/// <summary>
/// A git repository that pushes to the local cloud: a bare repository in the cloud's state, with hooks that tell the cloud, and a
/// remote named <c>local</c> that leads there.
/// </summary>
internal sealed record WatchedRepository(string Name, string Root, string Bare)
{
    public const string Remote = "local";

    /// <summary>Makes it so, or leaves it so.</summary>
    public static WatchedRepository Watch(string folder, string? name, string state)
    {
        var root = Root_(folder);
        var project = ProjectFileReader.FindRoot(folder) is { } found && found.StartsWith(root, StringComparison.Ordinal) ? ProjectFileReader.Read(found) : null;
        var origin = GitFolder.Of(root).Origin;
        var chosen = name ?? project?.Name ?? NameOf(origin) ?? Path.GetFileName(root);
        var repositories = new LocalRepositories(state);
        var bare = repositories.BareFolder(chosen);
        var before = Try(root, "remote", "get-url", Remote);
        if (before is not null && before != bare && !before.StartsWith(repositories.Folder, StringComparison.Ordinal))
        {
            throw new InvalidInputException("remote-exists", $"{root} has a remote '{Remote}' already, which leads to {before}. Rename it: git remote rename {Remote} OTHER.");
        }

        if (!Directory.Exists(bare))
        {
            Directory.CreateDirectory(repositories.Folder);
            Git(root, "init", "--quiet", "--bare", bare);
        }

        WriteHook(bare, "pre-receive", "pre", chosen, state);
        WriteHook(bare, "post-receive", "post", chosen, state);
        Git(root, before is null ? ["remote", "add", Remote, bare] : ["remote", "set-url", Remote, bare]);
        string?[] urls = [origin, Address(project), .. project?.Environments.Values.SelectMany(environment => environment.Triggers).Select(trigger => trigger.Repository?.Text) ?? []];
        repositories.Register(chosen, urls.OfType<string>().Where(url => url.Contains('/', StringComparison.Ordinal)).Distinct(StringComparer.Ordinal), bare);
        return new WatchedRepository(chosen, root, bare);
    }

    /// <returns>The name that it was watched under; null where it was not.</returns>
    public static string? Unwatch(string folder, string state)
    {
        var root = Root_(folder);
        var repositories = new LocalRepositories(state);
        if (Try(root, "remote", "get-url", Remote) is not { } bare || !bare.StartsWith(repositories.Folder, StringComparison.Ordinal))
        {
            return null;
        }

        Git(root, "remote", "remove", Remote);
        var name = Path.GetFileNameWithoutExtension(bare);
        File.Delete(Path.Combine(repositories.Folder, name + ".json"));
        if (Directory.Exists(bare))
        {
            Directory.Delete(bare, recursive: true);
        }

        return name;
    }

    private static string? Address(ProjectFile? project) => project?.Repository switch
    {
        { Host: RepositoryHost.GitHub, Text: var text } => $"https://github.com/{text}",
        { Text: var text } => text,
        _ => null,
    };

    private static string? NameOf(string? origin)
    {
        var name = origin?.TrimEnd('/')[(origin.TrimEnd('/').LastIndexOfAny(['/', ':']) + 1)..];
        return name?.EndsWith(".git", StringComparison.Ordinal) is true ? name[..^4] : name;
    }

    /// <summary>The command is found where it was when this was written; a push says what to do when it has moved.</summary>
    private static void WriteHook(string bare, string hook, string stage, string name, string state)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "mlops");
        var path = Path.Combine(bare, "hooks", hook);
        AtomicFile.Write(path, $"""
            #!/bin/sh
            # Written by 'mlops cloud watch'.
            mlops={Quoted(program)}
            [ -x "$mlops" ] || mlops=$(command -v mlops) || {hook switch { "pre-receive" => "{ echo \"mlops is no longer at " + program + ": run 'mlops cloud watch' again.\" >&2; exit 1; }", _ => "exit 0" }}
            MLOPS_HOME={Quoted(Path.GetDirectoryName(state)!)} exec "$mlops" cloud receive {stage} {Quoted(name)}

            """);
        File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
    }

    private static string Quoted(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    private static string Root_(string folder) => GitFolder.Of(folder).Root?.TrimEnd('/') ?? throw new InvalidInputException(
        "no-git", $"{folder} is not in the working tree of a git repository: run 'git init' there, or name another folder.");

    private static string? Try(string folder, params string[] arguments)
    {
        var (code, output) = Run(folder, arguments);
        return code == 0 ? output : null;
    }

    private static void Git(string folder, params string[] arguments)
    {
        var (code, output) = Run(folder, arguments);
        if (code != 0)
        {
            throw new StepFailedException($"git {string.Join(' ', arguments)} failed in {folder}.", output.Split('\n'));
        }
    }

    private static (int Code, string Output) Run(string folder, string[] arguments)
    {
        var start = new ProcessStartInfo("git", ["-C", folder, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        using var git = Process.Start(start)!;
        var errors = git.StandardError.ReadToEndAsync();
        var output = git.StandardOutput.ReadToEnd();
        git.WaitForExit();
        return (git.ExitCode, (git.ExitCode == 0 ? output : errors.GetAwaiter().GetResult()).Trim());
    }
}

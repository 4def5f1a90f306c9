using System.Diagnostics;
using Xunit;

namespace MlOps.Testing;

/// <summary>The real git, with names and times that are the same everywhere and no settings of the machine's.</summary>
public static class GitCommand
{
    private static readonly Dictionary<string, string> Environment = new(StringComparer.Ordinal)
    {
        ["GIT_AUTHOR_NAME"] = "Ann",
        ["GIT_AUTHOR_EMAIL"] = "ann@example.com",
        ["GIT_COMMITTER_NAME"] = "Bob",
        ["GIT_COMMITTER_EMAIL"] = "bob@example.com",
        ["GIT_AUTHOR_DATE"] = "2024-01-02T03:04:05Z",
        ["GIT_COMMITTER_DATE"] = "2024-02-03T04:05:06+01:00",
        ["GIT_CONFIG_GLOBAL"] = "/dev/null",
        ["GIT_CONFIG_SYSTEM"] = "/dev/null",
    };

    /// <returns>What it printed, trimmed.</returns>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public static string Run(string folder, params string[] arguments)
    {
        // A commit of many files starts a clean-up in the background, which would still be at it when the folder is removed.
        string[] all = ["-C", folder, "-c", "gc.auto=0", "-c", "maintenance.auto=false", .. arguments];
        var start = new ProcessStartInfo("git", all) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in Environment)
        {
            start.Environment[name] = value;
        }

        using var git = Process.Start(start)!;
        var errors = git.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = git.StandardOutput.ReadToEnd();
        git.WaitForExit();
        return git.ExitCode == 0 ? output.Trim() : throw new InvalidOperationException($"git {string.Join(' ', arguments)}: {errors.Result}");
    }
}

using System.Collections.Immutable;
using System.ComponentModel;
using System.Diagnostics;
using MlOps.Core.Programs;

namespace MlOps.LocalCloud.CloudBuild.Sources;

/// <summary>
/// The real git: Cloud Build uses it too, so that shallow fetches, commits by their sha, proxies and people's credential helpers
/// work, and the log has git's own lines. (LibGit2Sharp fetches nothing shallow from a folder.)
/// </summary>
internal sealed class GitProgram(string folder)
{
    /// <summary>What git sets for hooks and aliases (<c>git rev-parse --local-env-vars</c>): it would turn us to the caller's repository.</summary>
    private static readonly ImmutableArray<string> OfTheCaller =
    [
        "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_CONFIG", "GIT_CONFIG_PARAMETERS", "GIT_CONFIG_COUNT", "GIT_OBJECT_DIRECTORY", "GIT_DIR", "GIT_WORK_TREE",
        "GIT_IMPLICIT_WORK_TREE", "GIT_GRAFT_FILE", "GIT_INDEX_FILE", "GIT_NO_REPLACE_OBJECTS", "GIT_REPLACE_REF_BASE", "GIT_PREFIX", "GIT_SHALLOW_FILE",
        "GIT_COMMON_DIR", "GIT_INTERNAL_SUPER_PREFIX", "GIT_QUARANTINE_PATH", "GIT_NAMESPACE",
    ];

    /// <summary>Nothing asks, nothing of the machine's settings runs or rewrites files, no clean-up goes on behind our back.</summary>
    private static readonly ImmutableArray<string> Settings =
    [
        "-c", "core.hooksPath=/dev/null", "-c", "core.autocrlf=false", "-c", "core.fsmonitor=false", "-c", "init.defaultBranch=master", "-c", "init.templateDir=",
        "-c", "advice.detachedHead=false", "-c", "gc.auto=0", "-c", "maintenance.auto=false", "-c", "protocol.ext.allow=never",
    ];

    /// <summary>Runs git in the folder.</summary>
    /// <param name="line">Told each line that it prints, output and errors as they come.</param>
    /// <returns>Its exit code and its lines.</returns>
    /// <exception cref="BuildFaultException">There is no git on this machine.</exception>
    public async Task<(int Code, ImmutableArray<string> Lines)> TryAsync(IEnumerable<string> arguments, Action<string> line, CancellationToken cancel)
    {
        try
        {
            return await ProgramRun.RunAsync(StartInfo(arguments), line, cancel);
        }
        catch (Win32Exception error)
        {
            throw FetchFault.Of("failed to fetch source: git is not on this machine's PATH. Install it (Debian: apt-get install git) and submit the build again.", error);
        }
    }

    /// <summary>As <see cref="TryAsync"/>, for what must succeed.</summary>
    /// <param name="failure">Begins the message when it does not; git's own words follow.</param>
    public async Task<ImmutableArray<string>> RunAsync(string failure, IEnumerable<string> arguments, Action<string> line, CancellationToken cancel)
    {
        var (code, lines) = await TryAsync(arguments, line, cancel);
        return code == 0 ? lines : throw FetchFault.Of($"{failure}: {Reason(lines, code)}");
    }

    private static string Reason(ImmutableArray<string> lines, int code)
    {
        var said = lines.Where(line => line.StartsWith("fatal:", StringComparison.Ordinal) || line.StartsWith("error:", StringComparison.Ordinal)).TakeLast(3).ToArray();
        return said.Length > 0 ? string.Join("; ", said) : lines.LastOrDefault() ?? $"git ended with {code}";
    }

    private ProcessStartInfo StartInfo(IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("git", ["-C", folder, .. Settings, .. arguments]);
        foreach (var name in OfTheCaller)
        {
            start.Environment.Remove(name);
        }

        start.Environment["GIT_TERMINAL_PROMPT"] = "0";
        start.Environment["GIT_ASKPASS"] = "true";
        start.Environment["GCM_INTERACTIVE"] = "never";
        start.Environment.TryAdd("GIT_SSH_COMMAND", "ssh -oBatchMode=yes");
        // Cloud Build leaves Git LFS's pointers as they are.
        start.Environment["GIT_LFS_SKIP_SMUDGE"] = "1";
        start.Environment["LC_ALL"] = "C";
        return start;
    }
}

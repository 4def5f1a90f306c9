using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using MlOps.Testing;

namespace MlOps.Cli.Tests;

/// <summary><c>mlops submit</c> and <c>mlops builds</c> over a local cloud and a real engine.</summary>
public sealed partial class SubmitTests : IDisposable
{
    private const int SigInt = 2;
    private readonly TemporaryFolder _folder = new();

    private string Home => Path.Combine(_folder.Path, "home");

    private Mlops Mlops => new(Directory.CreateDirectory(Path.Combine(_folder.Path, "app")).FullName, Home);

    public void Dispose() => _folder.Dispose();

    [Fact]
    [Trait("speed", "slow")]
    public async Task A_folder_is_built_its_log_shown_and_its_artifacts_kept()
    {
        Engine.Required();
        _folder.Write("app/cloudbuild.yaml", """
            steps:
            - {id: read, name: 'busybox:1.36', args: [cat, hello.txt]}
            - {id: write, name: 'busybox:1.36', script: 'mkdir out && cp hello.txt out/ && test ! -e secret.txt'}
            artifacts: {objects: {location: 'gs://kept/$_FOLDER', paths: ['out/*']}}
            substitutions: {_FOLDER: none}
            """);
        _folder.Write("app/hello.txt", "hello there");
        _folder.Write("app/secret.txt", "");
        _folder.Write("app/.gcloudignore", "secret.txt\n");
        var outcome = await Mlops.RunAsync("submit", "--substitutions", "_FOLDER=mine");
        Assert.True(outcome.ExitCode == 0, outcome.All);
        Golden.Matches(Plain(outcome.Output), "submit.txt");
        Assert.Equal("hello there", File.ReadAllText(Path.Combine(Home, "cloud/storage/kept/mine/out/hello.txt")));
        var list = (await Mlops.RunAsync("builds", "list", "--output", "json")).Json.AsArray();
        Assert.Equal("SUCCESS", Assert.Single(list)!["status"]!.ToString());
        var id = list[0]!["id"]!.ToString();
        Golden.Matches(Plain((await Mlops.RunAsync("builds", "show", id[..8])).Output), "builds-show.txt");
        Assert.Contains("Step #0 - \"read\": hello there", (await Mlops.RunAsync("builds", "log", id)).Output, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("speed", "slow")]
    public async Task A_failed_step_ends_in_its_own_last_lines_and_json_tells_all_steps()
    {
        Engine.Required();
        _folder.Write("app/fail.yaml", """
            steps:
            - {id: fine, name: 'busybox:1.36', args: ['true']}
            - {id: test, name: 'busybox:1.36', script: 'echo "3 != 4"; exit 7'}
            - {id: never, name: 'busybox:1.36', args: ['true']}
            """);
        var outcome = await Mlops.RunAsync("submit", "--no-source", "--config", "fail.yaml", "--output", "json");
        Assert.True(outcome.ExitCode == 1, outcome.All);
        Assert.Equal("FAILURE", outcome.Json["status"]!.ToString());
        var steps = outcome.Json["steps"]!.AsArray();
        Assert.Equal(("test", "FAILURE", 7), (steps[1]!["id"]!.ToString(), steps[1]!["status"]!.ToString(), (int)steps[1]!["exitCode"]!));
        Assert.Contains("  | 3 != 4", outcome.Errors, StringComparison.Ordinal);
        Assert.Contains("build step 1 \"busybox:1.36\" failed", outcome.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_problem_is_told_before_anything_is_uploaded()
    {
        _folder.Write("app/cloudbuild.yaml", "steps:\n- name: busybox:1.36\n  args: [$_NOWHERE]\n");
        var outcome = await Mlops.RunAsync("submit", "nothing", "--substitutions", "BUILD_ID=x");
        Assert.True(outcome.ExitCode == 2, outcome.All);
        Assert.Contains("'BUILD_ID' is set by Cloud Build itself and cannot be given; remove it. [bad-substitution-key]", outcome.Errors, StringComparison.Ordinal);
        Assert.Contains("cloudbuild.yaml:3:", outcome.Errors, StringComparison.Ordinal);
        Assert.Contains("There is no file or folder 'nothing'", outcome.Errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(Home, "cloud/storage/local_cloudbuild")));
    }

    [Fact(Timeout = 120_000)]
    [Trait("speed", "slow")]
    public async Task An_interrupt_cancels_the_build()
    {
        Engine.Required();
        _folder.Write("app/cloudbuild.yaml", "steps:\n- {name: 'busybox:1.36', script: 'echo waiting; sleep 600'}\n");
        var start = new ProcessStartInfo("env", ["--default-signal=INT", "dotnet", Mlops.Program, "submit"])
        {
            WorkingDirectory = Mlops.Folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["MLOPS_HOME"] = Home;
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var text = "";
        while (await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            text += line + "\n";
            if (line == "waiting")
            {
                Assert.Equal(0, Kill(process.Id, SigInt));
            }
        }

        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 130, text + await errors);
        Assert.Contains("ended as CANCELLED", text, StringComparison.Ordinal);
        Assert.Empty(Engine.Containers($"mlops.build={Identity().Match(text).Value}"));
    }

    private static string Plain(string text)
    {
        text = Identity().Replace(text, "ID");
        text = Archive().Replace(text, "ARCHIVE");
        text = Moment().Replace(text, "MOMENT");
        text = Size().Replace(text, "SIZE");
        return Seconds().Replace(text, found => found.Value.EndsWith(" ", StringComparison.Ordinal) ? "TIME  " : "TIME").Replace(" (a stand-in, not the original)", "", StringComparison.Ordinal);
    }

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")]
    private static partial Regex Identity();

    [GeneratedRegex(@"[0-9]{10}\.[0-9]{6}-[0-9a-f]{32}\.tgz(#[0-9]+)?")]
    private static partial Regex Archive();

    [GeneratedRegex(@"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")]
    private static partial Regex Moment();

    [GeneratedRegex(@" *\d+(\.\d+)? (B|KiB)\b")]
    private static partial Regex Size();

    [GeneratedRegex(@"\d+\.\d+ s\b *")]
    private static partial Regex Seconds();

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int pid, int signal);
}

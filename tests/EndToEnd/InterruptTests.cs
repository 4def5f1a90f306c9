using System.Diagnostics;
using System.Runtime.InteropServices;
using MlOps.Testing;

namespace MlOps.Cli.Tests;

/// <summary>What becomes of a run when the one that waits for it is interrupted or killed.</summary>
public sealed partial class InterruptTests
{
    private const int SigInt = 2;
    private const int SigKill = 9;

    /// <summary>A repo whose one task says that it is there and then waits for a file's worth of time.</summary>
    private static SampleRepo Slow(int seconds)
    {
        var repo = new SampleRepo();
        repo.Write("components/hello/greet.sh", $"sleep {seconds}\nmkdir -p \"$(dirname \"$2\")\"\nprintf done > \"$2\"\n");
        repo.Commit("slow");
        return repo;
    }

    [Fact(Timeout = 120_000)]
    [Trait("speed", "slow")]
    public async Task An_interrupt_cancels_the_run_and_its_container()
    {
        Engine.Required();
        using var repo = Slow(600);
        var (code, text) = await SignalWhenRunningAsync(repo, SigInt, TestContext.Current.CancellationToken);
        Assert.True(code == 130, text);
        Assert.Contains($"the run was cancelled: {JobIn(text)}", text);
        Assert.Empty(Engine.Containers($"mlops.pipeline.job={JobIn(text)}"));
        var again = await new Mlops(repo.Root, repo.Home).RunAsync("cloud", "status", "--output", "json");
        Assert.False(again.Json["running"]!.GetValue<bool>());
    }

    [Fact(Timeout = 120_000)]
    [Trait("speed", "slow")]
    public async Task After_a_kill_the_next_delivery_finds_the_same_job_and_ends_well()
    {
        Engine.Required();
        using var repo = Slow(6);
        var (_, before) = await SignalWhenRunningAsync(repo, SigKill, TestContext.Current.CancellationToken);
        var after = await new Mlops(repo.Root, repo.Home).RunAsync("ci", "--env", "local");
        Assert.True(after.ExitCode == 0, after.All);
        Assert.Equal(JobIn(before), JobIn(after.Output));
        Assert.Contains("found projects/", after.Output);
    }

    /// <summary>Starts a delivery, sends the signal when its pipeline has been submitted and a task runs, and waits for the end.</summary>
    private static async Task<(int Code, string Text)> SignalWhenRunningAsync(SampleRepo repo, int signal, CancellationToken cancel)
    {
        // A shell has its background jobs ignore SIGINT, and children inherit that.
        var start = new ProcessStartInfo("env", ["--default-signal=INT", "dotnet", Mlops.Program, "ci", "--env", "local"])
        {
            WorkingDirectory = repo.Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment["MLOPS_HOME"] = repo.Home;
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync(cancel);
        var text = "";
        while (await process.StandardOutput.ReadLineAsync(cancel) is { } line)
        {
            text += line + "\n";
            if (line.Contains("hello running", StringComparison.Ordinal))
            {
                Assert.Equal(0, Kill(process.Id, signal));
            }
        }

        await process.WaitForExitAsync(cancel);
        return (process.ExitCode, text + await errors);
    }

    private static string JobIn(string text) => text.Split([' ', '\n']).First(word => word.Contains("/pipelineJobs/", StringComparison.Ordinal));

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int pid, int signal);
}

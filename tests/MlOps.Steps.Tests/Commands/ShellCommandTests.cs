using MlOps.Core.Problems;
using MlOps.Steps.Commands;

namespace MlOps.Steps.Tests.Commands;

public sealed class ShellCommandTests
{
    private static readonly Dictionary<string, string> NoEnvironment = [];

    [Fact]
    public async Task Output_exit_code_and_environment_come_through()
    {
        var lines = new List<string>();
        var result = await ShellCommand.RunAsync("echo $WHO; echo no >&2; exit 3", Path.GetTempPath(), new Dictionary<string, string> { ["WHO"] = "me" }, lines.Add, TestContext.Current.CancellationToken);
        Assert.Equal(3, result.ExitCode);
        Assert.Equal(["me", "no"], result.Output.Order());
        Assert.Equal(result.Output, lines);
    }

    [Fact]
    public async Task A_command_that_is_cancelled_ends_with_its_children()
    {
        using var stop = new CancellationTokenSource();
        var started = new TaskCompletionSource<int>();
        var run = ShellCommand.RunAsync("sleep 600 & echo $!; wait", Path.GetTempPath(), NoEnvironment, line => started.SetResult(int.Parse(line)), stop.Token);
        var child = await started.Task;
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        Assert.True(SpinWait.SpinUntil(() => !IsRunning(child), TimeSpan.FromSeconds(5)), "the child is still running");
    }

    [Fact]
    public async Task A_program_that_is_not_there_is_what_the_machine_lacks() =>
        await Assert.ThrowsAsync<MachineLacksException>(() => ShellCommand.RunAsync("no-such-program", [], Path.GetTempPath(), NoEnvironment, _ => { }, TestContext.Current.CancellationToken));

    private static bool IsRunning(int pid)
    {
        var stat = $"/proc/{pid}/stat";
        return File.Exists(stat) && !File.ReadAllText(stat).Contains(") Z", StringComparison.Ordinal);
    }
}

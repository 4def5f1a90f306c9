using System.CommandLine;
using MlOps.Cli.Output;
using MlOps.Cli.Sessions;
using MlOps.Containers;
using MlOps.Core.Problems;
using MlOps.LocalCloud.Hosting;
using MlOps.Steps.Debug;
using MlOps.Steps.Project;

namespace MlOps.Cli.Verbs;

/// <summary><c>mlops debug RUN TASK</c>: one task of a run, again on this machine, with what it was given then.</summary>
internal static class DebugVerb
{
    private static readonly Argument<string> Run = new("RUN") { Description = "A pipeline job's id, or its whole name." };
    private static readonly Argument<string> Task = new("TASK") { Description = "A task's name, or its number in the run where several have the name." };
    private static readonly Option<bool> Shell = new("--shell") { Description = "A shell in the task's container instead; /tmp/task there is the task's command." };
    private static readonly Option<string?> Timeout = new("--timeout") { Description = "Cancel it after this long: 90s, 30m, 2h." };

    public static Command Command() =>
        new Command("debug", "Runs one task of a run again on this machine, and shows how its outputs differ.") { Run, Task, Shell, Timeout }.Does(RunAsync);

    private static async Task<int> RunAsync(VerbContext verb, CancellationToken cancel)
    {
        var timeout = Durations.Option(Timeout.Name, verb.Parsed.GetValue(Timeout)) ?? RunSettings.DefaultTimeout;
        var environment = DeliverySession.EnvironmentOf(verb);
        await using var source = await CloudAccess.OpenAsync(environment, verb.Time, cancel);
        await using var machine = await CloudAccess.OnThisMachineAsync(verb.Time, cancel);
        var debug = new DebugRun(environment, source.Endpoint, machine.Endpoint, verb.Time);
        var task = await debug.FindAsync(verb.Parsed.GetValue(Run)!, verb.Parsed.GetValue(Task)!, cancel);
        DebugReport.WriteTask(verb.Report, task);
        await debug.BringAsync(task, line => verb.Report.Line(line), cancel);
        var outcome = verb.Parsed.GetValue(Shell)
            ? await InShellAsync(verb, debug, task, machine, timeout, cancel)
            : await AgainAsync(verb, debug, task, timeout, cancel);
        verb.Report.Result(outcome.ToJson());
        DebugReport.WriteOutcome(verb.Report, outcome);
        return outcome.Succeeded ? ExitCode.Done : ExitCode.StepFailed;
    }

    private static async Task<DebugOutcome> AgainAsync(VerbContext verb, DebugRun debug, RecordedTask task, TimeSpan timeout, CancellationToken cancel)
    {
        var job = await debug.StartAsync(task, waitBefore: null, timeout, cancel);
        verb.Report.Line($"again as {job}");
        var outcome = await debug.EndAsync(task, job, timeout, cancel);
        DebugReport.WriteLog(verb.Report, TaskLogFiles.Of(LocalCloudOptions.DefaultStateFolder, job));
        return outcome;
    }

    private static async Task<DebugOutcome> InShellAsync(VerbContext verb, DebugRun debug, RecordedTask task, CloudAccess machine, TimeSpan timeout, CancellationToken cancel)
    {
        await using var engine = await ContainerEngine.ConnectAsync(cancel);
        var entrypoint = await DebugShell.EntrypointAsync(engine, machine.Endpoint, task.Image, cancel);
        var job = await debug.StartAsync(task, entrypoint, timeout, cancel);
        var ending = debug.EndAsync(task, job, timeout, cancel);
        if (await DebugShell.ContainerAsync(engine, job, ending, verb.Time, cancel) is { } container)
        {
            verb.Report.Aside("In the task's container. /tmp/task runs the task; what it has written when you leave is compared.");
            await Terminal.ExecAsync(container, DebugShell.Command, cancel);
            await Terminal.ExecAsync(container, DebugShell.End, CancellationToken.None);
        }

        return await ending;
    }
}

using System.Collections.Concurrent;
using System.Collections.Immutable;
using MlOps.Containers;
using MlOps.Containers.Running;
using MlOps.Core.Problems;
using MlOps.Steps.Commands;
using MlOps.Steps.Dockerfiles;

namespace MlOps.Steps.Lint;

/// <summary>How a linter ended, with the end of what it said.</summary>
internal sealed record LinterOutcome(Linter Linter, LinterResult Result, string Ending, ImmutableArray<string> Tail);

/// <summary>Runs linters side by side, all of them to their end, except those that passed with the same inputs before.</summary>
internal static class LinterRun
{
    private const string Inside = "/reports";
    private const int TailLines = 30;

    /// <summary>Where a linter may leave SARIF files.</summary>
    public static string ReportsOf(DeliveryContext context, string linter) => context.Workspace.PathOf("reports", "lint", linter);

    /// <returns>In the order of the linters; those that were not run have the earlier result.</returns>
    public static async Task<ImmutableArray<LinterOutcome>> RunAsync(DeliveryContext context, ImmutableArray<Linter> linters, ComponentDockerfiles dockerfiles, LintReport? before, CancellationToken cancel)
    {
        var outcomes = new ConcurrentDictionary<string, LinterOutcome>(StringComparer.Ordinal);
        foreach (var linter in linters.Where(linter => linter.Fingerprint.Length > 0))
        {
            if (before?.Linters.FirstOrDefault(result => result.Name == linter.Name && result.Passed && result.Fingerprint == linter.Fingerprint) is { } passed)
            {
                outcomes[linter.Name] = new LinterOutcome(linter, passed, "", []);
            }
        }

        var due = linters.Where(linter => !outcomes.ContainsKey(linter.Name)).ToList();
        await using var engine = due.Exists(linter => linter.Command is null) ? await ContainerEngine.ConnectAsync(cancel) : null;
        using var stages = engine is null ? null : new StageRunner(engine, dockerfiles);
        await Parallel.ForEachAsync(due, new ParallelOptions { MaxDegreeOfParallelism = context.Options.Parallelism, CancellationToken = cancel }, async (linter, token) =>
            outcomes[linter.Name] = await RunOneAsync(context, linter, stages, token));
        return [.. linters.Select(linter => outcomes[linter.Name])];
    }

    private static async Task<LinterOutcome> RunOneAsync(DeliveryContext context, Linter linter, StageRunner? stages, CancellationToken cancel)
    {
        var start = context.Time.GetTimestamp();
        var reports = ReportFolder.Empty(ReportsOf(context, linter.Name));
        await using var log = StepLog.Create(context, "lint", linter.Name);
        var ending = linter.Command is { } command ? await CommandAsync(linter, command, reports, log, cancel) : await StageAsync(linter, reports, log, stages!, cancel);
        var seconds = Math.Round(context.Time.GetElapsedTime(start).TotalSeconds, 3);
        return new LinterOutcome(linter, new LinterResult(linter.Name, linter.Fingerprint, ending.Length == 0, seconds), ending, log.Tail(TailLines));
    }

    /// <returns>Empty where it passed.</returns>
    private static async Task<string> CommandAsync(Linter linter, string command, string reports, StepLog log, CancellationToken cancel)
    {
        var environment = ImmutableDictionary<string, string>.Empty.Add("MLOPS_REPORTS", reports);
        var result = await ShellCommand.RunAsync(command, linter.Folder, linter.Component is null ? environment : environment.Add("MLOPS_COMPONENT", linter.Component.Name), log.Aloud, cancel);
        return result.ExitCode == 0 ? "" : $"exit code {result.ExitCode}";
    }

    private static async Task<string> StageAsync(Linter linter, string reports, StepLog log, StageRunner stages, CancellationToken cancel)
    {
        try
        {
            var exit = await stages.RunAsync(linter.Component!, Linter.Stage, [new CopyIn(reports, Inside)], [new CopyOut(Inside, reports)], log.Quietly, log.Aloud, cancel);
            return exit.IsSuccess ? "" : exit.ToString();
        }
        catch (StepFailedException error)
        {
            return error.Message;
        }
    }
}

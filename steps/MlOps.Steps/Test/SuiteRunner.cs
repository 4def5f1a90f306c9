using MlOps.Containers.Running;
using MlOps.Core.Problems;
using MlOps.Steps.Commands;
using MlOps.Steps.Dockerfiles;

namespace MlOps.Steps.Test;

/// <summary>Runs one suite and reads what it reports.</summary>
/// <param name="stages">Null where no suite is a stage of a Dockerfile.</param>
internal sealed class SuiteRunner(DeliveryContext context, StageRunner? stages)
{
    private const string Inside = "/reports";

    /// <summary>Where a suite's reports are kept.</summary>
    public static string ReportsOf(DeliveryContext context, string suite) => context.Workspace.PathOf("reports", "tests", suite);

    public async Task<TestSuiteResult> RunAsync(TestSuite suite, CancellationToken cancel)
    {
        var start = context.Time.GetTimestamp();
        var reports = ReportFolder.Empty(ReportsOf(context, suite.Name));
        await using var log = StepLog.Create(context, "test", suite.Name);
        var ending = suite is StageSuite stage ? await RunStageAsync(stage, reports, log, cancel) : await RunCommandAsync((CommandSuite)suite, reports, log, cancel);
        var result = Result(suite, ending, JUnitReader.ReadFolder(reports), log) with { Seconds = Math.Round(context.Time.GetElapsedTime(start).TotalSeconds, 3) };
        context.Log.Line("test", suite.Name, TestConsole.Outcome(result));
        return result;
    }

    /// <returns>What is wrong with how it ended, or null.</returns>
    private async Task<string?> RunStageAsync(StageSuite suite, string reports, StepLog log, CancellationToken cancel)
    {
        try
        {
            var exit = await stages!.RunAsync(suite.Component, TestPlan.Stage, [new CopyIn(reports, Inside)], [new CopyOut(Inside, reports)], log.Quietly, log.Aloud, cancel);
            return exit.IsSuccess ? null : exit.ToString();
        }
        catch (StepFailedException error)
        {
            log.AddTail(error.Tail);
            return error.Message;
        }
    }

    private static async Task<string?> RunCommandAsync(CommandSuite suite, string reports, StepLog log, CancellationToken cancel)
    {
        var before = suite.Reports.Snapshot();
        var result = await ShellCommand.RunAsync(suite.Command, suite.Folder, suite.Environment.Add("MLOPS_REPORTS", reports), log.Aloud, cancel);
        suite.Reports.CopyNew(before, reports);
        return result.ExitCode == 0 ? null : $"exit code {result.ExitCode}";
    }

    private static TestSuiteResult Result(TestSuite suite, string? ending, TestCases tests, StepLog log)
    {
        var failures = tests.Cases.Where(test => test.Outcome == TestOutcome.Failed).Select(test => test.AsFailure()).Concat(tests.Unreadable).ToList();
        if (ending is not null && failures.Count == 0)
        {
            failures.Add(new FailedTest("(run)", $"ended with {ending}, though no test failed", string.Join('\n', log.Tail(TestConsole.DetailLines))));
        }

        return new TestSuiteResult(suite.Name, tests.Count(TestOutcome.Passed), failures.Count, tests.Count(TestOutcome.Skipped), 0, [.. failures])
        {
            Fingerprint = suite.Fingerprint,
            Warnings = [.. Warnings(suite, tests, failures.Count)],
        };
    }

    private static IEnumerable<Problem> Warnings(TestSuite suite, TestCases tests, int failures)
    {
        foreach (var file in tests.OtherFormats)
        {
            yield return Problem.Warning("not-junit", $"The report {file} of '{suite.Name}' is not JUnit XML and is not read; let the test tool write JUnit.");
        }

        if (tests.Cases.IsEmpty && failures == 0)
        {
            yield return Problem.Warning("no-tests", suite is CommandSuite command
                ? $"The tests of '{suite.Name}' ended well, but no test was reported: '{command.Command}' wrote no JUnit report that matches {command.Reports.Pattern}, nor one to the folder $MLOPS_REPORTS."
                : $"The tests of '{suite.Name}' ended well, but no test was reported: the stage 'test' wrote no JUnit report to /reports.");
        }
    }
}

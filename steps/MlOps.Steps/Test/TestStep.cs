using MlOps.Core.Graph;
using MlOps.Core.Problems;
using MlOps.Steps.Checkout;
using MlOps.Steps.Dockerfiles;

namespace MlOps.Steps.Test;

/// <summary>Step 2: the components' tests and the repo's, side by side; one merged JUnit report (docs/verbs/test.md).</summary>
public static class TestStep
{
    public static async Task<StepResult> RunAsync(DeliveryContext context, CancellationToken cancel)
    {
        var problems = new List<Problem>();
        var dockerfiles = ComponentDockerfiles.Read(context.Project, problems);
        problems.AddRange(dockerfiles.Cycles());
        if (problems.Count > 0)
        {
            throw new InvalidInputException(problems);
        }

        var suites = TestPlan.Suites(context, CheckoutStep.Now(context), dockerfiles);
        var (report, unchanged) = await TestRun.RunAsync(context, suites, dockerfiles, context.Workspace.TryRead(Records.Test), cancel);
        return Finish(context, Records.Test, report with { Suites = [.. report.Suites, .. TestPlan.Untested(context.Project, suites)] }, unchanged);
    }

    /// <summary>Writes the record and the merged report of all suites, those of integration included; then fails if a test failed.</summary>
    internal static StepResult Finish(DeliveryContext context, Workspaces.RecordFile<TestReport> record, TestReport report, int unchanged)
    {
        context.Workspace.Write(record, report with { Of = context.Workspace.TryRead(Records.Source)?.ImageTag });
        var other = context.Workspace.TryRead(record == Records.Test ? Records.IntegrationTest : Records.Test);
        var suites = report.Suites.Concat(other?.Suites ?? []).OrderBy(suite => suite.Name == TestSuite.Integration);
        JUnitWriter.Write(context.Workspace.PathOf("reports", "junit.xml"), [.. suites.Select(suite => (suite, JUnitReader.ReadFolder(SuiteRunner.ReportsOf(context, suite.Name))))]);
        foreach (var warning in report.Warnings)
        {
            context.Log.Warning(warning);
        }

        if (report.Failed > 0)
        {
            throw new StepFailedException(TestConsole.Failed(report), TestConsole.Failures(report));
        }

        var summary = TestConsole.Summary(report, unchanged);
        return unchanged > 0 && unchanged == report.Suites.Count(suite => suite.Fingerprint is not null) ? StepResult.Unchanged(summary) : StepResult.Done(summary);
    }
}

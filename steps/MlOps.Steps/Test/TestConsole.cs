using System.Globalization;
using MlOps.Core.Problems;

namespace MlOps.Steps.Test;

/// <summary>What people read of a test run.</summary>
internal static class TestConsole
{
    private const int FailuresShown = 20;
    public const int DetailLines = 12;

    /// <summary><c>14 passed, 1 skipped in 3 suites; 2 suites unchanged</c></summary>
    public static string Summary(TestReport report, int unchanged)
    {
        var suites = report.Suites.Count(suite => suite.Fingerprint is not null);
        if (suites == 0)
        {
            return "no tests";
        }

        var skipped = report.Skipped == 0 ? "" : $", {report.Skipped} skipped";
        var same = unchanged == 0 ? "" : unchanged == suites ? ", nothing changed since they passed" : $", {Quantity.Of(unchanged, "suite")} of them unchanged since they passed";
        return $"{report.Passed} passed{skipped} in {Quantity.Of(suites, "suite")}{same}";
    }

    /// <summary><c>12 passed in 8.1 s</c></summary>
    public static string Outcome(TestSuiteResult suite)
    {
        var skipped = suite.Skipped == 0 ? "" : $", {suite.Skipped} skipped";
        var failed = suite.Failed == 0 ? "" : $", {suite.Failed} failed";
        return string.Create(CultureInfo.InvariantCulture, $"{suite.Passed} passed{failed}{skipped} in {suite.Seconds:0.0} s");
    }

    /// <summary><c>2 of 14 tests failed (score 1, train 1).</c></summary>
    public static string Failed(TestReport report)
    {
        var failed = report.Suites.Where(suite => suite.Failed > 0).Select(suite => $"{suite.Name} {suite.Failed}").ToList();
        var logs = string.Join(", ", report.Suites.Where(suite => suite.Failed > 0).Select(suite => $".mlops/logs/test-{suite.Name}.log").Take(3));
        return $"{report.Failed} of {report.Passed + report.Failed} tests failed ({string.Join(", ", failed)}). See .mlops/reports/junit.xml and {logs}.";
    }

    /// <summary>Each failed test with its message and the beginning of its details.</summary>
    public static IEnumerable<string> Failures(TestReport report)
    {
        var all = report.Suites.SelectMany(suite => suite.Failures.Select(failure => (suite.Name, Failure: failure))).ToList();
        foreach (var (suite, failure) in all.Take(FailuresShown))
        {
            yield return $"{suite}: {failure.Name}: {failure.Message.ReplaceLineEndings(" ")}";
            var details = (failure.Details ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line.Trim() != failure.Message.Trim()).ToList();
            foreach (var line in details.Take(DetailLines))
            {
                yield return "    " + line;
            }

            if (details.Count > DetailLines)
            {
                yield return string.Create(CultureInfo.InvariantCulture, $"    … {details.Count - DetailLines} more lines");
            }
        }

        if (all.Count > FailuresShown)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"… and {all.Count - FailuresShown} more failed tests");
        }
    }
}

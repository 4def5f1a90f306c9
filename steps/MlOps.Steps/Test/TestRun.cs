using System.Collections.Concurrent;
using System.Collections.Immutable;
using MlOps.Containers;
using MlOps.Core.Images;
using MlOps.Core.Problems;
using MlOps.Steps.Dockerfiles;

namespace MlOps.Steps.Test;

/// <summary>Runs suites side by side, merges what they report, and keeps what passed before from running again.</summary>
internal static class TestRun
{
    /// <param name="before">The report that the last run left.</param>
    /// <returns>The report, in the order of the suites, and how many of them were not run because nothing had changed.</returns>
    /// <exception cref="InvalidInputException">What keeps tests from being run, of all suites.</exception>
    public static async Task<(TestReport Report, int Unchanged)> RunAsync(DeliveryContext context, ImmutableArray<TestSuite> suites, ComponentDockerfiles? dockerfiles, TestReport? before, CancellationToken cancel)
    {
        var results = new ConcurrentDictionary<string, TestSuiteResult>(StringComparer.Ordinal);
        foreach (var suite in suites)
        {
            if (Passed(context, suite, before) is { } passed)
            {
                results[suite.Name] = passed;
            }
        }

        var unchanged = results.Count;
        await RunAsync(context, [.. suites.Where(suite => !results.ContainsKey(suite.Name))], dockerfiles, results, cancel);
        var fingerprint = Digest.Of(string.Join('\n', suites.Select(suite => $"{suite.Name} {suite.Fingerprint}"))).Hex;
        return (new TestReport(fingerprint, [.. suites.Select(suite => results[suite.Name])]), unchanged);
    }

    private static async Task RunAsync(DeliveryContext context, ImmutableArray<TestSuite> suites, ComponentDockerfiles? dockerfiles, ConcurrentDictionary<string, TestSuiteResult> results, CancellationToken cancel)
    {
        await using var engine = suites.Any(suite => suite is StageSuite) ? await ContainerEngine.ConnectAsync(cancel) : null;
        using var stages = engine is null ? null : new StageRunner(engine, dockerfiles!);
        var runner = new SuiteRunner(context, stages);
        var problems = new ConcurrentBag<Problem>();
        await Parallel.ForEachAsync(suites, new ParallelOptions { MaxDegreeOfParallelism = context.Options.Parallelism, CancellationToken = cancel }, async (suite, token) =>
        {
            try
            {
                results[suite.Name] = await runner.RunAsync(suite, token);
            }
            catch (InvalidInputException error)
            {
                foreach (var problem in error.Problems)
                {
                    problems.Add(problem);
                }
            }
        });
        if (!problems.IsEmpty)
        {
            throw new InvalidInputException(problems.Distinct().OrderBy(problem => problem.File, StringComparer.Ordinal).ThenBy(problem => problem.Line));
        }
    }

    private static TestSuiteResult? Passed(DeliveryContext context, TestSuite suite, TestReport? before) =>
        before?.Suites.FirstOrDefault(result => result.Name == suite.Name) is { Failed: 0, Passed: > 0 } result
        && suite.Fingerprint.Length > 0
        && result.Fingerprint == suite.Fingerprint
        && Directory.Exists(SuiteRunner.ReportsOf(context, suite.Name))
            ? result
            : null;
}

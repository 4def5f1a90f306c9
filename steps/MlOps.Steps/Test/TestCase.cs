using System.Collections.Immutable;

namespace MlOps.Steps.Test;

internal enum TestOutcome
{
    Passed,
    Failed,
    Skipped,
}

/// <summary>One test as a JUnit report has it.</summary>
/// <param name="Class">The class, module or file that it belongs to; may be empty.</param>
/// <param name="Type">The kind of failure, such as <c>AssertionError</c>.</param>
internal sealed record TestCase(string Class, string Name, TestOutcome Outcome, double Seconds, string? Message, string? Type, string? Details)
{
    /// <summary>As people read it: <c>test_split.TestSplit.test_rows</c>.</summary>
    public string FullName => Class.Length == 0 || Name.StartsWith(Class, StringComparison.Ordinal) ? Name : $"{Class}.{Name}";

    public FailedTest AsFailure() => new(FullName, Message ?? Type ?? "failed", Details);
}

/// <summary>What the report files of one suite say together.</summary>
internal sealed record TestCases(ImmutableArray<TestCase> Cases, ImmutableArray<FailedTest> Unreadable, ImmutableArray<string> OtherFormats)
{
    public int Count(TestOutcome outcome) => Cases.Count(test => test.Outcome == outcome);
}

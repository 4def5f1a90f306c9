using MlOps.Steps.Test;
using MlOps.Testing;

namespace MlOps.Steps.Tests.Test;

public sealed class JUnitReaderTests
{
    [Theory]
    // pytest
    [InlineData("<testsuites><testsuite name=\"pytest\" errors=\"0\" failures=\"1\" skipped=\"1\" tests=\"3\"><testcase classname=\"a.B\" name=\"x\" time=\"0.5\"/><testcase classname=\"a.B\" name=\"y\"><failure message=\"assert 1 == 2\">Traceback</failure></testcase><testcase classname=\"a.B\" name=\"z\"><skipped type=\"pytest.skip\" message=\"no gpu\"/></testcase></testsuite></testsuites>", "a.B.x passed, a.B.y failed: assert 1 == 2, a.B.z skipped: no gpu")]
    // surefire: the suite is the root
    [InlineData("<testsuite name=\"S\" time=\"1,234.5\"><testcase name=\"x\" classname=\"S\"><error type=\"java.lang.Error\">java.lang.Error: boom\n at x</error></testcase></testsuite>", "S.x failed: java.lang.Error: boom")]
    // surefire: a flaky test passed in the end
    [InlineData("<testsuite name=\"S\"><testcase name=\"x\" classname=\"S\"><flakyFailure message=\"once\"/></testcase></testsuite>", "S.x passed")]
    // phpunit, jest: suites within suites, one of them empty
    [InlineData("<testsuites><testsuite name=\"A\"><testsuite name=\"B\"><testcase name=\"x\"/></testsuite><testsuite name=\"C\"/></testsuite></testsuites>", "B.x passed")]
    // googletest
    [InlineData("<testsuites><testsuite name=\"A\"><testcase name=\"x\" status=\"run\" result=\"completed\"/><testcase name=\"y\" status=\"notrun\" result=\"suppressed\"/></testsuite></testsuites>", "A.x passed, A.y skipped: ")]
    // bats, mocha: a case directly below the root
    [InlineData("<testsuites><testcase name=\"x\" classname=\"t\"/></testsuites>", "t.x passed")]
    // several problems in one case count once
    [InlineData("<testsuite name=\"A\"><testcase name=\"x\"><failure message=\"a\"/><error message=\"b\"/></testcase></testsuite>", "A.x failed: a")]
    // a suite that could not be set up
    [InlineData("<testsuite name=\"A\" errors=\"1\"><error message=\"no module\"/></testsuite>", "A.(suite) failed: no module")]
    [InlineData("<testsuite name=\"A\" errors=\"2\" tests=\"0\"/>", "A.(suite) failed: The suite counts 2 failures, but no test case shows one.")]
    // what is written by status only
    [InlineData("<testsuite name=\"A\"><testcase name=\"x\" status=\"failed\"/></testsuite>", "A.x failed: ")]
    // a namespace, and characters that XML forbids
    [InlineData("<testsuite xmlns=\"urn:x\" name=\"A\"><testcase name=\"x\"><failure message=\"\u001b[31mred&#x1b;[0m\"/></testcase></testsuite>", "A.x failed: ?[31mred\u001b[0m")]
    [InlineData("<testsuites/>", "")]
    public void Each_dialect_is_read(string xml, string expected)
    {
        using var folder = new TemporaryFolder();
        folder.Write("deep/down/report.xml", xml);
        var tests = JUnitReader.ReadFolder(folder.Path);
        Assert.Empty(tests.Unreadable);
        Assert.Equal(expected, string.Join(", ", tests.Cases.Select(Line)));
    }

    [Theory]
    [InlineData("<testsuites><testsuite name=\"A\"><testcase name=\"x\"/>")]
    [InlineData("")]
    [InlineData("not XML")]
    [InlineData("<!DOCTYPE x [<!ENTITY a \"b\">]><testsuites/>")]
    public void A_report_that_is_not_XML_is_told_by_its_name(string text)
    {
        using var folder = new TemporaryFolder();
        folder.Write("a.xml", "<testsuite name=\"A\"><testcase name=\"x\"/></testsuite>");
        folder.Write("b.xml", text);
        var tests = JUnitReader.ReadFolder(folder.Path);
        Assert.Single(tests.Cases);
        Assert.Equal("b.xml", Assert.Single(tests.Unreadable).Name);
    }

    [Fact]
    public void XML_of_other_kinds_is_left_alone()
    {
        using var folder = new TemporaryFolder();
        folder.Write("coverage.xml", "<coverage/>");
        Assert.Equal(["coverage.xml"], JUnitReader.ReadFolder(folder.Path).OtherFormats);
    }

    [Fact]
    public void The_merged_report_says_what_the_parts_said()
    {
        using var folder = new TemporaryFolder();
        folder.Write("train/a.xml", "<testsuite name=\"A\"><testcase classname=\"t.A\" name=\"x\" time=\"0.25\"/><testcase classname=\"t.A\" name=\"y\"><failure message=\"1 &lt; 2 &#x1b;[0m\" type=\"E\">line 1\r\nline 2</failure></testcase><testcase classname=\"t.A\" name=\"z\"><skipped message=\"no gpu\"/></testcase></testsuite>");
        var tests = JUnitReader.ReadFolder(Path.Combine(folder.Path, "train"));
        var train = new TestSuiteResult("train", 1, 1, 1, 1.5, [tests.Cases[1].AsFailure()]);
        var score = new TestSuiteResult("score", 0, 1, 0, 0.5, [new FailedTest("(run)", "ended with exit code 3, though no test failed", "the last line")]);
        var report = Path.Combine(folder.Path, "junit.xml");
        JUnitWriter.Write(report, [(train, tests), (score, new TestCases([], [], []))]);
        Golden.Matches(File.ReadAllText(report), "merged.xml");

        var again = JUnitReader.ReadFolder(folder.Path);
        Assert.Equal(7, again.Cases.Length);
    }

    private static string Line(TestCase test) =>
        $"{test.FullName} {test.Outcome.ToString().ToLowerInvariant()}{(test.Outcome == TestOutcome.Passed ? "" : ": " + test.Message)}";
}

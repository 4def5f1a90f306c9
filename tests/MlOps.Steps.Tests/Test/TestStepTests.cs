using MlOps.Core.Graph;
using MlOps.Core.Problems;
using MlOps.Steps.Test;
using MlOps.Testing;

namespace MlOps.Steps.Tests.Test;

public sealed class TestStepTests : IDisposable
{
    private const string Passing = """<testsuite name="A"><testcase classname="a" name="x"/></testsuite>""";
    private const string Failing = """<testsuite name="A"><testcase classname="a" name="x"/><testcase classname="a" name="y"><failure message="1 is not 2">at a.py:3&#10;    at b.py:4</failure></testcase></testsuite>""";

    private readonly TestDelivery _delivery = new("répo with späces");

    public void Dispose() => _delivery.Dispose();

    [Fact]
    public async Task Commands_of_the_repo_and_of_components_run_where_they_belong_and_are_merged()
    {
        _delivery.Write("mlops.yaml", """
            name: sample
            components: {settings: {train: {test: {command: 'pwd; echo $MLOPS_COMPONENT; cat report > out-junit.xml'}}}}
            test: {command: 'cp components/train/report junit.xml; cp report "$MLOPS_REPORTS/second.xml"'}
            """);
        Component("train").Write("components/train/report", Passing).Write("report", Passing);
        var result = await RunAsync();
        Assert.Equal("3 passed in 2 suites", result.Summary);
        Assert.Equal([("train", 1), ("repo", 2)], Report.Suites.Select(suite => (suite.Name, suite.Passed)));
        Assert.Equal([_delivery.Root + "/components/train", "train"], _delivery.Read(".mlops/logs/test-train.log").Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains($"test train: {_delivery.Root}/components/train", _delivery.Lines);
        Assert.Contains("<testsuites tests=\"3\" failures=\"0\"", _delivery.Read(".mlops/reports/junit.xml"), StringComparison.Ordinal);
        Assert.Empty(_delivery.Warnings);
    }

    [Fact]
    public async Task Failed_tests_are_shown_with_their_messages_and_recorded()
    {
        Repo("cat failing > junit.xml; exit 1").Write("failing", Failing);
        _delivery.Write("mlops.yaml", _delivery.Read("mlops.yaml") + "components: {settings: {score: {test: {command: 'echo out of; echo memory; exit 137'}}}}\n");
        Component("score");
        var error = await Assert.ThrowsAsync<StepFailedException>(RunAsync);
        Golden.Matches($"{error.Message}\n{string.Join('\n', error.Tail)}\n", "failures.txt");
        Assert.Equal((1, 2), (Report.Passed, Report.Failed));
        Assert.Contains("1 is not 2", _delivery.Read(".mlops/reports/junit.xml"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cat failing > junit.xml", "1 is not 2")]
    [InlineData("cat passing > junit.xml; exit 5", "ended with exit code 5, though no test failed")]
    [InlineData("exit 127", "ended with exit code 127, though no test failed")]
    [InlineData("head -c 40 passing > junit.xml", "The report is not XML")]
    public async Task A_report_and_an_exit_code_can_each_fail_the_step(string command, string said)
    {
        Repo(command).Write("failing", Failing).Write("passing", Passing);
        var error = await Assert.ThrowsAsync<StepFailedException>(RunAsync);
        Assert.Contains(said, string.Join('\n', error.Tail), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("true", "no JUnit report")]
    [InlineData("echo '<testsuites/>' > junit.xml", "no test was reported")]
    [InlineData("echo '<assemblies/>' > junit.xml", "not JUnit XML")]
    public async Task No_test_is_a_warning_in_the_report_and_no_silent_pass(string command, string said)
    {
        Repo(command);
        await RunAsync();
        Assert.Contains(_delivery.Warnings, warning => warning.Message.Contains(said, StringComparison.Ordinal));
        Assert.Contains(Report.Warnings, warning => warning.Code == "no-tests");
        Assert.Contains("no-tests", _delivery.Read(".mlops/test.json"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_component_that_nothing_tests_is_a_warning()
    {
        _delivery.Write("mlops.yaml", "name: sample\n").Write("components/train/Dockerfile", "FROM scratch\n");
        Component("train");
        Assert.Equal("no tests", (await RunAsync()).Summary);
        var warning = Assert.Single(_delivery.Warnings);
        Assert.Equal(("no-tests", "components/train/Dockerfile"), (warning.Code, warning.File));
        Assert.Equal("train", Assert.Single(Report.Suites).Name);
    }

    [Fact]
    public async Task What_an_earlier_run_left_is_no_report_of_this_one()
    {
        Repo("true").Write("reports/junit.xml", Passing);
        await RunAsync();
        Assert.Equal("no-tests", Assert.Single(_delivery.Warnings).Code);
        Assert.True(File.Exists(Path.Combine(_delivery.Root, "reports/junit.xml")));
    }

    [Fact]
    public async Task Tests_that_passed_are_not_run_again_until_something_changes()
    {
        Repo("echo ran >> ../ran; cat passing > junit.xml").Write("passing", Passing).Write(".gitignore", "junit.xml\n");
        Commit();
        Assert.False((await RunAsync()).Skipped);
        var again = await RunAsync();
        Assert.Equal((true, "1 passed in 1 suite, nothing changed since they passed"), (again.Skipped, again.Summary));
        _delivery.Write("other.txt", "changed");
        Assert.False((await RunAsync()).Skipped);
        Assert.Equal("ran\nran\n", File.ReadAllText(Path.Combine(_delivery.Root, "../ran")));
    }

    [Fact]
    public async Task Tests_that_failed_are_run_again()
    {
        Repo("cat report > junit.xml").Write("report", Failing).Write(".gitignore", "junit.xml\n");
        Commit();
        await Assert.ThrowsAsync<StepFailedException>(RunAsync);
        await Assert.ThrowsAsync<StepFailedException>(RunAsync);
    }

    [Fact]
    public async Task Without_git_they_are_always_run()
    {
        Repo("cat passing > junit.xml").Write("passing", Passing);
        await RunAsync();
        Assert.False((await RunAsync()).Skipped);
    }

    [Fact]
    public async Task Images_that_are_based_on_each_other_are_told_before_anything_runs()
    {
        _delivery.Write("mlops.yaml", "name: sample\n").Write("components/a/Dockerfile", "ARG IMAGE_B\nFROM ${IMAGE_B}\n").Write("components/b/Dockerfile", "ARG IMAGE_A\nFROM ${IMAGE_A}\n");
        Component("a");
        Component("b");
        var problem = Assert.Single((await Assert.ThrowsAsync<InvalidInputException>(RunAsync)).Problems);
        Assert.Equal("components/b/Dockerfile:1:1: error: Images are based on each other: a -> b -> a. Take one ARG IMAGE_… out. [image-cycle]", problem.ToString());
    }

    [Fact]
    public async Task The_stage_test_of_a_Dockerfile_is_built_and_run_and_its_reports_are_copied_out()
    {
        await TestEngine.RequireAsync(TestEngine.Busybox);
        Staged($"""
            FROM {TestEngine.Busybox} AS base
            COPY . /src
            FROM base AS Test
            USER 1234
            CMD ["sh", "-c", "echo testing; cp /src/report.xml $MLOPS_REPORTS/a.xml; mkdir /reports/deep; cp /src/report.xml /reports/deep/b.xml"]
            FROM base
            """);
        Assert.Equal("2 passed in 1 suite", (await RunAsync()).Summary);
        Assert.Contains("test train: testing", _delivery.Lines);
        Assert.Contains("COPY . /src", _delivery.Read(".mlops/logs/test-train.log"), StringComparison.Ordinal);
        Assert.True((await RunAsync()).Skipped);
        _delivery.Write("README.md", "is not in the component's folder");
        Assert.True((await RunAsync()).Skipped);
        _delivery.Write("components/train/report.xml", Failing);
        var error = await Assert.ThrowsAsync<StepFailedException>(RunAsync);
        Assert.Contains("1 is not 2", string.Join('\n', error.Tail), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stage_that_cannot_be_built_fails_with_the_builders_own_lines()
    {
        await TestEngine.RequireAsync(TestEngine.Busybox);
        Staged($"FROM {TestEngine.Busybox} AS test\nRUN echo this is broken && exit 7\nFROM {TestEngine.Busybox}\n");
        var error = await Assert.ThrowsAsync<StepFailedException>(RunAsync);
        Assert.Contains("this is broken", string.Join('\n', error.Tail), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stage_may_stand_on_another_components_image()
    {
        await TestEngine.RequireAsync(TestEngine.Busybox);
        _delivery.Write("components/common/Dockerfile", $"FROM {TestEngine.Busybox}\nRUN echo from common > /said\n");
        Component("common");
        Component("unused").Write("components/unused/Dockerfile", "FROM scratch\n");
        Staged($"""
            ARG IMAGE_COMMON
            ARG IMAGE_UNUSED
            FROM $IMAGE_COMMON AS test
            COPY report.xml /
            CMD ["sh", "-c", "cat /said; cp /report.xml /reports/"]
            FROM $IMAGE_UNUSED
            """);
        await RunAsync();
        Assert.Contains("test train: from common", _delivery.Lines);
    }

    [Fact]
    public async Task Integration_tests_get_the_images_pinned_under_names_that_the_engine_can_pull()
    {
        const string Image = "us-central1-docker.pkg.dev/local/ml/train-model";
        Repo("cat passing > junit.xml").Write("passing", Passing);
        _delivery.Write("mlops.yaml", _delivery.Read("mlops.yaml") + "  integration: echo $IMAGE_TRAIN_MODEL; cat passing > integration-junit.xml\n");
        Component("train-model");
        var digest = Core.Images.Digest.Of("x");
        _delivery.Workspace.Write(Records.Push, new PushedImages("c", [new PushedImage("train-model", Core.Images.ImageReference.Parse(Image + ":c"), digest, 1)]));
        await RunAsync();
        var result = await IntegrationTestStep.RunAsync(_delivery.Context, TestContext.Current.CancellationToken);
        Assert.Equal("1 passed in 1 suite", result.Summary);
        Assert.Contains($"test integration: 127.0.0.1:9/us-central1/local/ml/train-model@{digest}", _delivery.Lines);
        Assert.Equal(["repo", "integration"], System.Xml.Linq.XDocument.Parse(_delivery.Read(".mlops/reports/junit.xml")).Root!.Elements().Select(suite => suite.Attribute("name")!.Value));
    }

    [Fact]
    public async Task Without_integration_tests_the_step_does_nothing()
    {
        Repo("true");
        Assert.Equal("no integration tests", (await IntegrationTestStep.RunAsync(_delivery.Context, TestContext.Current.CancellationToken)).Summary);
    }

    private TestReport Report => _delivery.Workspace.Read(Records.Test);

    private Task<StepResult> RunAsync() => TestStep.RunAsync(_delivery.Context, TestContext.Current.CancellationToken);

    private TestDelivery Repo(string command) => _delivery.Write("mlops.yaml", $"name: sample\ntest:\n  command: >-\n    {command}\n");

    private TestDelivery Component(string name) => _delivery.Write($"components/{name}/component.yaml", $"name: {name}\nimplementation: {{container: {{image: busybox}}}}\n");

    private void Staged(string dockerfile)
    {
        _delivery.Write("mlops.yaml", "name: sample\n").Write("components/train/Dockerfile", dockerfile).Write("components/train/report.xml", Passing);
        Component("train");
    }

    private void Commit()
    {
        GitCommand.Run(_delivery.Root, "init", "-q", "-b", "main");
        GitCommand.Run(_delivery.Root, "add", "-A");
        GitCommand.Run(_delivery.Root, "commit", "-q", "-m", "first");
    }
}

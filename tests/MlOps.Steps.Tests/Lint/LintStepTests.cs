using System.Text.Json.Nodes;
using MlOps.Core.Graph;
using MlOps.Core.Problems;
using MlOps.Steps.Lint;
using MlOps.Testing;

namespace MlOps.Steps.Tests.Lint;

public sealed class LintStepTests : IDisposable
{
    private const string Component = """
        name: NAME
        inputs:
        - {name: who, type: String}
        outputs:
        - {name: greeting, type: String}
        implementation:
          container:
            image: NAME
            command: [sh, -c, 'echo hello "$0" > "$1"', {inputValue: who}, {outputPath: greeting}]

        """;

    private const string Pipeline = """
        name: greet
        inputs:
          who: {type: string}
          times: {type: int, default: 1}
        tasks:
          hello:
            component: hello
            with: {who: "${{ inputs.who }}"}

        """;

    private readonly TestDelivery _delivery = new("répo with späces");

    public void Dispose() => _delivery.Dispose();

    [Fact]
    public async Task A_repo_without_faults_passes_and_says_what_was_checked()
    {
        Repo();
        Assert.Equal("1 component, 1 pipeline, 1 Dockerfile, 1 linter", (await RunAsync()).Summary);
        Assert.Empty(Report.Findings);
        Assert.Contains("lint repo: linting", _delivery.Lines);
    }

    [Fact]
    public async Task Faults_of_all_files_are_told_at_once_and_written_as_SARIF()
    {
        Repo();
        _delivery.Write("components/hello/Dockerfile", "FROM python\nCOPY --from=0 /a /b\nRUNN x\nFROM busybox:1.36 AS build\nFROM busybox:1.36\nCOPY --from=biuld /a /b\nCMD ['x']\n");
        _delivery.Write("components/bad/component.yaml", "name: bad\ninputs:\n- {name: a, typ: String}\n");
        _delivery.Write("components/tränen/component.yaml", "name: [\n");
        _delivery.Write("pipelines/greet.yaml", Pipeline.Replace("with: {who:", "with: {whom:", StringComparison.Ordinal));
        var problems = (await Assert.ThrowsAsync<InvalidInputException>(RunAsync)).Problems;
        Golden.Matches(string.Join('\n', problems) + "\n", "faults.txt");
        Golden.Matches(_delivery.Read(".mlops/reports/lint.sarif").Replace($"\"{Toolkit.Version}\"", "\"VERSION\"", StringComparison.Ordinal), "faults.sarif");
        Assert.Equal(problems, Report.Findings);
        Assert.DoesNotContain("lint repo: linting", _delivery.Lines);
    }

    [Theory]
    [InlineData("who: anybody\n", "")]
    [InlineData("who: 3\n", "settings/local.yaml:1:6")]
    [InlineData("who: anybody\ntime: 2\n", "settings/local.yaml:2:7")]
    [InlineData("who: anybody\ntimes: many\n", "settings/local.yaml:2:8")]
    [InlineData("times: 3\n", "settings/local.yaml:1:1")]
    [InlineData("- who\n", "settings/local.yaml:1:1")]
    [InlineData("who: [\n", "settings/local.yaml:2:1")]
    public async Task The_parameters_that_environments_give_are_checked(string settings, string place)
    {
        Repo();
        _delivery.Write("settings/local.yaml", settings);
        var told = place.Length == 0 ? "" : Assert.Single((await Assert.ThrowsAsync<InvalidInputException>(RunAsync)).Problems) is var problem ? $"{problem.File}:{problem.Line}:{problem.Column}" : null;
        Assert.Equal(place, told);
    }

    [Fact]
    public async Task Warnings_do_not_stop_the_step_and_are_recorded()
    {
        Repo();
        _delivery.Write("components/hello/Dockerfile", "FROM busybox\n");
        var result = await RunAsync();
        Assert.EndsWith(": 1 warning", result.Summary, StringComparison.Ordinal);
        Assert.Equal("mutable-base", Assert.Single(_delivery.Warnings).Code);
        Assert.Equal("mutable-base", Assert.Single(Report.Findings).Code);
    }

    [Fact]
    public async Task A_failing_linter_is_shown_with_its_last_lines()
    {
        Repo("echo line 3: too long; exit 4");
        _delivery.Write("mlops.yaml", _delivery.Read("mlops.yaml") + "components: {settings: {hello: {lint: {commands: ['true', 'echo tabs; exit 1']}}}}\n");
        var error = await Assert.ThrowsAsync<StepFailedException>(RunAsync);
        Golden.Matches($"{error.Message}\n{string.Join('\n', error.Tail)}\n", "linters.txt");
        Assert.Equal(["hello", "hello-2", "repo"], Report.Linters.Select(linter => linter.Name));
        Assert.Equal([true, false, false], Report.Linters.Select(linter => linter.Passed));
        Assert.Equal(2, Report.Findings.Count(finding => finding.Code == "linter-failed"));
    }

    [Fact]
    public async Task SARIF_of_linters_is_kept_beside_ours()
    {
        Repo("""echo '{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"other"}},"results":[]}]}' > "$MLOPS_REPORTS/a.sarif"; echo broken > "$MLOPS_REPORTS/b.sarif" """);
        await RunAsync();
        var runs = JsonNode.Parse(_delivery.Read(".mlops/reports/lint.sarif"))!["runs"]!.AsArray();
        Assert.Equal(["mlops", "other"], runs.Select(run => run!["tool"]!["driver"]!["name"]!.GetValue<string>()));
    }

    [Fact]
    public async Task Custom_types_are_strings_where_mlops_yaml_says_so()
    {
        Repo();
        _delivery.Write("components/hello/component.yaml", "name: hello\ninputs: [{name: who, type: Person}]\nimplementation: {container: {image: hello, args: [{inputValue: who}]}}\n");
        var error = await Assert.ThrowsAsync<InvalidInputException>(RunAsync);
        Assert.Contains(error.Problems, problem => problem is { Code: "wrong-placeholder", File: "components/hello/component.yaml", Line: 3 });

        _delivery.Write("mlops.yaml", _delivery.Read("mlops.yaml") + "components: {coerceCustomTypes: true}\n");
        await RunAsync();

        _delivery.Write("mlops.yaml", _delivery.Read("mlops.yaml").Replace("coerceCustomTypes: true", "coerceCustomTypes: sure", StringComparison.Ordinal));
        Assert.Contains("'coerceCustomTypes' in 'components' must be true or false", (await Assert.ThrowsAsync<InvalidInputException>(RunAsync)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_passed_is_not_checked_again_until_something_changes()
    {
        Repo("echo ran >> ../ran");
        _delivery.Write("components/hello/Dockerfile", "FROM busybox\n");
        GitCommand.Run(_delivery.Root, "init", "-q", "-b", "main");
        GitCommand.Run(_delivery.Root, "add", "-A");
        GitCommand.Run(_delivery.Root, "commit", "-q", "-m", "first");
        Assert.False((await RunAsync()).Skipped);
        Assert.True((await RunAsync()).Skipped);
        Assert.Equal(2, _delivery.Warnings.Count);
        _delivery.Write("other.txt", "x");
        Assert.False((await RunAsync()).Skipped);
        Assert.Equal("ran\nran\n", File.ReadAllText(Path.Combine(_delivery.Root, "../ran")));
    }

    [Fact]
    public async Task The_stage_lint_of_a_Dockerfile_is_built_and_run()
    {
        await TestEngine.RequireAsync(TestEngine.Busybox);
        Repo();
        _delivery.Write("components/hello/Dockerfile", $"FROM {TestEngine.Busybox} AS lint\nCMD [\"sh\", \"-c\", \"echo tabs found; exit 1\"]\nFROM {TestEngine.Busybox}\n");
        var error = await Assert.ThrowsAsync<StepFailedException>(RunAsync);
        Assert.Equal("The stage 'lint' of hello failed with exit code 1. See .mlops/logs/lint-hello.log.", error.Message);
        Assert.Contains("tabs found", error.Tail);
    }

    [Fact]
    public async Task A_compiled_pipeline_is_checked_too()
    {
        Repo();
        _delivery.Write("pipelines/greet.yaml", "pipelineInfo: {name: greet}\nschemaVersion: 2.1.0\nroot: {dag: {tasks: {a: {componentRef: {name: comp-a}, taskInfo: {name: a}}}}}\n");
        var problems = (await Assert.ThrowsAsync<InvalidInputException>(RunAsync)).Problems;
        Assert.Contains(problems, problem => problem is { File: "pipelines/greet.yaml", Line: 3 } && problem.Message.Contains("comp-a", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Windows_line_ends_are_fine()
    {
        Repo();
        foreach (var file in new[] { "mlops.yaml", "components/hello/component.yaml", "components/hello/Dockerfile", "pipelines/greet.yaml", "settings/local.yaml" })
        {
            _delivery.Write(file, _delivery.Read(file).Replace("\n", "\r\n", StringComparison.Ordinal));
        }

        await RunAsync();
        Assert.Empty(Report.Findings);
    }

    private LintReport Report => _delivery.Workspace.Read(Records.Lint);

    private Task<StepResult> RunAsync() => LintStep.RunAsync(_delivery.Context, TestContext.Current.CancellationToken);

    private void Repo(string linter = "echo linting") => _delivery
        .Write("mlops.yaml", $"name: sample\npipelines: {{greet: pipelines/greet.yaml}}\nenvironments: {{local: {{run: {{pipeline: greet, parameters: settings/local.yaml}}}}}}\nlint:\n  commands:\n  - >-\n    {linter}\n")
        .Write("components/hello/component.yaml", Component.Replace("NAME", "hello", StringComparison.Ordinal))
        .Write("components/hello/Dockerfile", "FROM busybox:1.36\n")
        .Write("pipelines/greet.yaml", Pipeline)
        .Write("settings/local.yaml", "who: anybody\n");
}

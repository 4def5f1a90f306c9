using System.Text.Json.Nodes;
using MlOps.Testing;

namespace MlOps.Cli.Tests.Config;

/// <summary><c>mlops config check</c>: its three reports and its exit codes.</summary>
public sealed class CheckConfigTests : IDisposable
{
    private const string Good = "steps:\n- name: 'alpine:3'\n  args: [echo, hello]\n";
    private const string Warned = "steps:\n- name: alpine\n";

    private const string Mistakes = """
        steps:
        - name: gcr.io/cloud-builders/docker
          id: build
          arg: [build, -t, 'gcr.io/p/app:1', .]
          waitFor: [test]
        - name: 'python:3.11'
          id: test
          entrypoint: bash
          args:
          - -c
          - |
            for f in *.py; do
              python $f
            done
          env:
          - VERBOSE: 'yes'
          - LEVEL=1
          - yes
          volumes: [{name: cache, path: cache}]
        - name: 'python:3.11'
          script: ./deploy.sh
          args: [--now]
          timeout: 60
        images: ['gcr.io/p/ap:1']
        timeout: 10m
        options: {machineType: E2_HIGHCPU_9}
        """;

    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task Mistakes_are_told_all_at_once()
    {
        _folder.Write("cloudbuild.yaml", Mistakes);
        _folder.Write("good.yaml", Good);
        var outcome = await CheckAsync("cloudbuild.yaml", "good.yaml");
        Assert.Equal((2, ""), (outcome.ExitCode, outcome.Output));
        Golden.Matches(outcome.Errors, "check.txt");
    }

    [Fact]
    public async Task What_is_no_YAML_or_no_build_is_told_with_what_to_write()
    {
        string[] texts =
        [
            "", "# nothing\n", "just a text\n", "- a\n", "steps:\n- name: a:1\n\targs: [x]\n", "steps:\n- name: a:1\n   args: [x]\n", "steps:\n- name: a:1\n args: [x]\n",
            "steps:\n- name: a:1\n  args: ['it's]\n", "steps:\n- name: a:1\n  args: [${_X}]\n", "steps:\n- name: a:1\n  args: [@x]\n", "steps:\n- name: a:1\n  args: [\"\\d\"]\n",
            "steps:\n- name: a:1\n  args:\n  - *.py\n", "steps:\n- name: a:1\n  args: [x\n", "steps:\n- name: a:1\n  script: |\n  echo x\n", "steps:\n- name: a:1\n  args: [x, echo: y: z]\n",
            "steps: [{name: a:1}]\n---\nsteps: []\n", "{\"steps\": [{\"name\": \"a:1\"}]", "steps: []\n", "step:\n- name: a:1\n",
        ];
        var files = texts.Select((text, index) => Path.GetFileName(_folder.Write($"f{index:00}.yaml", text))).ToArray();
        var outcome = await CheckAsync(files);
        Assert.Equal(2, outcome.ExitCode);
        Golden.Matches(outcome.Errors, "check-no-yaml.txt");
    }

    [Fact]
    public async Task Machines_get_a_list()
    {
        _folder.Write("cloudbuild.yaml", Mistakes);
        var outcome = await CheckAsync("cloudbuild.yaml", "--output", "json");
        var problems = outcome.Json.AsArray();
        Assert.Equal(2, outcome.ExitCode);
        Assert.Equal(["code", "column", "file", "line", "message", "severity"], problems.SelectMany(problem => problem!.AsObject().Select(pair => pair.Key)).Distinct().Order(StringComparer.Ordinal));
        Assert.All(problems, problem => Assert.Equal("cloudbuild.yaml", problem!["file"]!.GetValue<string>()));
        Golden.Matches(string.Join('\n', problems.Select(problem => $"{problem!["line"]}:{problem["column"]} {problem["severity"]} {problem["code"]}")) + "\n", "check-codes.txt");
    }

    [Fact]
    public async Task Code_hosts_get_SARIF()
    {
        _folder.Write("cloudbuild.yaml", "steps:\n- {name: alpine, arg: [x]}\n");
        var outcome = await CheckAsync("cloudbuild.yaml", "missing.yaml", "--output", "sarif");
        Assert.Equal(2, outcome.ExitCode);
        var run = Assert.Single(outcome.Json["runs"]!.AsArray())!;
        var rules = run["tool"]!["driver"]!["rules"]!.AsArray();
        Assert.All(run["results"]!.AsArray(), result => Assert.Equal(result!["ruleId"]!.GetValue<string>(), rules[result["ruleIndex"]!.GetValue<int>()]!["id"]!.GetValue<string>()));
        Golden.Matches(outcome.Output.Replace(run["tool"]!["driver"]!["semanticVersion"]!.GetValue<string>(), "VERSION", StringComparison.Ordinal), "check.sarif");
    }

    [Theory]
    [InlineData(0, Good, "[]")]
    [InlineData(0, Warned, "[\"image-without-tag\"]")]
    [InlineData(2, Warned, "[\"image-without-tag\"]", "--strict")]
    [InlineData(2, Warned + "  args: [$_TAG]\n", "[\"image-without-tag\",\"substitution-undefined\"]")]
    [InlineData(0, Warned + "  args: [$_TAG]\n", "[\"image-without-tag\"]", "--substitutions", "_TAG=v1")]
    [InlineData(0, "{\"steps\": [{\"name\": \"alpine:3\", \"args\": [\"x\"]}]}", "[]")]
    public async Task Errors_give_exit_code_2_and_warnings_do_when_strict(int exitCode, string text, string codes, params string[] options)
    {
        _folder.Write("cloudbuild.yaml", text);
        var outcome = await CheckAsync(["cloudbuild.yaml", "--output", "json", .. options]);
        Assert.Equal((exitCode, codes), (outcome.ExitCode, new JsonArray([.. outcome.Json.AsArray().Select(problem => problem!["code"]!.DeepClone())]).ToJsonString()));
    }

    [Fact]
    public async Task Files_that_cannot_be_read_do_not_keep_the_others_from_being_checked()
    {
        _folder.Write("warned.yaml", Warned);
        File.WriteAllBytes(Path.Combine(_folder.Path, "latin1.yaml"), [.. "steps: [{name: 'caf"u8, 0xE9, .. "'}]"u8]);
        Directory.CreateDirectory(Path.Combine(_folder.Path, "folder"));
        var outcome = await CheckAsync("missing.yaml", "folder", "latin1.yaml", "warned.yaml");
        Assert.Equal(2, outcome.ExitCode);
        Golden.Matches(outcome.Errors, "check-unreadable.txt");
    }

    public void Dispose() => _folder.Dispose();

    private Task<Outcome> CheckAsync(params string[] arguments) => new Mlops(_folder.Path, _folder.Path).RunAsync(["config", "check", .. arguments]);
}

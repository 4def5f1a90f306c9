using System.Xml.Linq;
using MlOps.Testing;

namespace MlOps.Cli.Tests.Compile;

/// <summary><c>mlops compile</c> with its flags, as users run it.</summary>
public sealed class CompileVerbTests : IDisposable
{
    private const string Pinned = "busybox@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

    private const string Hello = """
        name: hello
        inputs: {text: {type: string, default: hello}, times: {type: int, default: 2}}
        tasks:
          say: {component: say, with: {text: '${{ inputs.text }}'}}
          again:
            component: say
            if: ${{ tasks.say.outputs.said }} != 'nothing'
            with: {text: '${{ tasks.say.outputs.said }}, ${{ inputs.text }}'}
            retry: {attempts: 2}
        """;

    private readonly TemporaryFolder _folder = new();
    private readonly TemporaryFolder _home = new();

    public CompileVerbTests()
    {
        Write("components/say/component.yaml", $$"""
            name: say
            inputs: [{name: text, type: String}]
            outputs: [{name: said, type: String}]
            implementation:
              container:
                image: {{Pinned}}
                command: [sh, -c, "echo \"$0\"\ncp /dev/stdin \"$1\"", {inputValue: text}, {outputPath: said}]
            """);
        Write("hello.yaml", Hello);
    }

    [Fact]
    public async Task One_definition_goes_to_the_file_that_is_named_as_JSON_or_YAML()
    {
        await OkAsync("compile", "hello.yaml", "-o", "out/hello.yaml");
        await OkAsync("compile", "hello.yaml", "--out", "out/hello.json");

        Assert.StartsWith("components:\n  comp-again:\n", Read("out/hello.yaml"), StringComparison.Ordinal);
        Assert.Equal("No difference.\n", (await OkAsync("compile", "--diff", "out/hello.yaml", "out/hello.json", "--exit-code")).Output);
        Assert.Contains("2 pipelines: 0 errors, 2 warnings.", (await OkAsync("compile", "--check", "out/hello.yaml", "out/hello.json")).Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Faults_of_a_compiled_pipeline_are_told_with_their_places()
    {
        await OkAsync("compile", "hello.yaml", "-o", "hello.json");
        Write("broken.json", Read("hello.json")
            .Replace("\"producerTask\": \"say\"", "\"producerTask\": \"sya\"", StringComparison.Ordinal)
            .Replace("!= 'nothing'", "= 'nothing'", StringComparison.Ordinal)
            .Replace("\"dependentTasks\"", "\"dependsOn\"", StringComparison.Ordinal)
            .Replace(Pinned, "busybox:1.36", StringComparison.Ordinal));

        var text = await RunAsync("compile", "--check", "broken.json", "hello.yaml", "missing.json");
        Assert.Equal((2, ""), (text.ExitCode, text.Output));
        Golden.Matches(text.Errors, "check.txt");

        var sarif = (await RunAsync("compile", "--check", "broken.json", "--output", "sarif")).Json["runs"]![0]!["results"]!.AsArray();
        var json = (await RunAsync("compile", "--check", "broken.json", "--output", "json")).Json.AsArray();
        Assert.Equal(json.Select(problem => problem!["code"]!.ToString()), sarif.Select(result => result!["ruleId"]!.ToString()));
        Assert.All(json, problem => Assert.True(problem!["line"]!.GetValue<int>() > 1));
    }

    [Fact]
    public async Task In_what_two_pipelines_differ_is_told_by_part()
    {
        Write("new.yaml", Hello
            .Replace("default: hello", "default: good morning", StringComparison.Ordinal)
            .Replace(", times: {type: int, default: 2}", "", StringComparison.Ordinal)
            .Replace("  again:", "  once-more:", StringComparison.Ordinal)
            .Replace("'nothing'", "''", StringComparison.Ordinal)
            .Replace("attempts: 2", "attempts: 3", StringComparison.Ordinal));
        await OkAsync("compile", "hello.yaml", "-o", "old.json");
        Write("components/say/component.yaml", Read("components/say/component.yaml").Replace(new string('a', 64), new string('b', 64), StringComparison.Ordinal).Replace("echo", "echo -n", StringComparison.Ordinal));

        var told = await OkAsync("compile", "--diff", "old.json", "new.yaml");
        Golden.Matches(told.Output, "diff.txt");
        var json = await RunAsync("compile", "--diff", "old.json", "new.yaml", "--output", "json", "--exit-code");
        Assert.Equal(1, json.ExitCode);
        Golden.Matches(json.Output, "diff.json");
    }

    [Fact]
    public async Task A_pipeline_is_drawn_as_a_definition_or_compiled()
    {
        await OkAsync("compile", "hello.yaml", "-o", "hello.json");
        var drawn = (await OkAsync("compile", "--graph", "svg", "hello.yaml")).Output;
        await OkAsync("compile", "--graph", "svg", "hello.json", "-o", "hello.svg");

        Assert.Equal(drawn, Read("hello.svg"));
        Assert.Contains("if say.said != 'nothing'", XDocument.Parse(drawn).Descendants().Where(element => element.Name.LocalName == "text").Select(element => element.Value));
        Assert.StartsWith("digraph \"Pipeline hello\"", (await OkAsync("compile", "--graph", "dot", "hello.json")).Output, StringComparison.Ordinal);
        Assert.Contains("flowchart TD", (await OkAsync("compile", "--graph", "mermaid", "hello.json")).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--check and --diff: give one of them.", "--check", "--diff", "a.json", "b.json")]
    [InlineData("--exit-code: only with --diff.", "--check", "--exit-code", "a.json")]
    [InlineData("--output sarif: only with --check.", "hello.yaml", "--output", "sarif")]
    [InlineData("--out-dir: only for compiling; --graph takes -o FILE.", "--graph", "svg", "hello.yaml", "--out-dir", ".")]
    [InlineData("-o x.txt: expected a file that ends in .json, .yaml or .yml.", "hello.yaml", "-o", "x.txt")]
    [InlineData("-o x.json: only for one definition, and 2 are given; --out-dir takes all of them.", "hello.yaml", "hello.yaml", "-o", "x.json")]
    [InlineData("--diff takes two pipelines, OLD NEW, or one and --env NAME", "--diff", "hello.yaml")]
    [InlineData("--check needs compiled pipelines", "--check")]
    [InlineData("--graph draws one pipeline, a definition or a compiled one; none is given.", "--graph", "svg")]
    [InlineData("This is a component (component.yaml), not a pipeline.", "--graph", "svg", "components/say/component.yaml")]
    public async Task What_does_not_go_together_is_refused(string says, params string[] arguments)
    {
        var outcome = await RunAsync(["compile", .. arguments]);
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains(says, outcome.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_environments_newest_upload_is_what_a_pipeline_is_compared_with()
    {
        Write("mlops.yaml", """
            name: strikes
            pipelines: {hello: hello.yaml}
            environments:
              dev:
                project: acme-dev
                region: us-central1
                images: us-central1-docker.pkg.dev/acme-dev/ml
                pipelines: https://us-central1-kfp.pkg.dev/acme-dev/pipelines
                pipelineRoot: gs://acme-dev/root

            """);
        GitCommand.Run(_folder.Path, "init", "--quiet", "-b", "main");
        GitCommand.Run(_folder.Path, "add", "--all");
        GitCommand.Run(_folder.Path, "commit", "--quiet", "--message", "first");
        await OkAsync("cloud", "up");
        try
        {
            var none = await RunAsync("compile", "--diff", "hello.yaml", "--env", "dev");
            await OkAsync("ci", "--env", "dev", "--only", "checkout,build,push,rewrite,compile,upload");
            Write("hello.yaml", Hello.Replace("attempts: 2", "attempts: 3", StringComparison.Ordinal));
            var changed = await OkAsync("compile", "--diff", "hello.yaml", "--env", "dev");
            await OkAsync("ci", "--env", "dev", "--only", "compile,upload");
            var same = await OkAsync("compile", "--diff", "hello.yaml", "--env", "dev");

            Assert.Equal(2, none.ExitCode);
            Assert.Contains("has no pipeline 'hello' in https://us-central1-kfp.pkg.dev/acme-dev/pipelines: it was never uploaded there", none.Errors, StringComparison.Ordinal);
            Assert.Contains("hello: 1 change from https://us-central1-kfp.pkg.dev/acme-dev/pipelines/hello/sha256:", changed.Output, StringComparison.Ordinal);
            Assert.Contains("retry  2 times", changed.Output, StringComparison.Ordinal);
            Assert.Equal("No difference.\n", same.Output);
        }
        finally
        {
            await RunAsync("cloud", "down");
        }
    }

    public void Dispose()
    {
        _folder.Dispose();
        _home.Dispose();
    }

    private void Write(string path, string text) => _folder.Write(path, text);

    private string Read(string path) => File.ReadAllText(Path.Combine(_folder.Path, path));

    private Task<Outcome> RunAsync(params string[] arguments) => new Mlops(_folder.Path, _home.Path) { Environment = { ["MLOPS_CLOUD"] = "local" } }.RunAsync(arguments);

    private async Task<Outcome> OkAsync(params string[] arguments)
    {
        var outcome = await RunAsync(arguments);
        Assert.True(outcome.ExitCode == 0, outcome.All);
        return outcome;
    }
}

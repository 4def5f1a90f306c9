using MlOps.Core.Problems;
using MlOps.Steps.Compile;
using MlOps.Steps.Rewrite;
using MlOps.Steps.Tests.References;
using MlOps.Testing;

namespace MlOps.Steps.Tests.Compile;

/// <summary>A pipeline in C#, run by the real `dotnet run`, where there are no packages at all.</summary>
public sealed class CsharpPipelineTests : IDisposable
{
    private readonly TestDelivery _delivery = new();

    public CsharpPipelineTests() => _delivery
        .Write("mlops.yaml", "name: sample\npipelines: {greet: pipelines/greet.cs}\n")
        .Write("components/hello/component.yaml", $"name: hello\ninputs: [{{name: who, type: String}}]\nimplementation: {{container: {{image: 'reg.example/hello@sha256:{new string('a', 64)}', args: [{{inputValue: who}}]}}}}\n")
        .Write("pipelines/NuGet.config", "<configuration><config><add key=\"globalPackagesFolder\" value=\"packages\" /></config><packageSources><clear /></packageSources></configuration>\n")
        .Write("pipelines/Directory.Build.props", File.ReadAllText(Path.Combine(Shared.Checkout(), "templates", "csharp-pipeline", "pipelines", "Directory.Build.props")));

    [Fact]
    public async Task Faults_are_told_at_their_lines()
    {
        // A fault of C#, and one of the pipeline.
        var faults = await FaultsAsync("var nothing = ;");
        Assert.Contains(faults, problem => problem is { Code: "CS1525", Line: 3, Column: 15 } && problem.File!.EndsWith("pipelines/greet.cs", StringComparison.Ordinal));

        var fault = Assert.Single(await FaultsAsync("pipeline.Task(\"hello\").With(\"whom\", \"you\").With(\"who\", \"me\");"));
        Assert.Equal(("unknown-input", 3), (fault.Code, fault.Line));
        Assert.EndsWith("pipelines/greet.cs", fault.File, StringComparison.Ordinal);
        Assert.Contains("Did you mean 'who'?", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_that_fails_is_shown_and_one_without_the_library_is_told_where_it_is()
    {
        var failed = await Assert.ThrowsAsync<StepFailedException>(() => RunAsync("throw new InvalidOperationException(\"no such year\");"));
        Assert.Contains("greet.cs failed with exit code", failed.Message, StringComparison.Ordinal);
        Assert.Contains(failed.Tail, line => line.Contains("no such year", StringComparison.Ordinal));

        File.Delete(Path.Combine(_delivery.Root, "pipelines", "Directory.Build.props"));
        Assert.Contains(await FaultsAsync(""), problem => problem.Message.EndsWith("take that of the template csharp-pipeline.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_program_that_hands_over_nothing_is_told_how()
    {
        var silent = await Assert.ThrowsAsync<StepFailedException>(() => RunAsync("return 0;"));
        Assert.Contains("'return pipeline.Print();'", silent.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_example_of_the_page_about_pipelines_compiles()
    {
        var page = File.ReadAllText(Path.Combine(Shared.Checkout(), "docs", "pipelines.md"));
        var example = page.Split("```csharp\n")[1].Split("```")[0];
        Component("ingest", "{name: rows, type: Integer}", "{name: data, type: Dataset}");
        Component("train", "{name: data, type: Dataset}, {name: rate, type: Float}, {name: tag, type: String}", "{name: score, type: Float}");
        Component("choose", "{name: scores, type: JsonArray}", "{name: score, type: Float}");
        Component("publish", "", "{name: text, type: String}");
        Component("explain", "", "{name: text, type: String}");

        Assert.StartsWith("1 pipeline: greet ", (await CompileAsync(example)).Summary, StringComparison.Ordinal);
        Assert.Contains("reg.example/x@sha256:aaaa", _delivery.Read(".mlops/pipelines/greet.json"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_it_refers_to_is_part_of_what_it_was_compiled_of()
    {
        using var server = new FileServer();
        server.Files["/a.yaml"] = Remote("1");
        var program = $"using MlOps.Pipelines.Authoring;\nvar pipeline = new Pipeline(\"greet\");\npipeline.Task(\"a\", \"{server.Address}a.yaml\");\nreturn pipeline.Print();\n";

        Assert.StartsWith("1 pipeline: greet ", (await CompileAsync(program)).Summary, StringComparison.Ordinal);
        Assert.Equal("1 pipeline unchanged", (await CompileAsync(program)).Summary);

        server.Files["/a.yaml"] = Remote("2");
        Assert.StartsWith("1 pipeline: greet ", (await CompileAsync(program)).Summary, StringComparison.Ordinal);
        Assert.Contains("\"version 2\"", _delivery.Read(".mlops/pipelines/greet.json"), StringComparison.Ordinal);

        static string Remote(string version) => $"name: a\nimplementation: {{container: {{image: 'reg.example/a@sha256:{new string('a', 64)}', args: ['version {version}']}}}}\n";
    }

    private void Component(string name, string inputs, string outputs) => _delivery.Write(
        $"components/{name}/component.yaml",
        $"name: {name}\ninputs: [{inputs}]\noutputs: [{outputs}]\nimplementation: {{container: {{image: 'reg.example/x@sha256:{new string('a', 64)}'}}}}\n");

    private async Task<IEnumerable<Problem>> FaultsAsync(string third) => (await Assert.ThrowsAsync<InvalidInputException>(() => RunAsync(third))).Problems;

    private Task<Core.Graph.StepResult> RunAsync(string third) =>
        CompileAsync($"using MlOps.Pipelines.Authoring;\nvar pipeline = new Pipeline(\"greet\");\n{third}\nreturn pipeline.Print();\n");

    private async Task<Core.Graph.StepResult> CompileAsync(string program)
    {
        var cancel = TestContext.Current.CancellationToken;
        _delivery.Write("pipelines/greet.cs", program);
        _delivery.Workspace.Write(Records.Push, new PushedImages(new string('c', 40), []));
        await RewriteStep.RunAsync(_delivery.Context, cancel);
        return await CompileStep.RunAsync(_delivery.Context, cancel);
    }

    public void Dispose() => _delivery.Dispose();
}

using System.Runtime.CompilerServices;
using System.Text;
using MlOps.Core.Problems;
using MlOps.Pipelines.Authoring;
using MlOps.Pipelines.Tests.Compilation;

namespace MlOps.Pipelines.Tests.Authoring;

/// <summary>A pipeline in C# is the pipeline in YAML, and its faults are told at their lines of C#.</summary>
public sealed class AuthoringTests : IDisposable
{
    private readonly Sandbox _sandbox = new();

    [Fact]
    public void The_whole_language_is_the_same_bytes_as_from_YAML()
    {
        _sandbox.Write("nested.yaml", RichPipeline.Nested);
        var expected = _sandbox.Try(RichPipeline.Tasks).Compiled!;

        var problems = new List<Problem>();
        var actual = Compile(Rich(), problems);

        Assert.Empty(problems);
        Assert.Equal(Encoding.UTF8.GetString(expected.Bytes), Encoding.UTF8.GetString(actual!.Bytes));
    }

    [Fact]
    public void A_pipeline_in_Csharp_nests_another()
    {
        _sandbox.Write("nested.yaml", RichPipeline.Nested);
        var inner = new Pipeline("inner");
        var word = inner.Input("word", InputType.String);
        inner.Output("word", inner.SubPipeline("deep", "nested.yaml").With("word", word)["word"]);
        var outer = new Pipeline("outer");
        outer.SubPipeline("b", inner).With("word", outer.SubPipeline("a", inner).With("word", "x")["word"]);

        var problems = new List<Problem>();
        var compiled = Compile(outer, problems)!;

        Assert.Empty(problems);
        Assert.Equal(["a", "b"], compiled.Spec["root"]!["dag"]!["tasks"]!.AsObject().Select(task => task.Key));
        Assert.Equal(2, compiled.Spec["deploymentSpec"]!["executors"]!.AsObject().Count);
    }

    [Fact]
    public void The_exit_task_runs_last()
    {
        var pipeline = new Pipeline("test");
        pipeline.Task("make");
        pipeline.OnExit("say-done", "use").With("text", $"after {Run.Id}");

        var compiled = Compile(pipeline, [])!;

        Assert.Equal("ALL_UPSTREAM_TASKS_COMPLETED", compiled.Spec["root"]!["dag"]!["tasks"]!["say-done"]!["triggerPolicy"]!["strategy"]!.GetValue<string>());
    }

    [Fact]
    public void Text_of_Csharp_means_nothing_to_the_definition()
    {
        var pipeline = new Pipeline("test");
        var made = pipeline.Task("make");
        pipeline.Task("use").With("text", "${{ tasks.make.outputs.word }}: \"quoted\" # \n\t\\").With("options", Value.Map(("a b: c", $"${{{{ x }}}} {made["num"]} {1.5} {"${{ y }}"}")));

        var inputs = Compile(pipeline, [])!.Spec["root"]!["dag"]!["tasks"]!["use"]!["inputs"]!["parameters"]!;

        Assert.Equal("${{ tasks.make.outputs.word }}: \"quoted\" # \n\t\\", inputs["text"]!["runtimeValue"]!["constant"]!.GetValue<string>());
        Assert.Equal("${{ x }} {{$.inputs.parameters['pipelinechannel--make-num']}} 1.5 ${{ y }}", inputs["options"]!["runtimeValue"]!["constant"]!["a b: c"]!.GetValue<string>());
    }

    [Fact]
    public void Items_are_compared_as_they_are_said_to_be_and_any_text_can_be_compared()
    {
        var pipeline = new Pipeline("test");
        var typed = pipeline.Input("typed", InputType.ListOf(InputType.DictOf(InputType.Int)));
        var plain = pipeline.Input("plain", InputType.List);
        using (var loop = pipeline.ForEach(typed))
        {
            using (pipeline.If(loop.Item["n"] == 2)) { pipeline.Task("a", "make"); }
        }

        using (var loop = pipeline.ForEach(plain))
        {
            using (pipeline.If(loop.Item.AsFloat() > 0.5)) { pipeline.Task("b", "make"); }
            using (pipeline.If(loop.Item == "it's a \\")) { pipeline.Task("c", "make"); }
        }

        var problems = new List<Problem>();
        var json = Encoding.UTF8.GetString(Compile(pipeline, problems)!.Bytes);

        Assert.Empty(problems);
        Assert.Contains("\"condition\": \"int(inputs.parameter_values['pipelinechannel--typed-loop-item-subvar-n']) == 2\"", json, StringComparison.Ordinal);
        Assert.Contains("\"condition\": \"double(inputs.parameter_values['pipelinechannel--plain-loop-item']) > 0.5\"", json, StringComparison.Ordinal);
        Assert.Contains("\"condition\": \"inputs.parameter_values['pipelinechannel--plain-loop-item'] == 'it\\\\'s a \\\\\\\\'\"", json, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_fault_is_told_at_its_line_of_Csharp()
    {
        var pipeline = new Pipeline("test");
        var label = pipeline.Input("label", InputType.String);
        var made = pipeline.Task("make");
        var expected = new List<(int Line, string Code)>();
        void At(string code, [CallerLineNumber] int line = 0) => expected.Add((line, code));

        pipeline.Task("a", "mak"); At("unknown-component");
        pipeline.Task("b", "use").With("txt", "x"); At("unknown-input");
        pipeline.Task("c", "use")
            .With("size", 1)
            .With("rate", "fast"); At("wrong-type");
        pipeline.Task("d", "use").With("text", made["wrod"]); At("unknown-output");
        pipeline.Task("Bad Id", "use"); At("bad-name");
        pipeline.Task("make"); At("duplicate-key");
        pipeline.Task("e", "use").With("text", label["field"]); At("bad-expression");
        pipeline.Task("f", "use").Retry(2, TimeSpan.FromSeconds(1.5)); At("bad-duration");
        pipeline.Task("g", "use").Resources(cpu: "four"); At("bad-resource");
        pipeline.Input("x-y", 1); At("bad-name");
        pipeline.Input("n", InputType.Int, "three"); At("wrong-type");
        using (pipeline.If(made["num"] > "3")) { At("wrong-type"); pipeline.Task("h", "use"); }

        using (pipeline.ForEach([1, "a"])) { At("mixed-list"); pipeline.Task("i", "use"); }

        pipeline.Output("o", label); At("unsupported-output");

        var problems = new List<Problem>();
        Assert.Null(Compile(pipeline, problems));
        Assert.All(problems, problem => Assert.Equal((ThisFile(), 0), (problem.File, problem.Column)));
        Assert.Equal(expected.Order(), problems.Select(problem => (problem.Line, problem.Code)).Order());
        Assert.StartsWith($"{ThisFile()}:{problems[0].Line}: error: ", problems[0].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Blocks_that_are_not_closed_or_do_not_fit_are_told()
    {
        var pipeline = new Pipeline("test");
        var made = pipeline.Task("make");
        pipeline.If(made["ok"] == true);
        pipeline.Task("a", "use");
        pipeline.ElseIf(made["ok"] == false).Dispose();
        pipeline.OnExit("b", "use");
        pipeline.OnExit("c", "use");

        var problems = new List<Problem>();
        Assert.Null(Compile(pipeline, problems));

        Assert.Contains(problems, problem => problem.Code == "open-block" && problem.Message.Contains("never closed", StringComparison.Ordinal));
        Assert.Contains(problems, problem => problem.Code == "bad-branch" && problem.Message.StartsWith("'ElseIf' follows", StringComparison.Ordinal));
        Assert.Contains(problems, problem => problem.Code == "duplicate-id" && problem.Message.Contains("OnExit is called twice", StringComparison.Ordinal));
    }

    [Fact]
    public void Two_nested_pipelines_of_one_name_are_told()
    {
        var pipeline = new Pipeline("test");
        foreach (var id in new[] { "a", "b" })
        {
            var nested = new Pipeline("same");
            nested.Task("make");
            pipeline.SubPipeline(id, nested);
        }

        var problems = new List<Problem>();
        Assert.Null(Compile(pipeline, problems));
        Assert.Contains(problems, problem => problem.Code == "duplicate-id" && problem.Message.Contains("Two pipelines are named 'same'", StringComparison.Ordinal));
    }

    private static Pipeline Rich()
    {
        var p = new Pipeline("test");
        var rows = p.Input("rows", 3);
        var label = p.Input("label", InputType.String);
        var shards = p.Input("shards", Value.List(Value.Map(("name", "a"))));

        var first = p.Task("first", "make").With("count", rows)
            .Retry(2, TimeSpan.FromSeconds(30), maxBackoff: TimeSpan.FromHours(1))
            .Resources(cpu: "4", memory: "16G", accelerator: "NVIDIA_TESLA_T4")
            .Caching("k")
            .DisplayName("The first");
        using (p.If(first["rate"] >= 1))
        {
            p.Task("told", "use").With("text", $"run {Run.Name} of {label}").With("options", Value.Map(("depth", 3), ("deep", Value.List(first["word"])))).Env("LOG", "debug");
        }

        PipelineTask score, deep;
        using (var each = p.ForEach(shards, parallelism: 2))
        {
            score = p.Task("score", "use").With("text", each.Item["name"]).With("data", first["data"]);
            using var inner = p.ForEach([Value.Map(("n", "a"), ("k", 1)), Value.Map(("n", "b"), ("k", 2))]);
            using (p.If(inner.Item["k"] > 1))
            {
                deep = p.Task("deep", "use").With("text", $"{inner.Item["n"]} of {each.Item}").With("size", inner.Item["k"]);
            }
        }

        PipelineTask fast, slow, none;
        using (p.If(first["num"] > 3))
        {
            fast = p.Task("fast", "use").With("text", "a");
        }

        using (p.ElseIf(label == "x"))
        {
            slow = p.Task("slow", "use").After(first);
        }

        using (p.Else())
        {
            none = p.Task("none", "use").IgnoreUpstreamFailure();
        }

        p.Task("last", "use").With("text", Reference.OneOf(fast["word"], slow["word"], none["word"])).With("items", deep["word"].Collected()).After(score);
        p.Importer("given", label, InputType.Dataset, Value.Map(("by", $"run {Run.Id}"), ("word", first["word"])));
        var nested = p.SubPipeline("nested", "./nested.yaml").With("word", first["word"]).Caching(false);
        p.Output("words", score["word"].Collected());
        p.Output("model", Reference.OneOf(fast["model"], slow["model"], none["model"]));
        p.Output("nested", nested["word"]);
        return p;
    }

    // Tests stand elsewhere than the components that they use.
    private CompiledPipelineSpec? Compile(Pipeline pipeline, List<Problem> problems) =>
        AuthoredDefinition.Compile(pipeline.Text(), Path.Combine(_sandbox.Path, "pipeline.cs"), new CompileOptions { AllowTags = true }, problems);

    private static string ThisFile([CallerFilePath] string file = "") => file;

    public void Dispose() => _sandbox.Dispose();
}

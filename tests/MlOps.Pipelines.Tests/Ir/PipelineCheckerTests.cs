using System.Text.Json.Nodes;
using CsCheck;
using MlOps.Core.Problems;
using MlOps.Pipelines.Ir;
using MlOps.Pipelines.Tests.Compilation;

namespace MlOps.Pipelines.Tests.Ir;

public sealed class PipelineCheckerTests : IDisposable
{
    private readonly Sandbox _pipelines = new();
    private readonly string _json;

    public PipelineCheckerTests()
    {
        _pipelines.Write("nested.yaml", RichPipeline.Nested);
        _json = _pipelines.Compile(RichPipeline.Tasks).ToJsonString();
    }

    [Theory]
    [InlineData("root.dag.tasks.first.componentRef.name", "comp-firts", "unknown-component", "Did you mean 'comp-first'?")]
    [InlineData("components.comp-first.executorLabel", "exec-firts", "unknown-executor", "Did you mean 'exec-first'?")]
    [InlineData("root.dag.tasks.last.dependentTasks.0", "nobody", "unknown-task", "waits for 'nobody'")]
    [InlineData("root.dag.tasks.first.dependentTasks", "[\"last\"]", "cycle", "first -> ")]
    [InlineData("root.dag.tasks.nested.inputs.parameters.word.taskOutputParameter.producerTask", "frist", "unknown-task", "Did you mean 'first'?")]
    [InlineData("root.dag.tasks.nested.inputs.parameters.word.taskOutputParameter.outputParameterKey", "wrd", "unknown-output", "Did you mean 'word'?")]
    [InlineData("root.dag.tasks.nested.inputs.parameters.word.taskOutputParameter.outputParameterKey", "num", "", "")]
    [InlineData("root.dag.tasks.first.inputs.parameters.count.componentInputParameter", "shards", "wrong-type", "is int, and the task 'first' of root gives list")]
    [InlineData("root.dag.tasks.first.inputs.parameters.count.componentInputParameter", "row", "unknown-input", "Did you mean 'rows'?")]
    [InlineData("root.dag.tasks.given.inputs.parameters", "{}", "missing-input", "'uri'")]
    [InlineData("root.dag.tasks.first.inputs.parameters.cuont", "{\"runtimeValue\": {\"constant\": 3}}", "unknown-input", "Did you mean 'count'?")]
    [InlineData("root.dag.tasks.first.inputs.parameters.count", "{\"runtimeValue\": {\"constant\": [3]}}", "wrong-type", "gives [3]")]
    [InlineData("components.comp-for-loop-2.dag.tasks.for-loop-4.parameterIterator.itemInput", "pipelinechannel--nope", "unknown-input", "does not have")]
    [InlineData("components.comp-for-loop-2.dag.tasks.for-loop-4.parameterIterator.items", "{\"raw\": \"no list\"}", "bad-loop", "goes over nothing")]
    [InlineData("components.comp-for-loop-4.dag.tasks.condition-5.triggerPolicy.condition", "inputs.parameter_values['x'] == 1", "unknown-input", "compares 'x'")]
    [InlineData("components.comp-nested.dag.tasks.first.inputs.parameters.text.componentInputParameter", "wrd", "unknown-input", "Did you mean 'word'?")]
    [InlineData("root.dag.outputs.parameters.nested.valueFromParameter.producerSubtask", "nestde", "unknown-task", "Did you mean 'nested'?")]
    [InlineData("root.dag.outputs.parameters.nested.valueFromParameter.outputParameterKey", "wodr", "unknown-output", "Did you mean 'word'?")]
    [InlineData("root.dag.outputs.parameters.nested", null, "unconnected-output", "comes from nowhere")]
    [InlineData("deploymentSpec.executors.exec-first.container.image", "", "missing-image", "has no image")]
    [InlineData("deploymentSpec.executors.exec-first.container.image", "Reg/IMAGE", "bad-image", "no image reference")]
    [InlineData("deploymentSpec.executors.exec-first.container.args", "[\"{{$.inputs.parameters['cuont']}}\"]", "unknown-input", "Did you mean 'count'?")]
    [InlineData("schemaVersion", "1.0.0", "old-schema", "not known")]
    [InlineData("components.comp-first.inputDefinitions.parameters.count", "{\"type\": \"INT\"}", "schema-mixture", "schema 2.0")]
    [InlineData("pipelineInfo.name", "No Name", "bad-name", "cannot be a pipeline's name")]
    [InlineData("root.dag.tasks.first.triggerPolicy", "{\"strategy\": \"ALL_UPSTREAM_TASKS_COMPLETE\"}", "unknown-strategy", "Did you mean 'ALL_UPSTREAM_TASKS_COMPLETED'?")]
    public void A_fault_in_a_compiled_pipeline_is_told(string path, string? value, string code, string says)
    {
        var spec = JsonNode.Parse(_json)!.AsObject();
        Set(spec, path.Split('.'), value);
        var problems = Check(spec);

        if (code.Length == 0)
        {
            // A number fits a string: runners make it text.
            Assert.DoesNotContain(problems, problem => problem.Severity == Severity.Error);
        }
        else
        {
            Assert.Contains(problems, problem => problem.Severity == Severity.Error && problem.Code == code && problem.Message.Contains(says, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void What_nothing_uses_is_a_warning()
    {
        var spec = JsonNode.Parse(_json)!.AsObject();
        spec["components"]!["comp-alone"] = new JsonObject { ["executorLabel"] = "exec-first" };
        spec["deploymentSpec"]!["executors"]!["exec-alone"] = JsonNode.Parse("""{"container": {"image": "x"}}""");
        spec["root"]!["inputDefinitions"]!["parameters"]!["extra"] = JsonNode.Parse("""{"parameterType": "STRING", "isOptional": true}""");

        var problems = Check(spec);

        Assert.Equal(["unused-component", "unused-executor", "unused-input"], problems.Select(problem => problem.Code));
        Assert.All(problems, problem => Assert.Equal(Severity.Warning, problem.Severity));
    }

    [Fact]
    public void Components_that_contain_themselves_are_a_cycle()
    {
        var spec = JsonNode.Parse(_json)!.AsObject();
        spec["components"]!["comp-nested"]!["dag"]!["tasks"]!["first"]!["componentRef"]!["name"] = "comp-nested";

        Assert.Contains(Check(spec), problem => problem.Code == "cycle" && problem.Message.Contains("comp-nested -> comp-nested", StringComparison.Ordinal));
    }

    [Fact]
    public void Images_must_be_pinned_unless_tags_are_allowed()
    {
        var problems = new List<Problem>();
        PipelineChecker.Check(JsonNode.Parse(_json)!.AsObject(), "p.json", allowTags: false, problems);

        Assert.NotEmpty(problems);
        Assert.All(problems, problem => Assert.Equal("unpinned-image", problem.Code));
    }

    [Theory]
    [InlineData("{\n  \"pipelineInfo\": {\"name\": \"a\"},\n  \"schemaVersion\": \"9\",\n  \"root\": {\"dag\": {\"tasks\": {}}}\n}", 3, 3)]
    [InlineData("{\"pipelineSpec\": {\"pipelineInfo\": {\"name\": \"a\"},\n \"schemaVersion\": \"9\", \"root\": {\"dag\": {\"tasks\": {}}}}}", 2, 2)]
    [InlineData("pipelineInfo: {name: a}\nroot: {dag: {tasks: {}}}\nschemaVersion: '9'\n", 3, 1)]
    public void Problems_have_places_in_JSON_and_YAML_in_specs_and_jobs(string text, int line, int column)
    {
        var problems = new List<Problem>();
        PipelineChecker.Check(PipelineFile.Parse("p", text, problems)!, allowTags: true, problems);

        Assert.Equal(new Problem("old-schema", Severity.Error, "The schema version 9 is not known; 2.0.0 and 2.1.0 are.", "p", line, column), Assert.Single(problems));
    }

    [Theory]
    [InlineData("{\"root\": ", "not-json")]
    [InlineData("{\"root\": {}, \"root\": {}}", "not-json")]
    [InlineData("", "empty-file")]
    [InlineData("[1]", "wrong-kind")]
    [InlineData("name: x\ntasks: {}\n", "not-a-pipeline")]
    [InlineData("a: 1\n", "not-a-pipeline")]
    public void A_file_that_holds_no_pipeline_is_refused(string text, string code)
    {
        var problems = new List<Problem>();

        Assert.Null(PipelineFile.Parse("p", text, problems));
        Assert.Equal(code, Assert.Single(problems).Code);
    }

    [Fact]
    public void A_second_document_for_Kubernetes_is_a_warning()
    {
        var problems = new List<Problem>();
        PipelineChecker.Check(PipelineFile.Parse("p", "pipelineInfo: {name: a}\nschemaVersion: 2.1.0\nroot: {dag: {tasks: {}}}\n---\nplatforms: {}\n", problems)!, allowTags: true, problems);

        Assert.Equal("platform-spec", Assert.Single(problems).Code);
    }

    [Fact]
    public void Nothing_that_can_be_written_as_JSON_makes_the_checker_fall_over()
    {
        var values = Gen.OneOf<Func<JsonNode?>>(() => null, () => "x", () => "first", () => 3, () => true, () => new JsonArray(), () => new JsonObject(), () => new JsonArray(new JsonObject()), () => new JsonObject { ["name"] = 1 });
        Gen.Select(Gen.Int[0, 100_000], values, Gen.Int[0, 100_000], Gen.Bool).Sample(
            (at, value, other, removes) =>
            {
                var spec = JsonNode.Parse(_json)!.AsObject();
                Mutate(spec, at, value(), removes);
                Mutate(spec, other, value(), !removes);
                Check(spec);
                PipelineInputs.Of(spec);
                HostNeutral.Form(spec, _ => "c");
            },
            iter: 1500,
            threads: 1);
    }

    private static void Mutate(JsonObject spec, int at, JsonNode? value, bool removes)
    {
        var all = new List<(JsonObject Owner, string Key)>();
        Visit(spec);
        var (owner, key) = all[at % all.Count];
        if (removes)
        {
            owner.Remove(key);
        }
        else
        {
            owner[key] = value;
        }

        void Visit(JsonNode? node)
        {
            foreach (var (name, inner) in node as JsonObject ?? [])
            {
                all.Add(((JsonObject)node!, name));
                Visit(inner);
            }

            foreach (var item in node as JsonArray ?? [])
            {
                Visit(item);
            }
        }
    }

    private static void Set(JsonNode node, string[] path, string? value)
    {
        foreach (var key in path[..^1])
        {
            node = node is JsonArray ? node[int.Parse(key)]! : node[key] ?? (node[key] = new JsonObject());
        }

        JsonNode? parsed = value is ['{' or '[', ..] ? JsonNode.Parse(value) : value;
        if (node is JsonArray list)
        {
            list[int.Parse(path[^1])] = parsed;
        }
        else if (value is null)
        {
            node.AsObject().Remove(path[^1]);
        }
        else
        {
            node[path[^1]] = parsed;
        }
    }

    private static List<Problem> Check(JsonObject spec)
    {
        var problems = new List<Problem>();
        PipelineChecker.Check(spec, "p.json", allowTags: true, problems);
        return problems;
    }

    public void Dispose() => _pipelines.Dispose();
}

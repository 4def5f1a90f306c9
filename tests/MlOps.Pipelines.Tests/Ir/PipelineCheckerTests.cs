using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CsCheck;
using MlOps.Core.Drawing;
using MlOps.Core.Problems;
using MlOps.Pipelines.Comparing;
using MlOps.Pipelines.Ir;
using MlOps.Pipelines.Pictures;
using MlOps.Pipelines.Tests.Compilation;
using MlOps.Testing;

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
    [InlineData("root.dag.tasks.first.inputs.parameters.count", "{\"runtimeValue\": {\"constant\": \"three\"}}", "wrong-type", "gives \"three\"")]
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
    [InlineData("root.dag.tasks.first.triggerPolicy", "{\"condition\": \"inputs.parameter_values['x'] = 1\"}", "bad-condition", "cannot be read: '=' at position 30 means nothing here.")]
    [InlineData("root.dag.tasks.first.triggerPolicy", "{\"condition\": \"heads == 'heads'\"}", "bad-condition", "uses 'heads', which is nothing that it can see. A text needs quotes.")]
    [InlineData("root.dag.tasks.first.inputs.parameters.count.parameterExpressionSelector", "parseJson(string_value)[", "bad-selector", "cannot be read")]
    [InlineData("root.dag.tasks.first.inputs.parameters.count.parameterExpressionSelector", "value['a']", "bad-selector", "uses 'value'")]
    [InlineData("root.dag.tasks.first.dependentTasks", "\"last\"", "wrong-kind", "'dependentTasks' must be a list; it is a string.")]
    [InlineData("root.dag.tasks.first.cachingOptions.enableCache", "yes", "wrong-kind", "must be true or false; it is a string")]
    [InlineData("deploymentSpec.executors.exec-first.container.args", "[\"{{$.inputs.artifacts['count'].uri}}\"]", "wrong-type", "is a parameter (int): write {{$.inputs.parameters['count'].")]
    [InlineData("deploymentSpec.executors.exec-first.container.args", "[\"{\\\"IfPresent\\\": {\\\"InputName\\\": \\\"cuont\\\", \\\"Then\\\": [\\\"x\\\"]}}\"]", "unknown-input", "asks whether the input 'cuont' is present")]
    [InlineData("root.inputDefinitions.parameters.rows.defaultValue", "many", "wrong-type", "The default of the parameter 'rows' of root is \"many\"; expected an integer, without quotes.")]
    [InlineData("root.inputDefinitions.parameters.rows.defaultValue", "2.5", "wrong-type", "is \"2.5\"; expected an integer, without quotes.")]
    [InlineData("components.comp-told.inputDefinitions.parameters.size", "{\"parameterType\": \"NUMBER_INTEGER\", \"defaultValue\": [1]}", "wrong-type", "The default of the parameter 'size' of comp-told is [1]; expected an integer.")]
    [InlineData("components.comp-told.inputDefinitions.parameters.size", "{\"parameterType\": \"NUMBER_INTEGER\", \"defaultValue\": 3, \"literals\": [1, 2]}", "wrong-type", "is 3; expected one of its literals: 1, 2.")]
    [InlineData("root.dag.tasks.first.retryPolicy", "{\"maxRetryCount\": \"x\"}", "bad-value", "'maxRetryCount' must be a whole number, 0 or more; it is \"x\".")]
    [InlineData("root.dag.tasks.first.retryPolicy", "{\"maxRetryCount\": -1}", "bad-value", "it is -1.")]
    [InlineData("root.dag.tasks.first.retryPolicy", "{\"backoffDuration\": \"10\"}", "bad-value", "'backoffDuration' must be a duration in seconds, such as \"30s\"; it is \"10\".")]
    [InlineData("root.dag.tasks.first.retryPolicy", "{\"backoffFactor\": \"twice\"}", "bad-value", "'backoffFactor' must be a number; it is \"twice\".")]
    [InlineData("deploymentSpec.executors.exec-first.container.resources", "{\"cpuLimit\": \"two\"}", "bad-value", "'cpuLimit' must be a number; it is \"two\".")]
    [InlineData("deploymentSpec.executors.exec-first.container.resources", "{\"resourceCpuLimit\": \"two\"}", "bad-value", "'resourceCpuLimit' must be processors in quotes, such as \"2\" or \"500m\"; it is \"two\".")]
    [InlineData("deploymentSpec.executors.exec-first.container.resources", "{\"resourceMemoryRequest\": \"4 GB\"}", "bad-value", "an amount of memory, such as \"16G\" or \"512Mi\"; it is \"4 GB\".")]
    [InlineData("deploymentSpec.executors.exec-first.container.resources", "{\"resourceCpuLimit\": \"{{$.inputs.parameters['count']}}\", \"resourceMemoryLimit\": \"1.5Gi\", \"accelerator\": {\"resourceCount\": \"2\"}}", "", "")]
    [InlineData("root.dag.tasks.first.triggerPolicy", "{\"condition\": \"int('3') == 'abc'\"}", "bad-condition", "cannot be evaluated: '==' cannot compare an int with a string: write int(…) around the string, or quotes around the number.")]
    [InlineData("root.dag.tasks.first.triggerPolicy", "{\"condition\": \"size(3) > 1\"}", "bad-condition", "size(…) takes a string or a list or a map, not an int.")]
    [InlineData("root.dag.tasks.first.triggerPolicy", "{\"condition\": \"int('3')\"}", "bad-condition", "is an int, not true or false: write a comparison.")]
    [InlineData("root.dag.tasks.first.triggerPolicy", "{\"condition\": \"inputs.parameter_values['count'] < 'a'\"}", "bad-condition", "'<' cannot compare a double with a string")]
    [InlineData("root.dag.tasks.first.triggerPolicy", "{\"condition\": \"lenght('a') == 1\"}", "bad-condition", "there is no function 'lenght'")]
    [InlineData("root.dag.tasks.first.inputs.parameters.count.parameterExpressionSelector", "number_value['a']", "bad-selector", "a double has no elements that `number_value['a']` could take")]
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

    [Theory]
    [InlineData("root.dag.tasks.first.dependantTasks", "[\"last\"]", "unknown-key", "'first' has no key 'dependantTasks' in the IR; Vertex AI refuses keys that it does not know, and others pass over them. Did you mean 'dependentTasks'?")]
    [InlineData("root.dag.tasks.first.triggerPolicy", "{\"condition\": \"'a' == 'b'\"}", "never-runs", "The task 'first' of root can never run: its condition is never true.")]
    [InlineData("root.dag.tasks.first.triggerPolicy", "{\"condition\": \"'a' == 'b'\"}", "never-runs", "The task 'nested' of root can never run: it waits for 'first', which never does.")]
    [InlineData("components.comp-for-loop-2.dag.tasks.for-loop-4.parameterIterator.items", "{\"raw\": \"[ ]\"}", "empty-loop", "nothing in it ever runs")]
    [InlineData("root.dag.tasks.first.inputs.parameters.count", "{\"taskFinalStatus\": {\"producerTask\": \"given\"}}", "status-of-success", "runs only if that succeeds")]
    [InlineData("root.dag.tasks.first.triggerPolicy", "{\"condition\": \"inputs.parameter_values['count'] == 'three'\"}", "never-true", "`inputs.parameter_values['count'] == 'three'` is never true: it compares a double with a string: write double(…) around the string, or quotes around the number.")]
    [InlineData("root.inputDefinitions.parameters.shards.defaultValue", "{}", "wrong-type", "is {}; expected a list. What does not give a value fails.")]
    [InlineData("components.comp-nested.dag.tasks.first.inputs.parameters.text", "{\"runtimeValue\": {\"constant\": \"a {{$.inputs.parameters['s']}}\"}}", "unfilled-placeholder", "nothing fills in {{$.inputs.parameters['s']}}: it stands for an input 's' of this task, which is not given.")]
    [InlineData("deploymentSpec.executors.exec-first.container.args", "[\"{{$.pipeline_job_nam}}\"]", "unknown-placeholder", "Did you mean 'pipeline_job_name'?")]
    public void What_is_hardly_meant_is_a_warning(string path, string value, string code, string says)
    {
        var spec = JsonNode.Parse(_json)!.AsObject();
        Set(spec, path.Split('.'), value);

        Assert.Contains(Check(spec), problem => problem.Severity == Severity.Warning && problem.Code == code && problem.Message.Contains(says, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("inputs.parameter_values['x'] == 'a'", "!(inputs.parameter_values['y'] == 'a')", true)]
    [InlineData("inputs.parameter_values['x'] == 'a'", "!(inputs.parameter_values['y']==\"a\")", true)]
    [InlineData("inputs.parameter_values['x'] == 'a'", "!(inputs.parameter_values['z'] == 'a')", false)]
    [InlineData("inputs.parameter_values['x'] == 'a'", "!(inputs.parameter_values['y'] == 'b')", false)]
    public void A_task_that_waits_for_both_sides_of_a_choice_never_runs(string one, string other, bool isIdle)
    {
        // x and y come from the same output, z from another one.
        var spec = JsonNode.Parse($$$"""
            {"pipelineInfo": {"name": "a"}, "schemaVersion": "2.1.0",
             "components": {"comp-a": {"executorLabel": "exec-a"}}, "deploymentSpec": {"executors": {"exec-a": {"container": {"image": "a"} } } },
             "root": {"inputDefinitions": {"parameters": {"p": {"parameterType": "STRING"}, "q": {"parameterType": "STRING"} } }, "dag": {"tasks": {
              "one": {"componentRef": {"name": "comp-a"}, "inputs": {"parameters": {"pipelinechannel--x": {"componentInputParameter": "p"} } }, "triggerPolicy": {"condition": {{{JsonValue.Create(one.Replace("['x']", "['pipelinechannel--x']", StringComparison.Ordinal)).ToJsonString()}}} } },
              "other": {"componentRef": {"name": "comp-a"}, "inputs": {"parameters": {"pipelinechannel--y": {"componentInputParameter": "p"}, "pipelinechannel--z": {"componentInputParameter": "q"} } }, "triggerPolicy": {"condition": {{{JsonValue.Create(other.Replace("['y']", "['pipelinechannel--y']", StringComparison.Ordinal).Replace("['z']", "['pipelinechannel--z']", StringComparison.Ordinal)).ToJsonString()}}} } },
              "both": {"componentRef": {"name": "comp-a"}, "dependentTasks": ["one", "other"] } } } } }
            """)!.AsObject();

        Assert.Equal(isIdle ? ["never-runs"] : [], Check(spec).Where(problem => problem.Code != "unused-input").Select(problem => problem.Code));
        spec["root"]!["dag"]!["tasks"]!["both"]!["triggerPolicy"] = new JsonObject { ["strategy"] = "ALL_UPSTREAM_TASKS_COMPLETED" };
        Assert.DoesNotContain(Check(spec), problem => problem.Code == "never-runs");
    }

    [Theory]
    [InlineData("2.1.0", """{"parameterValues": {"text": "a", "count": 3}}""", "")]
    [InlineData("2.1.0", """{"parameters": {"text": {"stringValue": "a"}}}""", "wrong-values-key missing-value")]
    [InlineData("2.0.0", """{"parameters": {"text": {"stringValue": "a"}}}""", "")]
    [InlineData("2.0.0", """{"parameterValues": {"text": "a"}}""", "wrong-values-key missing-value")]
    [InlineData("2.0.0", """{"parameters": {"text": "a"}}""", "wrong-type")]
    [InlineData("2.1.0", """{"parameterValues": {"text": "a", "count": "3", "cuont": 3}}""", "wrong-type unknown-parameter")]
    [InlineData("2.1.0", """{"gcsOutputDirectory": "/tmp", "failurePolicy": "FAST", "parameterValues": {"text": "a"}, "paramterValues": {}}""", "unknown-key bad-pipeline-root unknown-policy")]
    public void The_values_of_a_job_are_checked_against_its_pipeline(string schema, string config, string codes)
    {
        var type = schema == "2.0.0" ? "\"type\": \"STRING\"" : "\"parameterType\": \"STRING\"";
        var count = schema == "2.0.0" ? "\"type\": \"INT\"" : "\"parameterType\": \"NUMBER_INTEGER\", \"isOptional\": true";
        var inputs = schema == "2.0.0" ? $"\"text\": {{{type}}}" : $"\"text\": {{{type}}}, \"count\": {{{count}}}";
        var problems = new List<Problem>();
        var job = $"{{\"pipelineSpec\": {{\"schemaVersion\": \"{schema}\", \"root\": {{\"inputDefinitions\": {{\"parameters\": {{{inputs}}}}}}}}}, \"runtimeConfig\": {config}}}";
        PipelineChecker.CheckJob(PipelineFile.Parse("p", job, problems)!, problems);

        Assert.Equal(codes, string.Join(' ', problems.Select(problem => problem.Code)));
    }

    [Fact]
    public void Every_code_has_a_section_in_the_documentation()
    {
        var page = File.ReadAllText(Path.Combine(Shared.Checkout(), "docs", "pipeline-checks.md"));
        var folder = Path.Combine(Shared.Checkout(), "steps", "MlOps.Pipelines", "Ir");
        var codes = Directory.EnumerateFiles(Path.Combine(folder, "Checking"), "*.cs").Append(Path.Combine(folder, "PipelineFile.cs")).Append(Path.Combine(folder, "PipelineChecker.cs"))
            .SelectMany(file => Regex.Matches(File.ReadAllText(file), "(?:Error|Warning)\\(\"(?<code>[a-z0-9-]+)\"").Select(match => match.Groups["code"].Value))
            .Concat(["bad-condition", "bad-selector", PipelineFile.Definition])
            .Distinct()
            .ToArray();
        Assert.True(codes.Length > 40, $"Only {codes.Length} codes were found.");
        var missing = codes.Where(code => !page.Contains($"\n### {code}\n", StringComparison.Ordinal)).Order(StringComparer.Ordinal).ToArray();
        Assert.True(missing.Length == 0, $"docs/pipeline-checks.md has no section for {string.Join(", ", missing)}");
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
    [InlineData("", "empty-file")]
    [InlineData("[1]", "wrong-kind")]
    [InlineData("name: x\ntasks: {}\n", "not-compiled")]
    [InlineData("a: 1\n", "not-a-pipeline")]
    public void A_file_that_holds_no_pipeline_is_refused(string text, string code)
    {
        var problems = new List<Problem>();

        Assert.Null(PipelineFile.Parse("p", text, problems));
        Assert.Equal(code, Assert.Single(problems).Code);
    }

    [Theory]
    [InlineData("{\n \"root\": ", 2, 10, "expected a value, found the end")]
    [InlineData("{\"root\": {}, \"root\": {}}", 1, 14, "the key \"root\" is there twice")]
    [InlineData("{\n \"root\": {},\n}", 2, 12, "a comma has nothing after it: take it out")]
    public void What_is_no_JSON_is_told_with_its_place(string text, int line, int column, string says)
    {
        var problems = new List<Problem>();

        Assert.Null(PipelineFile.Parse("p", text, problems));
        Assert.Equal(Problem.Error("not-json", $"This is not JSON: {says}.", new SourceSpot("p", line, column)), Assert.Single(problems));
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
        var original = JsonNode.Parse(_json)!.AsObject();
        Gen.Select(Gen.Int[0, 100_000], values, Gen.Int[0, 100_000], Gen.Bool).Sample(
            (at, value, other, removes) =>
            {
                var spec = JsonNode.Parse(_json)!.AsObject();
                Mutate(spec, at, value(), removes);
                Mutate(spec, other, value(), !removes);
                var problems = Check(spec);
                PipelineInputs.Of(spec);
                HostNeutral.Form(spec, _ => "c");
                PipelineComparison.Of(original, spec);
                var picture = PipelinePicture.Of(spec);
                if (!problems.Any(problem => problem.Severity == Severity.Error))
                {
                    // What checks without errors can be drawn.
                    DotDrawing.Draw(picture);
                    SvgDrawing.Draw(picture);
                }
            },
            iter: 150,
            threads: 1);
    }

    [Fact]
    public void Nor_does_any_text()
    {
        var yaml = Core.Yaml.YamlWriter.Write(JsonNode.Parse(_json));
        Gen.Select(Gen.Bool, Gen.Int[0, 100_000], Gen.Int[0, 40], Gen.String[Gen.Char["{}[]:,-'\"#&*! \n\tax0$\\"], 0, 6]).Sample(
            (isYaml, at, length, instead) =>
            {
                var text = isYaml ? yaml : _json;
                var start = at % text.Length;
                var problems = new List<Problem>();
                var file = PipelineFile.Parse("p", text[..start] + instead + text[Math.Min(text.Length, start + length)..], problems);
                Assert.Equal(file is null, problems.Any(problem => problem.Severity == Severity.Error));
                if (file is not null)
                {
                    PipelineChecker.Check(file, allowTags: false, problems);
                    PipelineChecker.CheckJob(file, problems);
                    Assert.All(problems, problem => Assert.True(problem.Line > 0));
                }
            },
            iter: 150,
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

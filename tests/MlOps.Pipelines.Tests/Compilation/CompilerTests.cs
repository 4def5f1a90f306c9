using System.Collections.Immutable;
using System.Text;
using System.Text.Json.Nodes;
using MlOps.Core.Images;
using MlOps.Core.Problems;
using MlOps.Pipelines.Components;
using MlOps.Pipelines.Definitions;
using MlOps.Pipelines.Ir;

namespace MlOps.Pipelines.Tests.Compilation;

public sealed class CompilerTests : IDisposable
{
    private static readonly ImageReference Pinned = ImageReference.Parse("reg.example/ml/make@sha256:" + new string('a', 64));
    private readonly Sandbox _pipelines = new();

    [Fact]
    public void The_same_definition_gives_the_same_bytes_wherever_it_stands()
    {
        const string tasks = "  a: {component: make}\n  b: {component: use, with: {text: 'x ${{ tasks.a.outputs.word }}', size: 3}}";
        using var elsewhere = new Sandbox();

        var first = _pipelines.Try(tasks).Compiled!;
        var second = elsewhere.Try(tasks).Compiled!;

        Assert.Equal(first.Bytes.ToArray(), second.Bytes.ToArray());
        Assert.Equal(Digest.Of(first.Bytes), first.Digest);
        Assert.StartsWith("{\n  \"components\": {\n    \"comp-a\": {\n      \"executorLabel\"", Encoding.UTF8.GetString(first.Bytes), StringComparison.Ordinal);
        Assert.EndsWith("}\n", Encoding.UTF8.GetString(first.Bytes), StringComparison.Ordinal);
    }

    [Fact]
    public void An_image_can_be_given_by_the_components_folder()
    {
        var spec = _pipelines.Compile("  a: {component: make}\n  b: {component: components/make/component.yaml}", new CompileOptions { Images = ImmutableDictionary<string, ImageReference>.Empty.Add("make", Pinned) });

        Assert.All(ExecutorImages.Of(spec), image => Assert.Equal(Pinned.ToString(), image.Image));
    }

    [Fact]
    public void A_rewritten_copy_is_read_in_place_of_a_component_and_problems_name_the_component()
    {
        var copy = _pipelines.Write("copies/make.yaml", $"name: Make\nimplementation: {{container: {{image: '{Pinned}'}}}}\n");
        var options = new CompileOptions { ReadInstead = path => path.EndsWith(Path.Combine("make", "component.yaml"), StringComparison.Ordinal) ? copy : path };

        Assert.Equal(Pinned.ToString(), Assert.Single(ExecutorImages.Of(_pipelines.Compile("  a: {component: make}", options))).Image);

        File.WriteAllText(copy, "name: 3\n");
        Assert.All(_pipelines.Try("  a: {component: make}", options).Problems, problem => Assert.DoesNotContain("copies", problem.File, StringComparison.Ordinal));
    }

    [Fact]
    public void Components_are_looked_for_in_the_folder_that_is_given()
    {
        _pipelines.Write("parts/only/component.yaml", "name: Only\nimplementation: {container: {image: only}}\n");

        var spec = _pipelines.Compile("  a: {component: only}", new CompileOptions { AllowTags = true, ComponentsFolder = Path.Combine(_pipelines.Path, "parts") });

        Assert.Equal("only", Assert.Single(ExecutorImages.Of(spec)).Image);
    }

    [Fact]
    public void A_lone_reference_passes_its_value_and_text_around_it_interpolates()
    {
        var spec = _pipelines.Compile("  a: {component: make}\n  b: {component: use, with: {size: '${{ tasks.a.outputs.num }}', text: 'n=${{ tasks.a.outputs.num }} $${{ x }}'}}");

        var inputs = spec["root"]!["dag"]!["tasks"]!["b"]!["inputs"]!["parameters"]!;
        Assert.Equal("a", inputs["size"]!["taskOutputParameter"]!["producerTask"]!.GetValue<string>());
        Assert.Equal("n={{$.inputs.parameters['pipelinechannel--a-num']}} ${{ x }}", inputs["text"]!["runtimeValue"]!["constant"]!.GetValue<string>());
        Assert.NotNull(inputs["pipelinechannel--a-num"]);
    }

    [Fact]
    public void The_environment_of_the_task_wins_over_that_of_the_component()
    {
        var spec = _pipelines.Compile("  a: {component: make, env: {B: '2', A: '3'}}");

        var environment = spec["deploymentSpec"]!["executors"]!["exec-a"]!["container"]!["env"]!.AsArray();
        Assert.Equal(["A=3", "B=2"], environment.Select(variable => $"{variable!["name"]}={variable["value"]}"));
    }

    [Fact]
    public void A_constant_importer_is_compiled_as_KFPs()
    {
        var spec = _pipelines.Compile("  i: {importer: {uri: gs://b/x, type: Dataset, metadata: {a: 1}, reimport: true}}\n  b: {component: use, with: {data: '${{ tasks.i.outputs.artifact }}'}}");

        var importer = spec["deploymentSpec"]!["executors"]!["exec-i"]!["importer"]!;
        Assert.True(JsonNode.DeepEquals(
            JsonNode.Parse("""{"artifactUri": {"constant": "gs://b/x"}, "metadata": {"a": 1}, "reimport": true, "typeSchema": {"schemaTitle": "system.Dataset", "schemaVersion": "0.0.1"}}"""),
            importer), importer.ToJsonString());
        Assert.Equal("gs://b/x", spec["root"]!["dag"]!["tasks"]!["i"]!["inputs"]!["parameters"]!["uri"]!["runtimeValue"]!["constant"]!.GetValue<string>());
        Assert.Equal("i", spec["root"]!["dag"]!["tasks"]!["b"]!["dependentTasks"]![0]!.GetValue<string>());
        AssertClean(spec);
    }

    [Fact]
    public void An_importer_takes_its_uri_from_an_output()
    {
        var spec = _pipelines.Compile("  a: {component: make}\n  i: {importer: {uri: '${{ tasks.a.outputs.word }}', type: Model}}");

        Assert.Equal("uri", spec["deploymentSpec"]!["executors"]!["exec-i"]!["importer"]!["artifactUri"]!["runtimeParameter"]!.GetValue<string>());
        AssertClean(spec);
    }

    /// <summary>What kfp/dsl/importer_node.py makes of <c>metadata={'of': row.name, 'n': [task.outputs['num'], f'v{task.outputs["num"]} of {label}']}</c>.</summary>
    [Fact]
    public void An_importers_metadata_takes_values_of_the_pipeline_as_KFPs_does()
    {
        var spec = _pipelines.Compile("""
              a: {component: make}
              each:
                forEach: [{name: x}]
                as: row
                tasks:
                  i:
                    importer:
                      uri: gs://b/x
                      type: Dataset
                      metadata: {of: '${{ row.name }}', n: ['${{ tasks.a.outputs.num }}', 'v${{ tasks.a.outputs.num }} of ${{ run.name }}'], flat: 1.5}
            """);

        Assert.True(JsonNode.DeepEquals(
            JsonNode.Parse("""{"of": "{{$.inputs.parameters['metadata']}}", "n": ["{{$.inputs.parameters['metadata-2']}}", "v{{$.inputs.parameters['metadata-2']}} of {{$.pipeline_job_name}}"], "flat": 1.5}"""),
            spec["deploymentSpec"]!["executors"]!["exec-i"]!["importer"]!["metadata"]));
        Assert.True(JsonNode.DeepEquals(
            JsonNode.Parse("""{"metadata": {"parameterType": "STRING"}, "metadata-2": {"parameterType": "NUMBER_INTEGER"}, "uri": {"parameterType": "STRING"}}"""),
            spec["components"]!["comp-i"]!["inputDefinitions"]!["parameters"]));
        var inputs = spec["components"]!["comp-for-loop-2"]!["dag"]!["tasks"]!["i"]!["inputs"]!["parameters"]!;
        Assert.Equal("parseJson(string_value)[\"name\"]", inputs["metadata"]!["parameterExpressionSelector"]!.GetValue<string>());
        Assert.Equal("pipelinechannel--a-num", inputs["metadata-2"]!["componentInputParameter"]!.GetValue<string>());
        AssertClean(spec);
    }

    [Fact]
    public void A_compiled_pipeline_is_a_component_like_any_other()
    {
        var inner = _pipelines.Try("  a: {component: make}").Compiled!;
        File.WriteAllBytes(Path.Combine(_pipelines.Path, "inner.json"), inner.Bytes.ToArray());

        var spec = _pipelines.Compile("  a: {component: make}\n  sub: {component: inner.json}\n  sub2: {component: inner.json, after: [sub]}");

        Assert.Equal(["comp-a", "comp-a-2", "comp-a-3", "comp-sub", "comp-sub2"], spec["components"]!.AsObject().Select(pair => pair.Key).Order(StringComparer.Ordinal));
        Assert.Equal("comp-a-3", spec["components"]!["comp-sub2"]!["dag"]!["tasks"]!["a"]!["componentRef"]!["name"]!.GetValue<string>());
        AssertClean(spec);
    }

    [Fact]
    public void A_task_that_goes_on_after_failure_is_given_the_status_of_the_one_it_waits_for()
    {
        _pipelines.Write("components/status/component.yaml", "name: S\ninputs: [{name: status, type: PipelineTaskFinalStatus}]\nimplementation: {container: {image: s}}\n");

        var spec = _pipelines.Compile("  a: {component: make}\n  s: {component: status, after: [a], ignoreUpstreamFailure: true}");

        Assert.Equal("a", spec["root"]!["dag"]!["tasks"]!["s"]!["inputs"]!["parameters"]!["status"]!["taskFinalStatus"]!["producerTask"]!.GetValue<string>());
        Assert.Contains(_pipelines.Try("  s: {component: status, ignoreUpstreamFailure: true}").Problems, problem => problem.Code == "final-status-of-many");
    }

    [Fact]
    public void Text_in_conditions_is_escaped()
    {
        var definition = new PipelineDefinition("test", null, null, null, [new PipelineParameter("label", DataType.String, false, null, default)],
            [new TaskNode("a", new ComponentTarget("make", default), default) { If = new Condition(new InputReference("label", default), "==", new Operand(null, "it's \\ \n"), default) }], null, [], default);

        var compiled = PipelineCompiler.Compile(definition, Path.Combine(_pipelines.Path, "p.yaml"), new CompileOptions { AllowTags = true }, new List<Problem>())!;

        Assert.Equal("inputs.parameter_values['pipelinechannel--label'] == 'it\\'s \\\\ \\n'", compiled.Spec["root"]!["dag"]!["tasks"]!["condition-1"]!["triggerPolicy"]!["condition"]!.GetValue<string>());
    }

    [Fact]
    public void Custom_types_can_be_taken_for_strings()
    {
        _pipelines.Write("components/old/component.yaml", "name: Old\ninputs: [{name: dir, type: GCSPath}, {name: data, type: CSV}]\nimplementation: {container: {image: o, args: [{inputValue: dir}, {inputPath: data}]}}\n");
        const string tasks = "  a: {component: make}\n  b: {component: old, with: {dir: gs://x, data: '${{ tasks.a.outputs.data }}'}}";

        Assert.Contains(_pipelines.Try(tasks).Problems, problem => problem.Code == "wrong-placeholder");
        Assert.NotNull(_pipelines.Try(tasks, new CompileOptions { AllowTags = true, CoerceCustomTypes = true }).Compiled);
    }

    private static void AssertClean(JsonObject spec)
    {
        var problems = new List<Problem>();
        PipelineChecker.Check(spec, path: null, allowTags: true, problems);
        Assert.DoesNotContain(problems, problem => problem.Severity == Severity.Error);
    }

    public void Dispose() => _pipelines.Dispose();
}

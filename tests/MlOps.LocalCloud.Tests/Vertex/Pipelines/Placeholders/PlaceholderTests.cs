using System.Collections.Immutable;
using MlOps.LocalCloud.Vertex;
using MlOps.LocalCloud.Vertex.Pipelines.Interpreting;
using MlOps.LocalCloud.Vertex.Pipelines.Placeholders;
using MlOps.LocalCloud.Vertex.Pipelines.Spec;
using MlOps.LocalCloud.Vertex.Pipelines.Values;

namespace MlOps.LocalCloud.Tests.Vertex.Pipelines.Placeholders;

public sealed class PlaceholderTests
{
    private static readonly Component Component = Ir.Read(Ir.Pipeline(
        """
        "comp-a": {"executorLabel": "e", "inputDefinitions": {
            "parameters": {"s": {"parameterType": "STRING"}, "n": {"parameterType": "NUMBER_INTEGER"}, "maybe": {"parameterType": "STRING", "isOptional": true}, "l": {"parameterType": "LIST"}},
            "artifacts": {"data": {"artifactType": {"schemaTitle": "system.Dataset"}}, "many": {"artifactType": {"schemaTitle": "system.Dataset"}, "isArtifactList": true}, "no": {"artifactType": {"schemaTitle": "system.Dataset"}, "isOptional": true}}},
          "outputDefinitions": {"parameters": {"out": {"parameterType": "STRING"}}, "artifacts": {"model": {"artifactType": {"schemaTitle": "system.Model"}}}}}
        """,
        """ "e": {"container": {"image": "i"}} """,
        """ "dag": {"tasks": {}} """)).Components["comp-a"];

    private static RuntimeArtifact Artifact(string name, string uri) => new(name, new ArtifactType("system.Dataset", "0.0.1"), uri, Json.Parse("""{"rows": 7, "label": "x"}"""));

    private static readonly ExecutorInput Input = new(
        Ir.Inputs(("s", "\"a {{$.inputs.parameters['n']}} b\""), ("n", "5"), ("l", "[1, \"é\"]")).Parameters,
        ImmutableSortedDictionary<string, ImmutableArray<RuntimeArtifact>>.Empty.Add("data", [Artifact("d", "gs://b/x/d")]).Add("many", [Artifact("m0", "gs://b/m0"), Artifact("m1", "gs://b/m1")]),
        ImmutableSortedDictionary<string, string>.Empty.Add("out", "/gcs/b/out"),
        ImmutableSortedDictionary<string, ImmutableArray<RuntimeArtifact>>.Empty.Add("model", [Artifact("model", "gs://b/t/model")]),
        "/gcs/b/executor_output.json");

    private static ContainerArguments Arguments => new(new TaskPlaceholders(Ir.Facts, new TaskFacts(7, "train"), Component, Input));

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("{{$.inputs.parameters['n']}}", "5")]
    [InlineData("{{$.inputs.parameters[\"n\"]}}/{{$.inputs.parameters['n']}}", "5/5")]
    [InlineData("<{{$.inputs.parameters['s']}}>", "<a {{$.inputs.parameters['n']}} b>")]
    [InlineData("{{$.inputs.parameters['l']}}", "[1,\"é\"]")]
    [InlineData("{{$.inputs.artifacts['data'].uri}}", "gs://b/x/d")]
    [InlineData("{{$.inputs.artifacts['data'].path}}", "/gcs/b/x/d")]
    [InlineData("{{$.inputs.artifacts['data'].metadata['rows']}}", "7")]
    [InlineData("{{$.inputs.artifacts['data'].properties['label']}}", "x")]
    [InlineData("{{$.inputs.artifacts['many'][1].uri}}", "gs://b/m1")]
    [InlineData("{{$.outputs.parameters['out'].output_file}}", "/gcs/b/out")]
    [InlineData("{{$.outputs.artifacts['model'].path}}", "/gcs/b/t/model")]
    [InlineData("{{$.outputs.output_file}}", "/gcs/b/executor_output.json")]
    [InlineData("{{$.pipeline_job_name}} {{$.pipeline_task_name}} {{$.pipeline_task_uuid}} {{$.pipeline_root}}", "run-1 train 7 gs://b/root")]
    [InlineData("{{$.pipeline_job_resource_name}}", "projects/p/locations/l/pipelineJobs/run-1")]
    [InlineData("{{$.pipeline_job_create_time_utc}}", "2026-01-02T03:04:05Z")]
    [InlineData("{{$.unheard_of}} {{ $ }} {{$", "{{$.unheard_of}} {{ $ }} {{$")]
    [InlineData("{\"IfPresent\": \"not a structure\", \"x\": 1}", "{\"IfPresent\": \"not a structure\", \"x\": 1}")]
    public void An_argument_with_its_expressions_filled_in(string argument, string expected) => Assert.Equal([expected], Arguments.Expand([argument]));

    [Theory]
    [InlineData("""{"IfPresent": {"InputName": "n", "Then": ["--n", "{{$.inputs.parameters['n']}}"], "Else": "no"}}""", new[] { "--n", "5" })]
    [InlineData("""{"IfPresent": {"InputName": "maybe", "Then": ["--m", "{{$.inputs.parameters['maybe']}}"]}}""", new string[0])]
    [InlineData("""{"IfPresent": {"InputName": "maybe", "Then": ["x"], "Else": ["--none", "y"]}}""", new[] { "--none", "y" })]
    [InlineData("""{"IfPresent": {"InputName": "data", "Then": "has {{$.inputs.artifacts['data'].uri}}"}}""", new[] { "has gs://b/x/d" })]
    [InlineData("""{"IfPresent": {"InputName": "n", "Then": ["--m", "{{$.inputs.parameters['maybe']}}"]}}""", new[] { "--m" })]
    [InlineData("""{"Concat": ["<", "{{$.inputs.parameters['n']}}", {"IfPresent": {"InputName": "maybe", "Then": "m", "Else": "-"}}, ">"]}""", new[] { "<5->" })]
    [InlineData("""{"Concat": [{"Concat": ["a", "b"]}, "c"]}""", new[] { "abc" })]
    public void Structures_give_any_number_of_arguments(string argument, string[] expected) => Assert.Equal(expected, Arguments.Expand([argument]));

    [Fact]
    public void A_value_that_looks_like_a_structure_is_a_value()
    {
        var input = Input with { Parameters = Ir.Inputs(("s", """ "{\"IfPresent\": {\"InputName\": \"n\", \"Then\": \"gone\"}}" """)).Parameters };
        var arguments = new ContainerArguments(new TaskPlaceholders(Ir.Facts, new TaskFacts(1, "t"), Component, input));

        Assert.Equal(["""{"IfPresent": {"InputName": "n", "Then": "gone"}}"""], arguments.Expand(["{{$.inputs.parameters['s']}}"]));
    }

    [Theory]
    [InlineData("{{$.inputs.parameters['maybe']}}", "Input 'maybe' was not given")]
    [InlineData("x{{$.inputs.artifacts['no'].path}}", "Input 'no' was not given")]
    [InlineData("{{$.inputs.parameters['nn']}}", "no input 'nn'. Did you mean 'n'?")]
    [InlineData("{{$.outputs.artifacts['modle'].path}}", "no output artifact 'modle'. Did you mean 'model'?")]
    [InlineData("{{$.inputs.artifacts['data'].metadata['columns']}}", "no metadata 'columns'")]
    public void What_has_no_value_is_named(string argument, string said) => Assert.Contains(said, Assert.Throws<TaskFaultException>(() => Arguments.Expand([argument])).Message);

    [Fact]
    public void The_executor_input_is_the_contract_s_JSON()
    {
        var input = Assert.Single(Arguments.Expand(["{{$}}"]));

        Assert.Equal("""{"inputs":{"parameterValues":{"l":[1,"é"],"n":5,"s":"a {{$.inputs.parameters['n']}} b"},"artifacts":{"data":{"artifacts":[{"name":"d","type":{"schemaTitle":"system.Dataset","schemaVersion":"0.0.1"},"uri":"gs://b/x/d","metadata":{"rows":7,"label":"x"}}]},"many":{"artifacts":[{"name":"m0","type":{"schemaTitle":"system.Dataset","schemaVersion":"0.0.1"},"uri":"gs://b/m0","metadata":{"rows":7,"label":"x"}},{"name":"m1","type":{"schemaTitle":"system.Dataset","schemaVersion":"0.0.1"},"uri":"gs://b/m1","metadata":{"rows":7,"label":"x"}}]}}},"outputs":{"parameters":{"out":{"outputFile":"/gcs/b/out"}},"artifacts":{"model":{"artifacts":[{"name":"model","type":{"schemaTitle":"system.Dataset","schemaVersion":"0.0.1"},"uri":"gs://b/t/model","metadata":{"rows":7,"label":"x"}}]}},"outputFile":"/gcs/b/executor_output.json"}}""", input);
    }

    [Fact]
    public void The_executor_input_escaped_once_fits_between_quotes()
    {
        var escaped = Assert.Single(Arguments.Expand(["{\"input\": \"{{$.json_escape[1]}}\"}"]));

        Assert.Equal(Arguments.Expand(["{{$}}"])[0], Json.Parse(escaped).GetProperty("input").GetString());
    }

    [Fact]
    public void Environment_values_refer_to_earlier_ones()
    {
        var environment = Arguments.Environment([new("A", "{{$.inputs.parameters['n']}}"), new("B", "$(A)/$(LATER)/$$(A)/$(A"), new("LATER", "x")]);

        Assert.Equal(("5", "5/$(LATER)/$(A)/$(A"), (environment["A"], environment["B"]));
    }

    [Theory]
    [InlineData("gs://b/p/q", "/gcs/b/p/q")]
    [InlineData("s3://b/p", "/s3/b/p")]
    [InlineData("minio://b/p", "/minio/b/p")]
    [InlineData("oci://reg/img", "/oci/reg_img/models")]
    [InlineData("https://x/y", "https://x/y")]
    public void Local_paths_of_URIs(string uri, string path) => Assert.Equal(path, LocalPath.Of(uri));
}

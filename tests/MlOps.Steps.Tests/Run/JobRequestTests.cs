using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Google.Cloud.AIPlatform.V1;
using MlOps.Steps.Project;
using MlOps.Steps.Run;

namespace MlOps.Steps.Tests.Run;

public sealed class JobRequestTests
{
    private static PipelineJob Message(string spec, JsonObject parameters, bool? caching = null) =>
        new JobRequest("p", JsonNode.Parse(spec)!.AsObject(), parameters, ImmutableSortedDictionary<string, string>.Empty, null, caching, "fast", TimeSpan.FromHours(1)).ToMessage(DeliveryEnvironment.Local);

    [Fact]
    public void Newer_schemas_take_JSON_values_and_null_is_left_out()
    {
        var job = Message("""{"schemaVersion": "2.1.0", "root": {}}""", new JsonObject { ["n"] = 3, ["l"] = new JsonArray("a"), ["none"] = null });
        Assert.Equal(["l", "n"], job.RuntimeConfig.ParameterValues.Keys.Order());
        Assert.Equal(3, job.RuntimeConfig.ParameterValues["n"].NumberValue);
        Assert.Equal("gs://local/root", job.RuntimeConfig.GcsOutputDirectory);
        Assert.Equal(PipelineFailurePolicy.FailFast, job.RuntimeConfig.FailurePolicy);
    }

    [Fact]
    public void Older_schemas_take_typed_values_with_lists_and_booleans_as_text()
    {
#pragma warning disable CS0612
        var given = Message("""{"schemaVersion": "2.0.0", "root": {}}""", new JsonObject { ["n"] = 3, ["f"] = 0.5, ["s"] = "x", ["b"] = true, ["l"] = new JsonArray(1) }).RuntimeConfig.Parameters;
#pragma warning restore CS0612
        Assert.Equal((3L, 0.5, "x", "true", "[1]"), (given["n"].IntValue, given["f"].DoubleValue, given["s"].StringValue, given["b"].StringValue, given["l"].StringValue));
    }

    [Fact]
    public void The_pipelines_own_root_wins() =>
        Assert.Equal("gs://own/root", Message("""{"defaultPipelineRoot": "gs://own/root"}""", []).RuntimeConfig.GcsOutputDirectory);

    [Fact]
    public void Caching_given_replaces_that_of_every_task_but_keeps_its_key()
    {
        const string Spec = """
            {"root": {"dag": {"tasks": {"a": {"cachingOptions": {"enableCache": true, "cacheKey": "k"}}, "b": {}}}},
             "components": {"comp-g": {"dag": {"tasks": {"c": {"cachingOptions": {"enableCache": true}}}}}, "comp-e": {"executorLabel": "e"}}}
            """;
        var off = Message(Spec, [], caching: false).PipelineSpec.ToString();
        Assert.DoesNotContain("enableCache", off);
        Assert.Contains("\"cacheKey\": \"k\"", off);
        var on = Message(Spec, [], caching: true).PipelineSpec.ToString();
        Assert.Equal(3, on.Split("\"enableCache\": true").Length - 1);
    }
}

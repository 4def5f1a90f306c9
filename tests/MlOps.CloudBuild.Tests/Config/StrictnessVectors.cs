using System.Text.Json.Nodes;
using MlOps.CloudBuild.Config;
using MlOps.Testing;

namespace MlOps.CloudBuild.Tests.Config;

/// <summary>vectors/yaml-strictness.jsonl: gcloud 528's own answers to small texts.</summary>
public sealed class StrictnessVectors
{
    [Fact]
    public void Every_text_gives_the_build_or_the_error_that_gcloud_gives()
    {
        var cases = File.ReadLines(Shared.Path("vectors", "yaml-strictness.jsonl")).Select(line => JsonNode.Parse(line)!.AsObject()).ToArray();
        var misses = cases.Select(Miss).OfType<string>().ToArray();
        Assert.NotEmpty(cases);
        Assert.True(misses.Length == 0, string.Join('\n', misses));
    }

    private static string? Miss(JsonObject vector)
    {
        var (sent, errors) = BuildConfigReader.Parse("FILE", vector["text"]!.GetValue<string>());
        if (vector["build"] is { } build)
        {
            return JsonNode.DeepEquals(sent, build) ? null : $"{vector["id"]}: expected {build.ToJsonString()}, got {sent?.ToJsonString()} {errors.FirstOrDefault()?.Message}";
        }

        var (type, message) = (vector["error_type"]!.GetValue<string>(), vector["error"]!.GetValue<string>());
        // What gcloud says of YAML itself is worded otherwise here; all else is its very text.
        var same = errors.Length > 0 && errors[0].Type == type && (type != "ParseProtoException" && type != "InvalidBuildConfigException" || errors[0].Message == message);
        return same ? null : $"{vector["id"]}: expected {type} '{message}', got {errors.FirstOrDefault()?.Type} '{errors.FirstOrDefault()?.Message}'";
    }
}

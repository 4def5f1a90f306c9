using System.Text.Json.Nodes;
using MlOps.Core.Images;

namespace MlOps.LocalCloud.Tests.Kfp;

public sealed class KfpTests(TestCloud cloud) : IClassFixture<TestCloud>
{
    private const string Repositories = "/v1/projects/local/locations/us-central1/repositories";

    [Fact]
    public async Task An_upload_answers_with_the_package_and_the_digest_of_the_bytes()
    {
        var pipeline = KfpCalls.Pipeline("training");
        var answer = (await cloud.UploadAsync("up", pipeline, "v1,latest", ("description", "first"))).Ok();
        Assert.Equal($"training/{Digest.Of(pipeline)}", answer.Text);
        Assert.Equal(pipeline, (await cloud.GetAsync($"/kfp/us-central1/local/up/training/{Digest.Of(pipeline)}")).Ok().Text);
        Assert.Equal(pipeline, (await cloud.GetAsync("/kfp/us-central1/local/up/training/latest")).Ok().Text);
        Assert.Equal("KFP", (await cloud.GetAsync($"{Repositories}/up")).Ok()["format"]);
    }

    [Fact]
    public async Task A_YAML_pipeline_with_a_platform_document_is_taken()
    {
        var answer = (await cloud.UploadAsync("yaml", "# PIPELINE\npipelineInfo:\n  name: from-yaml\nroot: {}\n---\nplatforms: {}\n")).Ok();
        Assert.StartsWith("from-yaml/sha256:", answer.Text);
    }

    [Fact]
    public async Task The_same_bytes_are_one_version_and_tags_move()
    {
        var (first, second) = (KfpCalls.Pipeline("p"), KfpCalls.Pipeline("p", ", \"sdkVersion\": \"x\""));
        var once = (await cloud.UploadAsync("same", first, "latest")).Ok().Text;
        Assert.Equal(once, (await cloud.UploadAsync("same", first)).Ok().Text);
        (await cloud.UploadAsync("same", second, "latest")).Ok();
        var versions = (await cloud.GetAsync($"{Repositories}/same/packages/p/versions?view=FULL")).Ok().Json["versions"]!.AsArray();
        Assert.Equal(2, versions.Count);
        var tagged = Assert.Single(versions, version => version!["relatedTags"] is not null)!;
        Assert.EndsWith($"/versions/{Digest.Of(second)}", tagged["name"]!.ToString());
        Assert.Equal(second, (await cloud.GetAsync("/kfp/us-central1/local/same/p/latest")).Ok().Text);
    }

    [Theory]
    [InlineData("""{"root": {}}""", "no pipelineInfo.name")]
    [InlineData("""[1, 2]""", "no pipelineInfo.name")]
    [InlineData("a: b: c", "neither JSON nor YAML")]
    [InlineData("""{"pipelineInfo": {"name": "Not Valid"}}""", "'Not Valid' is not valid")]
    public async Task What_is_no_pipeline_is_refused_with_the_reason(string content, string reason)
    {
        var answer = await cloud.UploadAsync("bad", content);
        Assert.Equal(400, answer.Status);
        Assert.Equal("INVALID_ARGUMENT", answer.Json["error"]!["status"]!.ToString());
        Assert.Contains(reason, answer.Json["error"]!["message"]!.ToString());
    }

    [Fact]
    public async Task A_form_without_a_file_and_a_tag_that_is_none_are_refused()
    {
        Assert.Equal(400, (await cloud.PostAsync("/kfp/us-central1/local/bad", "{}")).Status);
        Assert.Equal(400, (await cloud.SendAsync(HttpMethod.Post, "/kfp/us-central1/local/bad", new MultipartFormDataContent { { new StringContent("v1"), "tags" } })).Status);
        Assert.Equal(400, (await cloud.UploadAsync("bad", KfpCalls.Pipeline("p"), "sha256:abc")).Status);
    }

    [Fact]
    public async Task What_is_not_there_is_not_found()
    {
        (await cloud.UploadAsync("there", KfpCalls.Pipeline("p"))).Ok();
        Assert.Equal(404, (await cloud.GetAsync("/kfp/us-central1/local/there/p/nope")).Status);
        Assert.Equal(404, (await cloud.GetAsync($"/kfp/us-central1/local/there/other/{Digest.Of("x")}")).Status);
        Assert.Equal(404, (await cloud.GetAsync($"/kfp/us-central1/local/not-there/p/{Digest.Of("x")}")).Status);
    }

    /// <summary>The paths and bodies that the KFP SDK's registry client uses where the host is not Google's.</summary>
    [Fact]
    public async Task The_SDKs_paths_for_other_hosts_list_tag_and_delete()
    {
        const string Host = "/kfp/us-central1/local/sdk";
        var version = (await cloud.UploadAsync("sdk", KfpCalls.Pipeline("p"), "v1")).Ok().Text["p/".Length..];
        Assert.Single((await cloud.GetAsync($"{Host}/packages")).Ok().Json["packages"]!.AsArray());
        Assert.EndsWith("/packages/p", (await cloud.GetAsync($"{Host}/packages/p")).Ok()["name"]);
        Assert.EndsWith("/tags/v1", (await cloud.GetAsync($"{Host}/packages/p/versions/{version}")).Ok().Json["relatedTags"]![0]!["name"]!.ToString());
        Assert.Single((await cloud.GetAsync($"{Host}/packages/p/versions")).Ok().Json["versions"]!.AsArray());
        var body = $$"""{"name": "", "version": "packages/p/versions/{{version}}"}""";
        Assert.EndsWith($"/packages/p/versions/{version}", (await cloud.PostAsync($"{Host}/packages/p/tags?tagId=v2", body)).Ok()["version"]);
        Assert.EndsWith("/tags/v2", (await cloud.SendAsync(HttpMethod.Patch, $"{Host}/packages/p/tags/v2?updateMask=version", TestCloud.Json(body))).Ok()["name"]);
        Assert.Equal(["v1", "v2"], (await cloud.GetAsync($"{Host}/packages/p/tags")).Ok().Json["tags"]!.AsArray().Select(tag => tag!["name"]!.ToString().Split('/')[^1]));
        Assert.Equal("{}", (await cloud.SendAsync(HttpMethod.Delete, $"{Host}/packages/p/tags/v2")).Ok().Text.Replace(" ", "", StringComparison.Ordinal));
        Assert.Equal(404, (await cloud.GetAsync($"{Host}/packages/p/tags/v2")).Status);
        Assert.Equal("true", (await cloud.SendAsync(HttpMethod.Delete, $"{Host}/packages/p")).Ok()["done"]);
        Assert.Equal(404, (await cloud.GetAsync($"{Host}/packages/p")).Status);
    }

    [Fact]
    public async Task A_repository_of_images_takes_no_pipelines()
    {
        (await cloud.PostAsync($"{Repositories}?repositoryId=images", """{"format": "DOCKER"}""")).Ok();
        var answer = await cloud.UploadAsync("images", KfpCalls.Pipeline("p"));
        Assert.Contains("not of format KFP", JsonNode.Parse(answer.Body)!["error"]!["message"]!.ToString());
    }
}

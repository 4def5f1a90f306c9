using Google.Cloud.ArtifactRegistry.V1;
using Grpc.Core;
using MlOps.LocalCloud.Tests.Kfp;
using Api = Google.Cloud.ArtifactRegistry.V1.ArtifactRegistry;

namespace MlOps.LocalCloud.Tests.ArtifactRegistry;

public sealed class PackageTests(TestCloud cloud) : IClassFixture<TestCloud>
{
    private Api.ArtifactRegistryClient Client => new(cloud.Grpc);

    [Fact]
    public async Task Tags_show_in_the_full_view_only()
    {
        var (package, version) = await UploadedAsync("view", "v1");
        Assert.Empty((await Client.GetVersionAsync(new() { Name = $"{package}/versions/{version}" }, cancellationToken: TestCloud.Cancel)).RelatedTags);
        var full = await Client.GetVersionAsync(new() { Name = $"{package}/versions/{version}", View = VersionView.Full }, cancellationToken: TestCloud.Cancel);
        Assert.Equal($"{package}/tags/v1", Assert.Single(full.RelatedTags).Name);
        Assert.Equal("v1", (await cloud.GetAsync($"/v1/{package}/versions/{version}?view=FULL")).Ok().Json["relatedTags"]![0]!["name"]!.ToString().Split('/')[^1]);
    }

    [Fact]
    public async Task A_tag_is_made_moved_listed_and_deleted()
    {
        var (package, first) = await UploadedAsync("tags");
        var second = (await cloud.UploadAsync("tags", KfpCalls.Pipeline("p", ", \"more\": 1"))).Ok().Text["p/".Length..];
        var made = await Client.CreateTagAsync(new() { Parent = package, TagId = "prod", Tag = new() { Version = $"{package}/versions/{first}" } }, cancellationToken: TestCloud.Cancel);
        Assert.Equal($"{package}/tags/prod", made.Name);
        Assert.Equal(StatusCode.AlreadyExists, await StatusAsync(async () => await Client.CreateTagAsync(new() { Parent = package, TagId = "prod", Tag = new() { Version = made.Version } }, cancellationToken: TestCloud.Cancel)));
        made.Version = $"{package}/versions/{second}";
        await Client.UpdateTagAsync(new() { Tag = made, UpdateMask = new() { Paths = { "version" } } }, cancellationToken: TestCloud.Cancel);
        Assert.Equal(made, await Client.GetTagAsync(new() { Name = made.Name }, cancellationToken: TestCloud.Cancel));
        var listed = await Client.ListTagsAsync(new() { Parent = package, Filter = $"version=\"{made.Version}\"" }, cancellationToken: TestCloud.Cancel);
        Assert.Equal(made, Assert.Single(listed.Tags));
        await Client.DeleteTagAsync(new() { Name = made.Name }, cancellationToken: TestCloud.Cancel);
        Assert.Equal(StatusCode.NotFound, await StatusAsync(async () => await Client.GetTagAsync(new() { Name = made.Name }, cancellationToken: TestCloud.Cancel)));
    }

    [Fact]
    public async Task A_tag_names_a_version_that_is_there_and_of_its_package()
    {
        var (package, version) = await UploadedAsync("strict");
        await cloud.UploadAsync("strict", KfpCalls.Pipeline("other"));
        Assert.Equal(StatusCode.NotFound, await StatusAsync(async () => await Client.CreateTagAsync(new() { Parent = package, TagId = "t", Tag = new() { Version = $"{package}/versions/sha256:0" } }, cancellationToken: TestCloud.Cancel)));
        Assert.Equal(StatusCode.InvalidArgument, await StatusAsync(async () => await Client.CreateTagAsync(new() { Parent = $"{package[..^1]}other", TagId = "t", Tag = new() { Version = $"{package}/versions/{version}" } }, cancellationToken: TestCloud.Cancel)));
        Assert.Equal(StatusCode.InvalidArgument, await StatusAsync(async () => await Client.CreateTagAsync(new() { Parent = package, TagId = "sha256:0", Tag = new() { Version = $"{package}/versions/{version}" } }, cancellationToken: TestCloud.Cancel)));
    }

    [Fact]
    public async Task A_tagged_version_goes_only_by_force()
    {
        var (package, version) = await UploadedAsync("force", "v1");
        var name = $"{package}/versions/{version}";
        Assert.Equal(StatusCode.FailedPrecondition, await StatusAsync(async () => await Client.DeleteVersionAsync(new() { Name = name }, cancellationToken: TestCloud.Cancel)));
        Assert.Equal(StatusCode.FailedPrecondition, await StatusAsync(async () => await Client.BatchDeleteVersionsAsync(new() { Parent = package, Names = { name } }, cancellationToken: TestCloud.Cancel)));
        Assert.Equal("true", (await cloud.SendAsync(HttpMethod.Delete, $"/v1/{name}?force=true")).Ok()["done"]);
        Assert.Equal(404, (await cloud.GetAsync($"/v1/{name}")).Status);
    }

    [Fact]
    public async Task Versions_are_deleted_together_over_REST()
    {
        var (package, version) = await UploadedAsync("batch");
        var done = (await cloud.PostAsync($"/v1/{package}/versions:batchDelete", $$"""{"names": ["{{package}}/versions/{{version}}"]}""")).Ok().Json;
        Assert.Equal("type.googleapis.com/google.devtools.artifactregistry.v1.BatchDeleteVersionsMetadata", done["metadata"]!["@type"]!.ToString());
        Assert.Equal("type.googleapis.com/google.protobuf.Empty", done["response"]!["@type"]!.ToString());
        Assert.Equal(404, (await cloud.GetAsync($"/v1/{package}")).Status);
    }

    [Fact]
    public async Task Annotations_are_kept()
    {
        var (package, version) = await UploadedAsync("notes");
        var path = $"/v1/{package}/versions/{version}?updateMask=annotations";
        var changed = (await cloud.SendAsync(HttpMethod.Patch, path, TestCloud.Json("""{"annotations": {"release": "abc"}}"""))).Ok();
        Assert.Equal("abc", changed.Json["annotations"]!["release"]!.ToString());
        Assert.Equal("abc", (await cloud.GetAsync($"/v1/{package}/versions/{version}")).Ok().Json["annotations"]!["release"]!.ToString());
    }

    [Fact]
    public async Task A_restart_keeps_versions_and_tags()
    {
        var (package, version) = await UploadedAsync("kept", "v1");
        await cloud.RestartAsync();
        Assert.EndsWith(version, (await cloud.GetAsync($"/v1/{package}/tags/v1")).Ok()["version"]);
    }

    private static async Task<StatusCode> StatusAsync(Func<Task> call) => (await Assert.ThrowsAsync<RpcException>(call)).StatusCode;

    private async Task<(string Package, string Version)> UploadedAsync(string repository, string? tags = null)
    {
        var answer = (await cloud.UploadAsync(repository, KfpCalls.Pipeline("p"), tags)).Ok().Text;
        return ($"projects/local/locations/us-central1/repositories/{repository}/packages/p", answer["p/".Length..]);
    }
}

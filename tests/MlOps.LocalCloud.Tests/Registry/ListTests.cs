using MlOps.Core.Images;
using MlOps.Google.Registry;

namespace MlOps.LocalCloud.Tests.Registry;

public sealed class ListTests(TestCloud cloud) : IClassFixture<TestCloud>
{
    [Fact]
    public async Task Tags_are_sorted_and_paged_by_Link()
    {
        const string Name = "us-central1/local/tags/i";
        var manifest = await cloud.ImageAsync(Name, "1");
        foreach (var tag in new[] { "c", "a", "B", "d" })
        {
            await cloud.PutManifestAsync(Name, tag, manifest);
        }

        var first = (await cloud.GetAsync($"/v2/{Name}/tags/list?n=3")).Ok();
        Assert.Equal("""["B","a","c"]""", first.Json["tags"]!.ToJsonString());
        Assert.Equal($"</v2/{Name}/tags/list?n=3&last=c>; rel=\"next\"", first.Headers["Link"]);
        var second = (await cloud.GetAsync($"/v2/{Name}/tags/list?n=3&last=c")).Ok();
        Assert.Equal("""["d"]""", second.Json["tags"]!.ToJsonString());
        Assert.False(second.Headers.ContainsKey("Link"));
        Assert.Equal("NAME_UNKNOWN", (await cloud.GetAsync("/v2/us-central1/local/tags/other/tags/list")).Code());
    }

    [Fact]
    public async Task The_catalog_lists_images_by_path()
    {
        await cloud.PushAsync("us-central1/local/catalog/b", "v1", "1");
        await cloud.PushAsync("us-central1/local/catalog/a", "v1", "1");
        var names = (await cloud.GetAsync("/v2/_catalog")).Ok().Json["repositories"]!.AsArray().Select(name => name!.ToString()).ToList();
        Assert.Equal(names.Order(StringComparer.Ordinal), names);
        Assert.Contains("us-central1/local/catalog/a", names);
    }

    [Fact]
    public async Task Statements_about_an_image_are_its_referrers()
    {
        const string Name = "us-central1/local/about/i";
        var image = await cloud.PushAsync(Name, "v1", "subject");
        var path = $"/v2/{Name}/referrers/{image.Digest}";
        var none = (await cloud.GetAsync(path)).Ok();
        Assert.Equal((MediaTypes.OciIndex, "[]"), (none.Headers["Content-Type"], none.Json["manifests"]!.ToJsonString()));
        var statement = await StatementAsync(Name, image, "application/vnd.in-toto+json");
        await StatementAsync(Name, image, "application/vnd.other");
        Assert.Equal(2, (await cloud.GetAsync(path)).Ok().Json["manifests"]!.AsArray().Count);
        var filtered = (await cloud.GetAsync(path + "?artifactType=application/vnd.in-toto%2Bjson")).Ok();
        Assert.Equal("artifactType", filtered.Headers["OCI-Filters-Applied"]);
        var found = Assert.Single(filtered.Json["manifests"]!.AsArray())!;
        Assert.Equal((statement.Digest.ToString(), "application/vnd.in-toto+json", "x"), (found["digest"]!.ToString(), found["artifactType"]!.ToString(), found["annotations"]!["note"]!.ToString()));
        Assert.Equal($"{statement.Content.Length}", found["size"]!.ToString());
    }

    [Fact]
    public async Task The_subject_need_not_be_there_and_is_told_back()
    {
        const string Name = "us-central1/local/early/i";
        var missing = Digest.Of("not yet pushed");
        var manifest = await cloud.ImageAsync(Name, "early", with: document => document with { Subject = new(MediaTypes.OciManifest, missing, 14) });
        var put = await cloud.PutManifestAsync(Name, manifest.Digest.ToString(), manifest);
        Assert.Equal((201, missing.ToString()), (put.Status, put.Headers["OCI-Subject"]));
        var found = Assert.Single((await cloud.GetAsync($"/v2/{Name}/referrers/{missing}")).Ok().Json["manifests"]!.AsArray())!;
        Assert.Equal("application/vnd.oci.image.config.v1+json", found["artifactType"]!.ToString());
    }

    private async Task<Manifest> StatementAsync(string name, Manifest subject, string artifactType)
    {
        var empty = await cloud.PushBlobAsync(name, "{}", MediaTypes.OciEmpty);
        var document = new ManifestDocument
        {
            ArtifactType = artifactType,
            Config = empty,
            Layers = [empty],
            Subject = new(subject.MediaType, subject.Digest, subject.Content.Length),
            Annotations = new Dictionary<string, string> { ["note"] = "x" },
        };
        var manifest = document.Written(MediaTypes.OciManifest);
        var put = await cloud.PutManifestAsync(name, manifest.Digest.ToString(), manifest);
        Assert.Equal((201, subject.Digest.ToString()), (put.Status, put.Headers["OCI-Subject"]));
        return manifest;
    }
}

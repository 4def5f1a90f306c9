using System.Text;
using MlOps.Core.Images;
using MlOps.Google.Registry;

namespace MlOps.LocalCloud.Tests.Registry;

public sealed class ManifestTests(TestCloud cloud) : IClassFixture<TestCloud>
{
    private const string Name = "us-central1/local/ml/train";

    [Theory]
    [InlineData(MediaTypes.OciManifest)]
    [InlineData(MediaTypes.DockerManifest)]
    public async Task What_is_pushed_by_tag_is_read_by_tag_and_digest_byte_for_byte(string type)
    {
        var manifest = await cloud.PushAsync(Name, "v1", "layer " + type, type);
        foreach (var reference in new[] { "v1", manifest.Digest.ToString() })
        {
            var got = (await cloud.GetAsync($"/v2/{Name}/manifests/{reference}")).Ok();
            Assert.Equal(manifest.Content.ToArray(), got.Body);
            Assert.Equal((type, manifest.Digest.ToString()), (got.Headers["Content-Type"], got.Headers["Docker-Content-Digest"]));
            var head = (await cloud.SendAsync(HttpMethod.Head, $"/v2/{Name}/manifests/{reference}")).Ok();
            Assert.Equal(($"{manifest.Content.Length}", 0), (head.Headers["Content-Length"], head.Body.Length));
        }
    }

    [Fact]
    public async Task A_layer_that_is_elsewhere_need_not_be_here()
    {
        var foreign = new Descriptor("application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", Digest.Of("not here"), 8);
        var manifest = await cloud.ImageAsync(Name, "with foreign", MediaTypes.DockerManifest, document => document with { Layers = [.. document.Layers!, foreign with { Urls = ["https://layers.example/1"] }] });
        Assert.Equal(201, (await cloud.PutManifestAsync(Name, "foreign", manifest)).Status);
        Assert.Equal(manifest.Content.ToArray(), (await cloud.GetAsync($"/v2/{Name}/manifests/foreign")).Ok().Body);
    }

    [Fact]
    public async Task An_image_shows_in_Artifact_Registry()
    {
        const string Image = "us-central1/local/shown/nested/train";
        var manifest = await cloud.PushAsync(Image, "v1", "shown");
        await cloud.PutManifestAsync(Image, "v2", manifest);
        var listed = Assert.Single((await cloud.GetAsync("/v1/projects/local/locations/us-central1/repositories/shown/dockerImages")).Ok().Json["dockerImages"]!.AsArray())!;
        Assert.Equal($"us-central1-docker.pkg.dev/local/shown/nested/train@{manifest.Digest}", listed["uri"]!.ToString());
        Assert.Equal($"projects/local/locations/us-central1/repositories/shown/dockerImages/nested%2Ftrain@{manifest.Digest}", listed["name"]!.ToString());
        Assert.Equal(["v1", "v2"], listed["tags"]!.AsArray().Select(tag => tag!.ToString()));
        var document = manifest.Parse();
        Assert.Equal($"{document.Config!.Size + document.Layers![0].Size}", listed["imageSizeBytes"]!.ToString());
        Assert.Equal((MediaTypes.OciManifest, "2024-05-06T07:08:09Z"), (listed["mediaType"]!.ToString(), listed["buildTime"]!.ToString()));
        Assert.Equal(listed.ToJsonString(), (await cloud.GetAsync("/v1/" + listed["name"])).Ok().Json.ToJsonString());
        var package = (await cloud.GetAsync("/v1/projects/local/locations/us-central1/repositories/shown/packages/nested%2Ftrain")).Ok();
        Assert.EndsWith("/packages/nested%2Ftrain", package["name"]);
    }

    [Fact]
    public async Task An_index_is_taken_once_its_images_are_there()
    {
        var child = await cloud.ImageAsync(Name, "of an index");
        var index = Index(child.Digest, child.Content.Length);
        var refused = await cloud.PutManifestAsync(Name, "multi", index);
        Assert.Equal((404, "MANIFEST_BLOB_UNKNOWN"), (refused.Status, refused.Code()));
        Assert.Equal(201, (await cloud.PutManifestAsync(Name, child.Digest.ToString(), child)).Status);
        Assert.Equal(201, (await cloud.PutManifestAsync(Name, "multi", index)).Status);
        var image = (await cloud.GetAsync($"/v1/projects/local/locations/us-central1/repositories/ml/dockerImages/train@{index.Digest}")).Ok().Json;
        Assert.Equal("arm64", image["imageManifests"]![0]!["architecture"]!.ToString());
    }

    [Fact]
    public async Task An_image_whose_blobs_are_missing_is_refused()
    {
        var document = new ManifestDocument { Config = new("application/vnd.oci.image.config.v1+json", Digest.Of("nowhere"), 7), Layers = [] };
        var refused = await cloud.PutManifestAsync(Name, "broken", document.Written(MediaTypes.OciManifest));
        Assert.Equal("MANIFEST_BLOB_UNKNOWN", refused.Code());
        Assert.Contains(Digest.Of("nowhere").ToString(), refused.Text);
        Assert.Equal(404, (await cloud.GetAsync($"/v2/{Name}/manifests/broken")).Status);
    }

    [Theory]
    [InlineData("-tag", "TAG_INVALID")]
    [InlineData("sha256:00", "DIGEST_INVALID")]
    public async Task A_reference_that_is_none_is_refused(string reference, string code)
    {
        var refused = await cloud.PutManifestAsync(Name, reference, await cloud.ImageAsync(Name, "x"));
        Assert.Equal((400, code), (refused.Status, refused.Code()));
    }

    [Fact]
    public async Task A_digest_that_is_not_the_bodys_is_refused() =>
        Assert.Equal("DIGEST_INVALID", (await cloud.PutManifestAsync(Name, Digest.Of("other").ToString(), await cloud.ImageAsync(Name, "x"))).Code());

    [Theory]
    [InlineData("application/json", """{"schemaVersion": 2}""", "is none of")]
    [InlineData(MediaTypes.OciManifest, "not json", "is not one")]
    [InlineData(MediaTypes.OciManifest, """{"schemaVersion": 1}""", "schemaVersion is 1")]
    [InlineData(MediaTypes.OciManifest, """{"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": []}""", "but the manifest's mediaType is")]
    [InlineData(MediaTypes.OciManifest, """{"schemaVersion": 2, "manifests": []}""", "has a config and layers")]
    [InlineData(MediaTypes.OciIndex, """{"schemaVersion": 2, "layers": []}""", "An index has manifests")]
    public async Task A_body_that_is_no_manifest_is_refused(string type, string body, string reason)
    {
        var refused = await cloud.PutManifestAsync(Name, "bad", new Manifest(type, Encoding.UTF8.GetBytes(body)));
        Assert.Equal((400, "MANIFEST_INVALID"), (refused.Status, refused.Code()));
        Assert.Contains(reason, refused.Json["errors"]![0]!["message"]!.ToString());
    }

    [Fact]
    public async Task A_tag_moves_unless_its_repository_has_immutable_tags()
    {
        const string Image = "us-central1/local/moving/i";
        var (first, second) = (await cloud.PushAsync(Image, "latest", "1"), await cloud.PushAsync(Image, "latest", "2"));
        Assert.Equal(second.Digest.ToString(), (await cloud.GetAsync($"/v2/{Image}/manifests/latest")).Ok().Headers["Docker-Content-Digest"]);
        var path = "/v1/projects/local/locations/us-central1/repositories/moving?updateMask=dockerConfig";
        (await cloud.SendAsync(HttpMethod.Patch, path, TestCloud.Json("""{"dockerConfig": {"immutableTags": true}}"""))).Ok();
        var refused = await cloud.PutManifestAsync(Image, "latest", first);
        Assert.Equal((400, "MANIFEST_INVALID"), (refused.Status, refused.Code()));
        Assert.Contains("tag immutability", refused.Text);
        Assert.Equal(201, (await cloud.PutManifestAsync(Image, "latest", second)).Status);
        Assert.Equal(201, (await cloud.PutManifestAsync(Image, "another", first)).Status);
        Assert.Equal(400, (await cloud.SendAsync(HttpMethod.Delete, $"/v2/{Image}/manifests/latest")).Status);
        Assert.Equal(400, (await cloud.SendAsync(HttpMethod.Delete, $"/v2/{Image}/manifests/{second.Digest}")).Status);
        var tag = "/v1/projects/local/locations/us-central1/repositories/moving/packages/i/tags/latest";
        Assert.Equal((400, "FAILED_PRECONDITION"), await Refusal(cloud.SendAsync(HttpMethod.Delete, tag)));
        var body = $$"""{"version": "projects/local/locations/us-central1/repositories/moving/packages/i/versions/{{first.Digest}}"}""";
        Assert.Equal((400, "FAILED_PRECONDITION"), await Refusal(cloud.SendAsync(HttpMethod.Patch, tag + "?updateMask=version", TestCloud.Json(body))));
    }

    [Fact]
    public async Task A_deleted_tag_leaves_the_image_and_a_deleted_image_no_tag()
    {
        const string Image = "us-central1/local/deleting/i";
        var manifest = await cloud.PushAsync(Image, "a", "1");
        await cloud.PutManifestAsync(Image, "b", manifest);
        Assert.Equal(202, (await cloud.SendAsync(HttpMethod.Delete, $"/v2/{Image}/manifests/a")).Status);
        Assert.Equal("MANIFEST_UNKNOWN", (await cloud.GetAsync($"/v2/{Image}/manifests/a")).Code());
        (await cloud.GetAsync($"/v2/{Image}/manifests/{manifest.Digest}")).Ok();
        Assert.Equal(202, (await cloud.SendAsync(HttpMethod.Delete, $"/v2/{Image}/manifests/{manifest.Digest}")).Status);
        Assert.Equal(404, (await cloud.GetAsync($"/v2/{Image}/manifests/b")).Status);
        Assert.Equal(404, (await cloud.SendAsync(HttpMethod.Delete, $"/v2/{Image}/manifests/{manifest.Digest}")).Status);
    }

    [Fact]
    public async Task Many_pushes_of_one_tag_at_once_end_with_one_of_them()
    {
        const string Image = "us-central1/local/racing/i";
        var manifests = await Task.WhenAll(Enumerable.Range(0, 12).Select(number => cloud.ImageAsync(Image, $"{number}")));
        var answers = await Task.WhenAll(manifests.Select(manifest => cloud.PutManifestAsync(Image, "latest", manifest)));
        Assert.All(answers, answer => Assert.Equal(201, answer.Status));
        var last = (await cloud.GetAsync($"/v2/{Image}/manifests/latest")).Ok();
        Assert.Contains(last.Headers["Docker-Content-Digest"], manifests.Select(manifest => manifest.Digest.ToString()));
    }

    [Fact]
    public async Task Of_many_pushes_of_one_immutable_tag_one_is_taken()
    {
        const string Image = "us-central1/local/racing-immutable/i";
        (await cloud.PostAsync("/v1/projects/local/locations/us-central1/repositories?repositoryId=racing-immutable", """{"format": "DOCKER", "dockerConfig": {"immutableTags": true}}""")).Ok();
        var manifests = await Task.WhenAll(Enumerable.Range(0, 12).Select(number => cloud.ImageAsync(Image, $"{number}")));
        var answers = await Task.WhenAll(manifests.Select(manifest => cloud.PutManifestAsync(Image, "v1", manifest)));
        var winner = Assert.Single(answers, answer => answer.Status == 201);
        Assert.Equal(winner.Headers["Docker-Content-Digest"], (await cloud.GetAsync($"/v2/{Image}/manifests/v1")).Ok().Headers["Docker-Content-Digest"]);
    }

    [Theory]
    [InlineData("busybox", 404, "NAME_UNKNOWN")]
    [InlineData("us-central1/local/ml", 404, "NAME_UNKNOWN")]
    [InlineData("us-central1/local/ml/Upper", 400, "NAME_INVALID")]
    [InlineData("us-central1/local/ml/a..b", 400, "NAME_INVALID")]
    public async Task A_name_that_Artifact_Registry_cannot_have_is_refused(string name, int status, string code)
    {
        var refused = await cloud.SendAsync(HttpMethod.Post, $"/v2/{name}/blobs/uploads/");
        Assert.Equal((status, code), (refused.Status, refused.Code()));
    }

    [Fact]
    public async Task An_image_of_gcr_io_is_kept_in_the_repository_of_that_name()
    {
        var manifest = await cloud.PushAsync("gcr.io/local/old", "v1", "gcr");
        var image = Assert.Single((await cloud.GetAsync("/v1/projects/local/locations/us/repositories/gcr.io/dockerImages")).Ok().Json["dockerImages"]!.AsArray())!;
        Assert.Equal($"gcr.io/local/old@{manifest.Digest}", image["uri"]!.ToString());
    }

    private static Manifest Index(Digest child, long size) => new ManifestDocument
    {
        Manifests = [new Descriptor(MediaTypes.OciManifest, child, size) { Platform = new("arm64", "linux") }],
    }.Written(MediaTypes.OciIndex);

    private static async Task<(int, string)> Refusal(Task<Answer> call)
    {
        var answer = await call;
        return (answer.Status, answer.Json["error"]!["status"]!.ToString());
    }
}

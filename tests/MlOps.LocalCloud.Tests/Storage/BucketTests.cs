namespace MlOps.LocalCloud.Tests.Storage;

public sealed class BucketTests(TestCloud cloud) : IClassFixture<TestCloud>
{
    [Fact]
    public async Task A_bucket_is_made_found_listed_and_deleted()
    {
        var made = (await cloud.PostAsync("/storage/v1/b?project=mine", """{"name": "models-1", "location": "EU"}""")).Ok();
        Assert.Equal(("storage#bucket", "models-1", "EU"), (made["kind"], made["name"], made["location"]));
        Assert.Equal("models-1", (await cloud.GetAsync("/storage/v1/b/models-1")).Ok()["name"]);
        Assert.Equal("models-1", (await cloud.GetAsync("/storage/v1/b?project=mine&prefix=mod")).Ok().Json["items"]![0]!["name"]!.ToString());
        Assert.Empty((await cloud.GetAsync("/storage/v1/b?project=other")).Ok().Json["items"]!.AsArray());
        Assert.Equal(204, (await cloud.SendAsync(HttpMethod.Delete, "/storage/v1/b/models-1")).Status);
        Assert.Equal(404, (await cloud.GetAsync("/storage/v1/b/models-1")).Status);
    }

    [Fact]
    public async Task A_bucket_that_is_not_there_is_answered_as_Google_does()
    {
        var answer = await cloud.GetAsync("/storage/v1/b/nowhere/o");
        Assert.Equal(404, answer.Status);
        Assert.Equal("404", answer.Json["error"]!["code"]!.ToString());
        Assert.Equal("The specified bucket does not exist: nowhere", answer.Json["error"]!["message"]!.ToString());
        Assert.Equal("notFound", answer.Json["error"]!["errors"]![0]!["reason"]!.ToString());
    }

    [Theory]
    [InlineData("..")]
    [InlineData("Upper")]
    [InlineData("a/b")]
    [InlineData(".uploads")]
    [InlineData("x")]
    public async Task A_name_that_no_bucket_can_have_is_refused(string name) =>
        Assert.Equal(400, (await cloud.PostAsync("/storage/v1/b?project=p", $$"""{"name": "{{name}}"}""")).Status);

    [Fact]
    public async Task A_bucket_is_not_made_twice_nor_deleted_full()
    {
        var bucket = await cloud.BucketAsync();
        Assert.Equal(409, (await cloud.PostAsync("/storage/v1/b?project=p", $$"""{"name": "{{bucket}}"}""")).Status);
        (await cloud.PutAsync(bucket, "a", "1")).Ok();
        Assert.Equal(409, (await cloud.SendAsync(HttpMethod.Delete, $"/storage/v1/b/{bucket}")).Status);
    }

    [Fact]
    public async Task What_is_not_implemented_says_so()
    {
        var bucket = await cloud.BucketAsync();
        var answer = await cloud.GetAsync($"/storage/v1/b/{bucket}/iam");
        Assert.Equal(501, answer.Status);
        Assert.Contains("buckets and objects", answer.Json["error"]!["message"]!.ToString());
    }

    [Fact]
    public async Task Labels_are_patched_and_the_metageneration_counts()
    {
        var bucket = await cloud.BucketAsync();
        var patched = (await cloud.SendAsync(HttpMethod.Patch, $"/storage/v1/b/{bucket}?ifMetagenerationMatch=1", TestCloud.Json("""{"labels": {"team": "ml"}}"""))).Ok();
        Assert.Equal(("2", "ml"), (patched["metageneration"], patched.Json["labels"]!["team"]!.ToString()));
        Assert.Equal(412, (await cloud.SendAsync(HttpMethod.Patch, $"/storage/v1/b/{bucket}?ifMetagenerationMatch=1", TestCloud.Json("{}"))).Status);
    }
}

using System.Globalization;

namespace MlOps.LocalCloud.Tests.Storage;

public sealed class PreconditionTests(TestCloud cloud) : IClassFixture<TestCloud>
{
    [Fact]
    public async Task Generation_0_means_that_there_is_none_yet()
    {
        var bucket = await cloud.BucketAsync();
        (await cloud.PutAsync(bucket, "o", "first", "&ifGenerationMatch=0")).Ok();
        var refused = await cloud.PutAsync(bucket, "o", "second", "&ifGenerationMatch=0");
        Assert.Equal((412, "conditionNotMet"), (refused.Status, refused.Json["error"]!["errors"]![0]!["reason"]!.ToString()));
        Assert.Equal("first", (await cloud.ReadAsync(bucket, "o")).Text);
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(cloud.StorageFolder, ".uploads")));
    }

    [Fact]
    public async Task A_write_happens_only_over_the_generation_that_was_read()
    {
        var bucket = await cloud.BucketAsync();
        var first = (await cloud.PutAsync(bucket, "o", "1")).Ok()["generation"];
        var second = (await cloud.PutAsync(bucket, "o", "2", $"&ifGenerationMatch={first}")).Ok()["generation"];
        Assert.True(long.Parse(second!, CultureInfo.InvariantCulture) > long.Parse(first!, CultureInfo.InvariantCulture));
        Assert.Equal(412, (await cloud.PutAsync(bucket, "o", "3", $"&ifGenerationMatch={first}")).Status);
        Assert.Equal(412, (await cloud.PutAsync(bucket, "o", "3", $"&ifGenerationNotMatch={second}")).Status);
        Assert.Equal(412, (await cloud.PutAsync(bucket, "o", "3", "&ifMetagenerationMatch=2")).Status);
        Assert.Equal(412, (await cloud.PutAsync(bucket, "missing", "3", "&ifMetagenerationMatch=1")).Status);
        Assert.Equal(400, (await cloud.PutAsync(bucket, "o", "3", "&ifGenerationMatch=x")).Status);
        (await cloud.PutAsync(bucket, "o", "3", "&ifMetagenerationMatch=1")).Ok();
    }

    [Fact]
    public async Task Reads_and_deletes_are_conditional_too()
    {
        var bucket = await cloud.BucketAsync();
        var generation = (await cloud.PutAsync(bucket, "o", "1")).Ok()["generation"];
        var path = StorageCalls.ObjectPath(bucket, "o");
        Assert.Equal(304, (await cloud.GetAsync($"{path}?alt=media&ifGenerationNotMatch={generation}")).Status);
        Assert.Equal(304, (await cloud.GetAsync($"{path}?ifMetagenerationNotMatch=1")).Status);
        Assert.Equal(412, (await cloud.GetAsync($"{path}?ifGenerationMatch=1")).Status);
        Assert.Equal(404, (await cloud.GetAsync($"{path}?generation=1")).Status);
        Assert.Equal(412, (await cloud.SendAsync(HttpMethod.Delete, $"{path}?ifGenerationMatch=1")).Status);
        Assert.Equal(404, (await cloud.SendAsync(HttpMethod.Delete, $"{path}?generation=1")).Status);
        Assert.Equal(204, (await cloud.SendAsync(HttpMethod.Delete, $"{path}?ifGenerationMatch={generation}")).Status);
    }

    [Fact]
    public async Task Many_writers_that_compare_and_swap_lose_no_count()
    {
        const int Writers = 16, Each = 12;
        var bucket = await cloud.BucketAsync();
        await cloud.PutAsync(bucket, "counter", "1000");
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(async _ =>
        {
            for (var done = 0; done < Each;)
            {
                var read = (await cloud.ReadAsync(bucket, "counter")).Ok();
                var next = int.Parse(read.Text, CultureInfo.InvariantCulture) + 1;
                var written = await cloud.PutAsync(bucket, "counter", $"{next}", $"&ifGenerationMatch={read.Headers["x-goog-generation"]}");
                Assert.True(written.Status is 200 or 412, written.Text);
                done += written.Status == 200 ? 1 : 0;
            }
        }));
        Assert.Equal($"{1000 + (Writers * Each)}", (await cloud.ReadAsync(bucket, "counter")).Text);
    }

    [Fact]
    public async Task One_of_many_creators_wins()
    {
        var bucket = await cloud.BucketAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(writer => cloud.PutAsync(bucket, "lease", $"{writer}", "&ifGenerationMatch=0")));
        var winner = Assert.Single(answers, answer => answer.Status == 200);
        Assert.Equal(39, answers.Count(answer => answer.Status == 412));
        Assert.Equal(winner["generation"], (await cloud.GetAsync(StorageCalls.ObjectPath(bucket, "lease"))).Ok()["generation"]);
    }
}

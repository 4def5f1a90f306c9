namespace MlOps.LocalCloud.Tests.Storage;

public sealed class ListTests(TestCloud cloud) : IClassFixture<TestCloud>
{
    private static readonly string[] Names = ["a.txt", "dir/1", "dir/2", "dir/sub/3", "dir2/4", "z"];

    [Fact]
    public async Task Names_come_in_the_order_of_their_bytes()
    {
        var bucket = await FilledAsync();
        foreach (var name in new[] { "É", "~", "😀", "\uFF5E" })
        {
            await cloud.PutAsync(bucket, name, "");
        }

        string[] sorted = [.. Names, "~", "É", "\uFF5E", "😀"];
        Assert.Equal(sorted, await cloud.NamesAsync(bucket));
    }

    [Fact]
    public async Task A_delimiter_groups_names_into_prefixes()
    {
        var bucket = await FilledAsync();
        var top = (await cloud.GetAsync($"/storage/v1/b/{bucket}/o?delimiter=/")).Ok().Json;
        Assert.Equal(["a.txt", "z"], top["items"]!.AsArray().Select(item => item!["name"]!.ToString()));
        Assert.Equal(["dir/", "dir2/"], top["prefixes"]!.AsArray().Select(prefix => prefix!.ToString()));
        var below = (await cloud.GetAsync($"/storage/v1/b/{bucket}/o?delimiter=/&prefix=dir/")).Ok().Json;
        Assert.Equal(["dir/1", "dir/2"], below["items"]!.AsArray().Select(item => item!["name"]!.ToString()));
        Assert.Equal(["dir/sub/"], below["prefixes"]!.AsArray().Select(prefix => prefix!.ToString()));
        Assert.Equal(["dir/1", "dir/2", "dir/sub/3", "dir2/4"], await cloud.NamesAsync(bucket, "prefix=dir"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("&delimiter=/")]
    [InlineData("&prefix=dir")]
    [InlineData("&prefix=dir&delimiter=/")]
    public async Task Pages_of_any_size_hold_what_one_page_holds(string parameters)
    {
        var bucket = await FilledAsync();
        var whole = await PagesAsync(bucket, 1000, parameters);
        for (var size = 1; size <= 4; size++)
        {
            Assert.Equal(whole, await PagesAsync(bucket, size, parameters));
        }
    }

    [Fact]
    public async Task A_page_token_that_no_list_gave_is_refused() =>
        Assert.Equal(400, (await cloud.GetAsync($"/storage/v1/b/{await FilledAsync()}/o?pageToken=%21")).Status);

    [Fact]
    public async Task Offsets_bound_a_list() =>
        Assert.Equal(["dir/2", "dir/sub/3"], await cloud.NamesAsync(await FilledAsync(), "startOffset=dir/2&endOffset=dir2"));

    [Fact]
    public async Task A_file_that_somebody_put_there_is_an_object_with_checksums()
    {
        var bucket = await FilledAsync();
        var path = Path.Combine(cloud.StorageFolder, bucket, "job", "task", "model.bin");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllTextAsync(path, "123456789", TestCloud.Cancel);
        Assert.Equal(["job/task/model.bin"], await cloud.NamesAsync(bucket, "prefix=job/"));
        var first = (await cloud.GetAsync(StorageCalls.ObjectPath(bucket, "job/task/model.bin"))).Ok();
        Assert.Equal(("4waSgw==", "9"), (first["crc32c"], first["size"]));
        await File.WriteAllTextAsync(path, "changed by hand", TestCloud.Cancel);
        var changed = (await cloud.GetAsync(StorageCalls.ObjectPath(bucket, "job/task/model.bin"))).Ok();
        Assert.NotEqual(first["generation"], changed["generation"]);
        Assert.Equal("changed by hand", (await cloud.ReadAsync(bucket, "job/task/model.bin")).Text);
        File.Delete(path);
        Assert.Empty(await cloud.NamesAsync(bucket, "prefix=job/"));
    }

    [Fact]
    public async Task A_folder_that_somebody_made_is_a_bucket()
    {
        Directory.CreateDirectory(Path.Combine(cloud.StorageFolder, "by-hand"));
        await File.WriteAllTextAsync(Path.Combine(cloud.StorageFolder, "by-hand", "x"), "1", TestCloud.Cancel);
        Assert.Equal(["x"], await cloud.NamesAsync("by-hand"));
    }

    private async Task<List<string>> PagesAsync(string bucket, int size, string parameters)
    {
        List<string> found = [];
        string? token = "";
        while (token is not null)
        {
            var page = (await cloud.GetAsync($"/storage/v1/b/{bucket}/o?maxResults={size}{parameters}&pageToken={token}")).Ok().Json;
            var names = (page["items"]?.AsArray() ?? []).Select(item => item!["name"]!.ToString()).Concat((page["prefixes"]?.AsArray() ?? []).Select(prefix => prefix!.ToString())).ToList();
            Assert.InRange(names.Count, 0, size);
            found.AddRange(names);
            token = page["nextPageToken"]?.ToString();
        }

        return [.. found.Order(StringComparer.Ordinal)];
    }

    private async Task<string> FilledAsync()
    {
        var bucket = await cloud.BucketAsync();
        foreach (var name in Names.Reverse())
        {
            (await cloud.PutAsync(bucket, name, name)).Ok();
        }

        return bucket;
    }
}

using MlOps.Core.Images;
using MlOps.Google.Registry;
using MlOps.Google.Tests.Servers;

namespace MlOps.Google.Tests.Registry.Copy;

/// <summary>What a copy brings, in which order, and what it leaves alone; registries in memory that take only what is right to the byte.</summary>
public sealed class ImageCopyTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task An_index_is_copied_with_its_images_and_what_refers_to_them(bool sourceKnowsReferrers, bool targetKnowsReferrers)
    {
        await using var source = await TestRegistry.StartAsync(new TestRegistry { KnowsReferrers = sourceKnowsReferrers });
        await using var target = await TestRegistry.StartAsync(new TestRegistry { KnowsReferrers = targetKnowsReferrers });
        var (client, sample) = (Clients.Registry(), new SampleIndex());
        var pinned = await sample.PushAsync(client, source.Image("p/r/i"));

        var result = await ImageCopy.RunAsync(client, Clients.Registry(), pinned, target.Image("q/i"), CopyOptions.Default, Cancel);
        await sample.AssertAtAsync(client, target.Image("q/i"));
        Assert.Equal(new CopyResult(target.Image("q/i").Pinned(sample.Index.Digest), 6, 0, 3, 0, 0, 5, 1, sample.Blobs.Sum(blob => blob.Length)), result);
        Assert.Equal(sample.Blobs.Count, target["q/i"].Blobs.Count);
    }

    [Fact]
    public async Task Nothing_is_there_before_what_it_refers_to_and_tags_come_last()
    {
        await using var source = await TestRegistry.StartAsync();
        await using var target = await TestRegistry.StartAsync();
        var (client, sample) = (Clients.Registry(), new SampleIndex());
        var pinned = await sample.PushAsync(client, source.Image("p/r/i"));
        await ImageCopy.RunAsync(client, client, pinned, target.Image("p/r/i").Pinned(sample.Index.Digest), CopyOptions.Default with { Tags = ["v1", "live"] }, Cancel);

        // The registry refuses manifests whose blobs or children are missing; what is left to see is what comes after the index.
        string[] puts = [.. target.Server.Requests.Where(request => request.Method == "PUT" && request.Path.Contains("/manifests/", StringComparison.Ordinal)).Select(request => request.Path.Split('/')[^1])];
        Assert.Equal(sample.Children.Select(child => child.Digest.ToString()).Order(StringComparer.Ordinal), puts[..2].Order(StringComparer.Ordinal));
        Assert.Equal(sample.Index.Digest.ToString(), puts[2]);
        Assert.Equal(sample.Referrers[2].Digest.ToString(), puts[5]);
        Assert.Equal(["live", "v1"], puts[6..].Order(StringComparer.Ordinal));
        Assert.Equal(sample.Index.Digest.ToString(), target["p/r/i"].Tags["live"]);
    }

    [Fact]
    public async Task What_is_there_is_seen_by_one_question_to_each()
    {
        await using var source = await TestRegistry.StartAsync();
        await using var target = await TestRegistry.StartAsync();
        var client = Clients.Registry();
        var (image, blobs) = Content.Image();
        var pinned = await Content.PushAsync(client, source.Image("p/r/i"), image, blobs);
        await ImageCopy.RunAsync(client, client, pinned, target.Image("p/r/i"), CopyOptions.Default, Cancel);
        var (asked, told) = (source.Server.Requests.Count, target.Server.Requests.Count);

        var again = await ImageCopy.RunAsync(client, client, pinned, target.Image("p/r/i"), CopyOptions.Default with { Tags = [] }, Cancel);
        Assert.True(again.IsNothing);
        Assert.Equal((1, 0, 0L), (again.ManifestsThere, again.BlobsThere, again.BytesSent));
        Assert.Equal($"GET /v2/p/r/i/referrers/{image.Digest}", Assert.Single(source.Server.Requests.Skip(asked)).ToString());
        Assert.Equal($"HEAD /v2/p/r/i/manifests/{image.Digest}", Assert.Single(target.Server.Requests.Skip(told)).ToString());
    }

    [Fact]
    public async Task Without_referrers_the_source_is_not_asked_at_all_where_nothing_is_missing()
    {
        await using var source = await TestRegistry.StartAsync();
        await using var target = await TestRegistry.StartAsync();
        var (client, sample) = (Clients.Registry(), new SampleIndex());
        var pinned = await sample.PushAsync(client, source.Image("p/r/i"));
        var bare = CopyOptions.Default with { Referrers = false };
        Assert.Equal((3, 0), await CountAsync(bare));
        Assert.Equal(3, target["p/r/i"].Manifests.Count);
        var asked = source.Server.Requests.Count;
        Assert.Equal((0, 0), await CountAsync(bare));
        Assert.Equal(asked, source.Server.Requests.Count);

        // They follow when they are asked for.
        Assert.Equal((3, 3), await CountAsync(CopyOptions.Default));
        await sample.AssertAtAsync(client, target.Image("p/r/i"));

        async Task<(int Manifests, int Referrers)> CountAsync(CopyOptions options)
        {
            var result = await ImageCopy.RunAsync(client, client, pinned, target.Image("p/r/i"), options, Cancel);
            return (result.Manifests, result.Referrers);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_statement_that_came_later_is_all_that_is_copied(bool knowsReferrers)
    {
        await using var source = await TestRegistry.StartAsync();
        await using var target = await TestRegistry.StartAsync(new TestRegistry { KnowsReferrers = knowsReferrers });
        var (client, sample) = (Clients.Registry(), new SampleIndex());
        var pinned = await sample.PushAsync(client, source.Image("p/r/i"));
        await ImageCopy.RunAsync(client, client, pinned, target.Image("p/r/i"), CopyOptions.Default, Cancel);
        var later = Content.Statement(sample.Children[1], "application/vnd.mlops.later");
        await client.PutManifestAsync(pinned.Pinned(later.Digest), later, Cancel);

        var result = await ImageCopy.RunAsync(client, client, pinned, target.Image("p/r/i"), CopyOptions.Default, Cancel);
        Assert.Equal((1, 1, 6, 1, 0L), (result.Manifests, result.Referrers, result.ManifestsThere, result.BlobsThere, result.BytesSent));
        Assert.Equal(later.Digest, Assert.Single(await client.ReferrersAsync(target.Image("p/r/i").Pinned(sample.Children[1].Digest), null, Cancel)).Digest);
    }

    [Fact]
    public async Task Many_statements_about_one_image_are_all_listed_where_the_client_keeps_the_list()
    {
        await using var source = await TestRegistry.StartAsync();
        await using var target = await TestRegistry.StartAsync(new TestRegistry { KnowsReferrers = false });
        var client = Clients.Registry();
        var (image, blobs) = Content.Image();
        var pinned = await Content.PushAsync(client, source.Image("p/r/i"), image, [.. blobs, "{}"u8.ToArray()]);
        foreach (var number in Enumerable.Range(0, 20))
        {
            await client.PutManifestAsync(source.Image("p/r/i"), Content.Statement(image, $"application/vnd.mlops.{number}"), Cancel);
        }

        Assert.Equal(20, (await ImageCopy.RunAsync(client, client, pinned, target.Image("p/r/i"), CopyOptions.Default, Cancel)).Referrers);
        Assert.Equal(20, (await client.ReferrersAsync(target.Image("p/r/i").Pinned(image.Digest), null, Cancel)).Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Within_one_registry_blobs_are_mounted_and_else_sent(bool mounts)
    {
        await using var registry = await TestRegistry.StartAsync(new TestRegistry { Mounts = mounts });
        var (client, sample) = (Clients.Registry(), new SampleIndex());
        var pinned = await sample.PushAsync(client, registry.Image("p/dev/i"));
        var result = await ImageCopy.RunAsync(client, client, pinned, registry.Image("p/prod/i"), CopyOptions.Default with { AtOnce = 1 }, Cancel);
        await sample.AssertAtAsync(client, registry.Image("p/prod/i"));
        Assert.Equal(mounts ? (5, 0, 0) : (0, 5, sample.Blobs.Sum(blob => blob.Length)), (result.BlobsMounted, result.BlobsCopied, result.BytesSent));

        // A registry that did not want to once is not asked again.
        Assert.Equal(mounts ? 5 : 1, registry.Server.Requests.Count(request => request.Query.Contains("mount=", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task How_far_it_is_is_told()
    {
        await using var source = await TestRegistry.StartAsync();
        await using var target = await TestRegistry.StartAsync();
        var client = Clients.Registry();
        var (image, blobs) = Content.Image(layerSize: 9_000_000);
        var pinned = await Content.PushAsync(client, source.Image("p/r/i"), image, blobs);
        var told = new List<CopyProgress>();
        await ImageCopy.RunAsync(client, client, pinned, target.Image("p/r/i"), CopyOptions.Default with { Progress = new Listener(told) }, Cancel);
        var all = blobs.Sum(blob => blob.Length);
        Assert.Equal(new CopyProgress(2, 2, all, all), told[^1]);
        Assert.Contains(told, one => one.BytesDone is > 4_000_000 and < 9_000_000);
        Assert.Equal(told.Select(one => one.BytesDone).Order(), told.Select(one => one.BytesDone));
    }

    [Fact]
    public async Task Only_what_is_pinned_is_copied_and_only_to_itself()
    {
        var (client, image) = (Clients.Registry(), ImageReference.Parse("127.0.0.1:1/p/r/i"));
        var pinned = image.Pinned(Digest.Of("x"));
        await Assert.ThrowsAsync<ArgumentException>(() => ImageCopy.RunAsync(client, client, image.WithTag("v1"), image, CopyOptions.Default, Cancel));
        await Assert.ThrowsAsync<ArgumentException>(() => ImageCopy.RunAsync(client, client, pinned, image.Pinned(Digest.Of("y")), CopyOptions.Default, Cancel));
        await Assert.ThrowsAsync<ArgumentException>(() => ImageCopy.RunAsync(client, client, pinned, image.WithTag("v1"), CopyOptions.Default, Cancel));
    }

    private sealed class Listener(List<CopyProgress> told) : IProgress<CopyProgress>
    {
        public void Report(CopyProgress value)
        {
            lock (told)
            {
                told.Add(value);
            }
        }
    }
}

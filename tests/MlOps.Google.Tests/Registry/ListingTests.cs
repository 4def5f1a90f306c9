using MlOps.Core.Images;
using MlOps.Google.Errors;
using MlOps.Google.Registry;
using MlOps.Google.Tests.Servers;

namespace MlOps.Google.Tests.Registry;

public sealed class ListingTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Tags_are_listed_over_all_pages()
    {
        await using var registry = await TestRegistry.StartAsync(new TestRegistry { PageSize = 10 });
        var names = Enumerable.Range(0, 35).Select(number => $"v{number:000}").ToArray();
        foreach (var name in names)
        {
            registry["p/r/i"].Tags[name] = "sha256:";
        }

        Assert.Equal(names, await Clients.Registry().TagsAsync(registry.Image("p/r/i"), Cancel).ToListAsync(Cancel));
        Assert.Equal(4, registry.Server.Requests.Count);
    }

    [Fact]
    public async Task An_unknown_repository_has_no_tags()
    {
        await using var registry = await TestRegistry.StartAsync();
        Assert.Empty(await Clients.Registry().TagsAsync(registry.Image("p/r/unknown"), Cancel).ToListAsync(Cancel));
    }

    [Fact]
    public async Task A_next_page_at_a_private_address_is_not_read()
    {
        await using var registry = await TestRegistry.StartAsync(new TestRegistry { PageSize = 1, Elsewhere = new Uri("http://10.0.0.1/") });
        registry["p/r/i"].Tags["a"] = registry["p/r/i"].Tags["b"] = "sha256:";
        var error = await Assert.ThrowsAsync<CloudException>(async () => await Clients.Registry().TagsAsync(registry.Image("p/r/i"), Cancel).ToListAsync(Cancel));
        Assert.Contains("a next page to http://10.0.0.1", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Statements_about_an_image_are_found_by_its_digest(bool knowsReferrers)
    {
        await using var registry = await TestRegistry.StartAsync(new TestRegistry { KnowsReferrers = knowsReferrers });
        var client = Clients.Registry();
        var (image, blobs) = Content.Image();
        var pinned = await Content.PushAsync(client, registry.Image("p/r/i:v1"), image, blobs);
        Assert.Empty(await client.ReferrersAsync(pinned, null, Cancel));

        var (release, report) = (Content.Statement(image, "application/vnd.mlops.release"), Content.Statement(image, "application/vnd.mlops.report"));
        foreach (var statement in new[] { release, report, report })
        {
            await Content.PushAsync(client, registry.Image("p/r/i"), statement, "{}"u8.ToArray());
        }

        Assert.Equal([.. new[] { release.Digest, report.Digest }.OrderBy(digest => digest.Hex)], (await client.ReferrersAsync(pinned, null, Cancel)).Select(one => one.Digest).OrderBy(digest => digest.Hex));
        var found = Assert.Single(await client.ReferrersAsync(pinned, "application/vnd.mlops.release", Cancel));
        Assert.Equal((release.Digest, (long)release.Content.Length, MediaTypes.OciManifest), (found.Digest, found.Size, found.MediaType));
        Assert.Equal(!knowsReferrers, registry["p/r/i"].Tags.ContainsKey($"sha256-{image.Digest.Hex}"));
    }

    [Fact]
    public async Task Statements_may_come_before_the_image()
    {
        await using var registry = await TestRegistry.StartAsync(new TestRegistry { KnowsReferrers = false });
        var client = Clients.Registry();
        var (image, _) = Content.Image();
        await Content.PushAsync(client, registry.Image("p/r/i"), Content.Statement(image, "x/y"), "{}"u8.ToArray());
        Assert.Single(await client.ReferrersAsync(registry.Image("p/r/i").Pinned(image.Digest), null, Cancel));
    }

    [Fact]
    public async Task Referrers_are_asked_for_by_digest_only() =>
        await Assert.ThrowsAsync<ArgumentException>(() => Clients.Registry().ReferrersAsync(ImageReference.Parse("gcr.io/p/i:v1"), null, Cancel));
}

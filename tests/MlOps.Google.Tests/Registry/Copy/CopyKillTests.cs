using MlOps.Core.Images;
using MlOps.Google.Registry;
using MlOps.Google.Tests.LocalCloud;
using MlOps.Google.Tests.Servers;

namespace MlOps.Google.Tests.Registry.Copy;

/// <summary>A copy is killed at each of its requests in turn; run again, it ends as one that was not, and sends no blob again that had arrived.</summary>
public sealed class CopyKillTests(TwoClouds clouds)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("before", true)]
    [InlineData("after", true)]
    [InlineData("middle", true)]
    [InlineData("before", false)]
    [InlineData("after", false)]
    public async Task An_index_with_referrers_killed_anywhere(string when, bool knowsReferrers)
    {
        await using var source = await TestRegistry.StartAsync(new TestRegistry { KnowsReferrers = knowsReferrers });
        await using var target = await TestRegistry.StartAsync(new TestRegistry { KnowsReferrers = knowsReferrers });
        var sample = new SampleIndex(layerSize: 1_100_000);
        var pinned = await sample.PushAsync(Clients.Registry(), source.Image("p/r/i"));
        Task CopyAsync(string name, CancellationToken cancel) => ImageCopy.RunAsync(Clients.Registry(), Clients.Registry(), pinned, target.Image(name), CopyOptions.Default with { Tags = ["v1"] }, cancel);
        await CopyAsync("whole", Cancel);

        var kills = await KillEachAsync(when, source.Server, target.Server, async (name, cancel) =>
        {
            await CopyAsync(name, cancel);
            Assert.Equal(target["whole"].Manifests.Keys.Order(StringComparer.Ordinal), target[name].Manifests.Keys.Order(StringComparer.Ordinal));
            Assert.Equal(target["whole"].Tags.OrderBy(tag => tag.Key, StringComparer.Ordinal), target[name].Tags.OrderBy(tag => tag.Key, StringComparer.Ordinal));
            Assert.Equal(target["whole"].Commits.OrderBy(blob => blob.Key, StringComparer.Ordinal), target[name].Commits.OrderBy(blob => blob.Key, StringComparer.Ordinal));
        });
        Assert.InRange(kills, 45, 90);
        await sample.AssertAtAsync(Clients.Registry(), target.Image("k7"));
    }

    /// <summary>After a request is as before the next one.</summary>
    [Fact]
    public async Task An_image_between_real_registries_killed_anywhere()
    {
        await clouds.StartedAsync();
        await using var source = await RegistryProxy.StartAsync(clouds.Source.Endpoint.Http!);
        await using var target = await RegistryProxy.StartAsync(clouds.Target.Endpoint.Http!);
        var (image, blobs) = Content.Image(layerSize: 1_200_000);
        var name = ImageReference.Parse("us-central1-docker.pkg.dev/local/source/image");
        var pinned = await Content.PushAsync(source.Client(), name, image, [.. blobs, "{}"u8.ToArray()]);
        var report = Content.Statement(image, "application/vnd.mlops.report");
        await source.Client().PutManifestAsync(name, report, Cancel);

        var kills = await KillEachAsync("after", source.Server, target.Server, async (folder, cancel) =>
        {
            var there = ImageReference.Parse($"us-central1-docker.pkg.dev/local/killed-{folder}/image");
            await ImageCopy.RunAsync(source.Client(), target.Client(), pinned, there, CopyOptions.Default, cancel);
            var seen = target.Client();
            Assert.Equal(image.Digest, (await seen.GetManifestAsync(there.Pinned(image.Digest), Cancel)).Digest);
            Assert.Equal(report.Digest, Assert.Single(await seen.ReferrersAsync(there.Pinned(image.Digest), null, Cancel)).Digest);
            Assert.Equal(blobs[1], await seen.ReadBlobAsync(there, image.Parse().Layers![0], Cancel));
        });
        Assert.InRange(kills, 15, 30);

        // Each of the three blobs once for each target: what was committed before a kill was not sent after it.
        Assert.All(target.Commits.CountBy(digest => digest), blob => Assert.Equal(kills + 1, blob.Value));
        Assert.Equal(3, target.Commits.Distinct().Count());
    }

    /// <summary>Kills the copy at its first request, then the next one at its second, and so on until one ends by itself; each is run again.</summary>
    /// <param name="copyAsync">Copies to a repository of this name and looks at what is there.</param>
    private static async Task<int> KillEachAsync(string when, TestServer source, TestServer target, Func<string, CancellationToken, Task> copyAsync)
    {
        for (var kill = 1; ; kill++)
        {
            using var client = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
            var (at, seen) = (kill, 0);
            foreach (var server in new[] { source, target })
            {
                server.Next(_ => Interlocked.Increment(ref seen) == at, Fault.Kill(when, client));
            }

            try
            {
                await copyAsync($"k{kill}", client.Token);
                return kill - 1;
            }
            catch (OperationCanceledException) when (client.IsCancellationRequested && !Cancel.IsCancellationRequested)
            {
                await Task.WhenAll(source.IdleAsync(), target.IdleAsync());
            }

            await copyAsync($"k{kill}", Cancel);
        }
    }
}

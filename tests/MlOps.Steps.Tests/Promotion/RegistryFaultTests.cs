using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using MlOps.Core.Problems;
using MlOps.Google.Registry;
using MlOps.Steps.Build;

namespace MlOps.Steps.Tests.Promotion;

/// <summary>Registries that do not play along while a release is promoted; what the client does of each alone is tested in MlOps.Google.Tests.</summary>
public sealed class RegistryFaultTests(PromotionLab lab) : IClassFixture<PromotionLab>
{
    private static CancellationToken Cancel => PromotionLab.Cancel;

    public static TheoryData<string> Passing => ["500", "429", "dropped", "slow"];

    [Theory]
    [MemberData(nameof(Passing))]
    public async Task What_passes_is_waited_for(string fault)
    {
        var asked = new ConcurrentDictionary<string, bool>(StringComparer.Ordinal);
        using var repo = lab.Repo(registries: true);
        var release = await repo.DeliverAsync(1);
        var staging = $"/v2/us-central1/{repo.Place("staging").Environment.Project}/ml/train/";
        var proxy = await lab.ProxyAsync(answer: async context =>
        {
            // Each call of one place once: the first upload, the first manifest.
            var path = context.Request.Path.Value!;
            if (!path.StartsWith(staging, StringComparison.Ordinal) || context.Request.Method is not ("PUT" or "POST") || !asked.TryAdd(path[..path.LastIndexOf('/')], true))
            {
                return false;
            }

            switch (fault)
            {
                case "dropped":
                    context.Abort();
                    return true;
                case "slow":
                    await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, context.RequestAborted);
                    return false;
                default:
                    context.Response.StatusCode = int.Parse(fault, System.Globalization.CultureInfo.InvariantCulture);
                    context.Response.Headers.RetryAfter = "0";
                    return true;
            }
        });
        Assert.Equal(release.Id, (await repo.PromoteAsync(release, "staging", proxy.Endpoint)).Release);
        Assert.NotEmpty(asked);
        var image = ComponentImage.Of(repo.Place("staging").Environment, "train").Pinned(release.Components["train"]);
        Assert.Equal(release.Components["train"], (await new RegistryClient(lab.Endpoint).GetManifestAsync(image, Cancel)).Digest);
    }

    [Fact]
    public async Task A_wrong_answer_for_a_digest_is_refused_and_the_promotion_can_be_run_again()
    {
        using var repo = lab.Repo(registries: true);
        var release = await repo.DeliverAsync(1);
        var dev = $"/v2/us-central1/{repo.Place("dev").Environment.Project}/ml/train/manifests/{release.Components["train"]}";
        var proxy = await lab.ProxyAsync(answer: async context =>
        {
            if (!HttpMethods.IsGet(context.Request.Method) || context.Request.Path.Value != dev)
            {
                return false;
            }

            context.Response.ContentType = "application/vnd.oci.image.manifest.v1+json";
            await context.Response.WriteAsync("""{"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json", "layers": []}""", context.RequestAborted);
            return true;
        });
        var fault = await Assert.ThrowsAnyAsync<StepFailedException>(() => repo.PromoteAsync(release, "staging", proxy.Endpoint));
        Assert.Contains(release.Components["train"].ToString(), fault.Message, StringComparison.Ordinal);
        var state = await repo.StateAsync("staging");
        Assert.Equal((null, null), (state.Current, state.Unfinished));
        Assert.Equal(release.Id, (await repo.PromoteAsync(release, "staging")).Release);
    }

    [Fact]
    public async Task A_registry_that_stays_broken_fails_the_promotion_and_says_so_in_the_ledger()
    {
        using var repo = lab.Repo(registries: true);
        var release = await repo.DeliverAsync(1);
        var staging = $"/v2/us-central1/{repo.Place("staging").Environment.Project}/";
        var proxy = await lab.ProxyAsync(answer: context =>
        {
            context.Response.StatusCode = 403;
            return Task.FromResult(context.Request.Path.Value!.StartsWith(staging, StringComparison.Ordinal) && context.Request.Method == "POST");
        });
        await Assert.ThrowsAnyAsync<StepFailedException>(() => repo.PromoteAsync(release, "staging", proxy.Endpoint));
        var entries = (await repo.Ledger("staging").ReadAsync(Cancel)).Entries;
        Assert.Equal(["Promote Started", "Promote Failed"], entries.Select(entry => $"{entry.Action} {entry.State}"));
        Assert.Equal((1, true), (entries[1].Began, entries[1].Why!.Contains("403", StringComparison.Ordinal)));
    }
}

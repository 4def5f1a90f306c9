using MlOps.Containers;
using MlOps.Core.Images;
using MlOps.Google;
using MlOps.Steps.Build;

namespace MlOps.Steps.Tests.Build;

/// <summary>Two workers must come to one fingerprint, whatever their engines hold.</summary>
public sealed class BaseIdentitiesTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_registry_is_asked_first_then_the_engine_that_pulled_and_else_the_name_is_all_there_is()
    {
        await using var lab = await DeliveryLab.StartAsync();
        await using var engine = await ContainerEngine.ConnectAsync(Cancel);
        var image = ImageReference.Parse($"{lab.Images}/base").WithTag("1");
        var name = EngineName.Of(lab.Endpoint, image);
        var digest = await EnginePush.RunAsync(engine, lab.Endpoint, DeliveryLab.BaseImage, image, null, Cancel);

        // An empty engine: the registry knows.
        Assert.Equal(digest, (await ResolveAsync(name)).Digest);

        // The registry is gone: the engine that pulled it knows.
        await engine.Images.PullAsync(name, null, null, Cancel);
        await lab.StopRegistryAsync();
        Assert.Equal(new BaseIdentity(name.ToString(), digest, Pullable: false), await ResolveAsync(name));

        // Nobody knows; what was built or loaded under the name says nothing.
        await lab.RemoveImagesAsync();
        await engine.Images.TagAsync(DeliveryLab.BaseImage, name, Cancel);
        Assert.Equal(name.ToString(), (await ResolveAsync(name)).ToString());
    }

    [Fact]
    public async Task A_pinned_base_is_what_it_says_without_asking_anybody()
    {
        var pinned = ImageReference.Parse("registry.invalid/base").Pinned(Digest.Of("x"));
        Assert.Equal(Digest.Of("x"), (await ResolveAsync(pinned)).Digest);
    }

    private static async Task<BaseIdentity> ResolveAsync(ImageReference name) =>
        (await BaseIdentities.ResolveAsync(GcpEndpoint.Google, [name.ToString()], Cancel))[name.ToString()];
}

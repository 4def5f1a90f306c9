using MlOps.Core.Problems;

namespace MlOps.Containers.Tests;

public sealed class ContainerEngineTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("unix:///nowhere/docker.sock")]
    [InlineData("tcp://127.0.0.1:9")]
    public async Task An_engine_that_does_not_answer_is_named_with_how_to_start_it(string address)
    {
        var error = await Assert.ThrowsAsync<MachineLacksException>(() => ContainerEngine.ConnectAsync(address, Cancel));

        Assert.Contains(address, error.What);
        Assert.Contains("dockerd", error.Remedy);
    }

    [Fact]
    public async Task An_address_that_is_none_is_the_users_error()
    {
        var error = await Assert.ThrowsAsync<InvalidInputException>(() => ContainerEngine.ConnectAsync("not an address", Cancel));

        Assert.Equal("bad-docker-host", Assert.Single(error.Problems).Code);
    }

    [Fact]
    public async Task The_engines_version_is_known_on_connecting()
    {
        await using var engine = await TestEngine.ConnectAsync();

        Assert.True(engine.Version.Api >= new Version(1, 24), engine.Version.ToString());
        Assert.NotEmpty(engine.Version.Engine);
    }

    [Fact]
    public async Task What_carries_a_label_is_removed_and_nothing_else()
    {
        await using var engine = await TestEngine.ConnectAsync(TestEngine.Busybox);
        var (mine, others) = ($"mine-{Guid.NewGuid():N}", $"others-{Guid.NewGuid():N}");
        var removed = await engine.Containers.CreateAsync(new(TestEngine.Busybox) { Labels = TestEngine.Labelled(mine) }, Cancel);
        var kept = await engine.Containers.CreateAsync(new(TestEngine.Busybox) { Labels = TestEngine.Labelled(others) }, Cancel);
        await engine.Volumes.CreateAsync(mine, TestEngine.Labelled(mine), Cancel);
        await engine.Networks.EnsureAsync(mine, TestEngine.Labelled(mine), Cancel);

        await engine.RemoveLabelledAsync(TestEngine.Label, mine, Cancel);

        Assert.Null(await engine.Containers.InspectAsync(removed, Cancel));
        Assert.NotNull(await engine.Containers.InspectAsync(kept, Cancel));
        var volumes = await engine.Client.Volumes.ListAsync(Cancel);
        Assert.DoesNotContain(volumes.Volumes ?? [], volume => volume.Name == mine);
        Assert.DoesNotContain(await engine.Client.Networks.ListNetworksAsync(cancellationToken: Cancel), network => network.Name == mine);
        await engine.RemoveLabelledAsync(TestEngine.Label, others, Cancel);
    }

    [Fact]
    public async Task A_network_is_made_once_and_its_gateway_told()
    {
        await using var engine = await TestEngine.ConnectAsync();
        var name = $"mlops-test-{Guid.NewGuid():N}";
        try
        {
            var first = await engine.Networks.EnsureAsync(name, TestEngine.Labelled(name), Cancel);
            var second = await engine.Networks.EnsureAsync(name, TestEngine.Labelled(name), Cancel);

            Assert.True(System.Net.IPAddress.TryParse(first, out _), first);
            Assert.Equal(first, second);
        }
        finally
        {
            await engine.RemoveLabelledAsync(TestEngine.Label, name, Cancel);
        }
    }
}

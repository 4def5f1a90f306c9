using MlOps.LocalCloud.Hosting;
using MlOps.Testing;

namespace MlOps.LocalCloud.Tests.Hosting;

public sealed class CloudHostTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private LocalCloudOptions Options => new(Path.Combine(_folder.Path, "cloud"));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_restart_keeps_the_id_and_both_ports()
    {
        await using var first = await CloudHost.StartAsync(Options, Cancel);
        await first.DisposeAsync();
        await using var second = await CloudHost.StartAsync(Options, Cancel);
        Assert.Equal((first.Instance, first.Http, first.Grpc), (second.Instance, second.Http, second.Grpc));
    }

    [Fact]
    public async Task A_second_start_on_the_same_state_says_where_the_owner_is()
    {
        await using var owner = await CloudHost.StartAsync(Options, Cancel);
        var refusal = await Assert.ThrowsAsync<LocalCloudOwnedException>(() => CloudHost.StartAsync(Options, Cancel));
        Assert.Equal(new LocalCloudOwner(owner.Instance, Environment.ProcessId, owner.Http, owner.Grpc), refusal.Owner);
        Assert.Equal(refusal.Owner, LocalCloudOwner.Find(Options.StateFolder));
    }

    [Fact]
    public async Task A_file_that_a_dead_owner_left_names_no_owner()
    {
        var owner = await CloudHost.StartAsync(Options, Cancel);
        var left = await File.ReadAllTextAsync(Path.Combine(Options.StateFolder, "cloud.lock"), Cancel);
        await owner.DisposeAsync();
        await File.WriteAllTextAsync(Path.Combine(Options.StateFolder, "cloud.lock"), left, Cancel);
        Assert.Null(LocalCloudOwner.Find(Options.StateFolder));
    }

    [Fact]
    public async Task Two_clouds_run_side_by_side()
    {
        await using var one = await CloudHost.StartAsync(Options, Cancel);
        await using var two = await CloudHost.StartAsync(new(Path.Combine(_folder.Path, "other")), Cancel);
        Assert.NotEqual(one.Instance, two.Instance);
        Assert.Equal(4, new[] { one.Http, one.Grpc, two.Http, two.Grpc }.Distinct().Count());
    }

    [Fact]
    public async Task Sessions_that_begin_together_share_one_cloud()
    {
        var sessions = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => CloudSession.JoinOrStartAsync(Options, Cancel)));
        Assert.Single(sessions, session => session.IsOwner);
        Assert.Single(sessions.Select(session => session.Owner).Distinct());
        await Task.WhenAll(sessions.Select(session => session.DisposeAsync().AsTask()));
        Assert.Null(LocalCloudOwner.Find(Options.StateFolder));
    }

    [Fact]
    public async Task An_owner_that_ends_waits_for_its_guests()
    {
        var owner = await CloudSession.JoinOrStartAsync(Options, Cancel);
        var guest = await CloudSession.JoinOrStartAsync(Options, Cancel);
        var ending = owner.DisposeAsync().AsTask();
        Assert.False(ending.IsCompleted);
        using var http = new HttpClient();
        (await http.GetAsync(new Uri(guest.Owner.Http, "/mlops/cloud"), Cancel)).EnsureSuccessStatusCode();
        await guest.DisposeAsync();
        await ending;
        await Assert.ThrowsAsync<HttpRequestException>(() => http.GetAsync(guest.Owner.Http, Cancel));
    }

    [Fact]
    public async Task An_owner_that_is_told_to_stop_does_not_wait()
    {
        var owner = await CloudSession.JoinOrStartAsync(Options, Cancel);
        await using var guest = await CloudSession.JoinOrStartAsync(Options, Cancel);
        await owner.StopAsync();
        Assert.Null(LocalCloudOwner.Find(Options.StateFolder));
        using var http = new HttpClient();
        await Assert.ThrowsAsync<HttpRequestException>(() => http.GetAsync(guest.Owner.Http, Cancel));
    }
}

using MlOps.Core.Problems;
using MlOps.Google;
using MlOps.Steps.Ledger;
using MlOps.Steps.Tests.Promotion;

namespace MlOps.Steps.Tests.Ledger;

/// <summary>Actors with a build have no process that could be seen to have ended: theirs is what another machine's lease looks like.</summary>
public sealed class LeaseTests(PromotionLab lab) : IClassFixture<PromotionLab>
{
    private static readonly Actor Ann = new("ann", "projects/p/locations/l/builds/1");
    private static readonly Actor Bob = new("bob", "projects/p/locations/l/builds/2");
    private readonly PromotionRepo _repo = lab.Repo();

    private static CancellationToken Cancel => PromotionLab.Cancel;

    private LeaseStore Store(TimeProvider? time = null, GcpEndpoint? endpoint = null) => new(_repo.Place("dev", endpoint), _repo.Name, time ?? TimeProvider.System);

    private static Task<Lease> TakeAsync(LeaseStore store, Actor actor, List<string>? waits = null) => store.AcquireAsync(actor, $"{actor.Name} at work", text => waits?.Add(text), Cancel);

    [Fact]
    public async Task Given_back_it_is_free_at_once()
    {
        var waits = new List<string>();
        await (await TakeAsync(Store(), Ann)).DisposeAsync();
        await using var second = await TakeAsync(Store(), Bob, waits);
        Assert.Empty(waits);
        Assert.Equal(2, second.Token);
    }

    [Fact]
    public async Task Of_somebody_at_work_it_is_refused_with_who_that_is()
    {
        // Renewed every 0.1 s: seen within the second that the other one looks.
        await using var first = await TakeAsync(Store(new FastTime(100)), Ann);
        var waits = new List<string>();
        var fault = await Assert.ThrowsAsync<StepFailedException>(() => TakeAsync(Store(new FastTime(20)), Bob, waits));
        Assert.Contains("dev is being moved by ann: ann at work, since", fault.Message, StringComparison.Ordinal);
        Assert.Contains("ann holds dev (ann at work", Assert.Single(waits), StringComparison.Ordinal);
        Assert.Equal("ann", (await Store().HolderAsync(Cancel))!.Holder);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(-7)]
    public async Task Of_somebody_who_is_gone_it_ends_by_the_services_clock_alone(int hours)
    {
        var skewed = new ShiftedTime(TimeSpan.FromHours(hours));
        _ = await TakeAsync(Store(new Stopped()), Ann);
        Assert.NotNull(await Store(skewed).HolderAsync(Cancel));
        using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(300), TimeProvider.System);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store(skewed).AcquireAsync(Bob, "early", _ => { }, soon.Token));
        lab.PassLease();
        Assert.Null(await Store(skewed).HolderAsync(Cancel));
        await using var second = await TakeAsync(Store(skewed), Bob);
        Assert.Equal(2, second.Token);
    }

    [Fact]
    public async Task Of_a_process_of_this_machine_that_ended_it_is_free_at_once()
    {
        var record = new LeaseRecord("ann", "promote", LeaseProcess.Mine with { Id = int.MaxValue }, DateTimeOffset.UnixEpoch, 30, 4, Released: false);
        await _repo.Place("dev").EnsureBucketAsync(_repo.Place("dev").Storage(), Cancel);
        await Store().WriteAsync(record, 0, Cancel);
        var waits = new List<string>();
        await using var lease = await TakeAsync(Store(), Bob, waits);
        Assert.Equal(5, lease.Token);
        Assert.Empty(waits);
        // One that began at another time has the number of one that ended; one of another machine cannot be seen.
        Assert.True((LeaseProcess.Mine with { Started = 1 }).HasEnded);
        Assert.False(LeaseProcess.Mine.HasEnded);
        Assert.False((LeaseProcess.Mine with { Id = int.MaxValue, Machine = Environment.MachineName }).HasEnded);
    }

    [Fact]
    public async Task Renewed_it_lasts()
    {
        var time = new FastTime(100);
        await using var lease = await TakeAsync(Store(time), Ann);
        var first = (await _repo.Place("dev").Storage().ReadAsync(_repo.Place("dev").Bucket, $"mlops/leases/{_repo.Name}/dev.json", Cancel))!.Generation;
        await UntilAsync(async () => (await _repo.Place("dev").Storage().ReadAsync(_repo.Place("dev").Bucket, $"mlops/leases/{_repo.Name}/dev.json", Cancel))!.Generation > first);
        Assert.False(lease.Lost.IsCancellationRequested);
    }

    [Fact]
    public async Task Taken_by_somebody_else_it_is_lost_and_the_work_ends()
    {
        var lease = await TakeAsync(Store(new FastTime(100)), Ann);
        lab.PassLease();
        // The first one was silent for too long (its renewal comes later than the other one): it must hear of it.
        var storage = _repo.Place("dev").Storage();
        long? taken;
        do
        {
            // The first one may renew it in between.
            var content = (await storage.ReadAsync(_repo.Place("dev").Bucket, $"mlops/leases/{_repo.Name}/dev.json", Cancel))!;
            taken = await Store().WriteAsync(new LeaseRecord("bob", "promote", null, DateTimeOffset.UnixEpoch, 30, 9, Released: false), content.Generation, Cancel);
        }
        while (taken is null);

        var fault = await Assert.ThrowsAsync<StepFailedException>(() => lease.HoldAsync<int>(async token =>
        {
            await Task.Delay(TimeSpan.FromSeconds(60), TimeProvider.System, token);
            return 1;
        }, Cancel));
        Assert.Contains("The lease on dev was lost", fault.Message, StringComparison.Ordinal);
        await lease.DisposeAsync();
        Assert.Equal("bob", (await Store().HolderAsync(Cancel))!.Holder);
    }

    [Fact]
    public async Task A_service_that_does_not_answer_loses_it_when_its_time_is_over()
    {
        var silent = false;
        var proxy = await lab.ProxyAsync(answer: async context =>
        {
            if (Volatile.Read(ref silent))
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
            }

            return false;
        });
        await using var lease = await TakeAsync(Store(new FastTime(60), endpoint: proxy.Endpoint), Ann);
        Volatile.Write(ref silent, true);
        await UntilAsync(() => Task.FromResult(lease.Lost.IsCancellationRequested));
    }

    [Fact]
    public async Task What_is_no_lease_is_told()
    {
        var place = _repo.Place("dev");
        await place.EnsureBucketAsync(place.Storage(), Cancel);
        await place.Storage().UploadAsync(place.Bucket, $"mlops/leases/{_repo.Name}/dev.json", "nonsense"u8.ToArray(), Cancel);
        Assert.Contains("is no lease: somebody changed it", (await Assert.ThrowsAsync<StepFailedException>(() => TakeAsync(Store(), Ann))).Message, StringComparison.Ordinal);
    }

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!await holds())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromSeconds(15), "It did not come.");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Cancel);
        }
    }

    /// <summary>Its timers never ring: whoever goes by it is as good as dead.</summary>
    private sealed class Stopped : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => System.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }
}

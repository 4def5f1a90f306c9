using MlOps.Core.Problems;
using MlOps.Google.Errors;

namespace MlOps.Steps.Ledger;

/// <summary>A lease that is held, and renewed until it is given back.</summary>
public sealed class Lease : IAsyncDisposable
{
    private readonly LeaseStore _store;
    private readonly string _environment;
    private readonly LeaseRecord _record;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _lost = new();
    private readonly CancellationTokenSource _ends = new();
    private readonly Task _renewing;
    private long _generation;

    internal Lease(LeaseStore store, string environment, LeaseRecord record, long generation, TimeProvider time)
    {
        (_store, _environment, _record, _generation, _time) = (store, environment, record, generation, time);
        _renewing = RenewAsync(_ends.Token);
    }

    /// <summary>Cancelled when somebody else has it: what was begun must stop.</summary>
    public CancellationToken Lost => _lost.Token;

    public long Token => _record.Token;

    /// <summary>Does something as long as the lease is held.</summary>
    /// <exception cref="StepFailedException">It was lost meanwhile.</exception>
    public async Task<T> HoldAsync<T>(Func<CancellationToken, Task<T>> work, CancellationToken cancel)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, Lost);
        try
        {
            return await work(either.Token);
        }
        catch (OperationCanceledException) when (Lost.IsCancellationRequested && !cancel.IsCancellationRequested)
        {
            throw new StepFailedException($"The lease on {_environment} was lost: it could not be renewed for {_record.Seconds:0} s, or somebody else has taken it. Nothing more was done. 'mlops status' shows who holds it; run this again.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _ends.CancelAsync();
        await _renewing;
        try
        {
            if (!_lost.IsCancellationRequested)
            {
                await _store.ReleaseAsync(_record, _generation, CancellationToken.None);
            }
        }
        catch (CloudException)
        {
            // It ends by itself.
        }

        _lost.Dispose();
        _ends.Dispose();
    }

    private async Task RenewAsync(CancellationToken end)
    {
        var written = _time.GetTimestamp();
        try
        {
            while (true)
            {
                await Task.Delay(_record.Lasts / 3, _time, end);
                try
                {
                    // No longer than it lasts: whoever cannot write for so long must stop, not wait.
                    using var left = new CancellationTokenSource(Left(written), _time);
                    using var either = CancellationTokenSource.CreateLinkedTokenSource(end, left.Token);
                    if (await _store.RenewAsync(_record, _generation, either.Token) is not { } generation)
                    {
                        break;
                    }

                    (_generation, written) = (generation, _time.GetTimestamp());
                }
                catch (CloudException) when (_time.GetElapsedTime(written) < _record.Lasts)
                {
                    // Not reachable for a moment: again, as long as it lasts.
                }
            }
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            return;
        }
        catch (Exception error) when (error is CloudException or OperationCanceledException)
        {
            // Too long without the service: the lease has ended.
        }

        await _lost.CancelAsync();
    }

    private TimeSpan Left(long written) => _record.Lasts - _time.GetElapsedTime(written) is { Ticks: > 0 } left ? left : TimeSpan.FromMilliseconds(1);
}

using MlOps.Google.Errors;
using MlOps.Google.Retry;
using Polly;
using Polly.Retry;

namespace MlOps.Google.Http;

/// <summary>
/// A body that is read to its end although the connection drops or stands still: it is opened again where it stopped.
/// Every byte passes <paramref name="check"/>, which judges the whole before its last bytes are handed out.
/// </summary>
internal sealed class ResumingStream(ServiceHost host, Func<long, CancellationToken, Task<Stream>> open, long? length, RetryPolicy policy, IContentCheck? check) : Stream
{
    private Stream? _inner;
    private long _position;
    private bool _ended;

    /// <summary>Where reading begins; what begins in the middle cannot be checked.</summary>
    public long From
    {
        init => _position = value;
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => length ?? throw new NotSupportedException("The server did not say how long the body is.");

    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException();
    }

    /// <summary>Connects now rather than at the first read, so that a refusal is told at once.</summary>
    public async Task<ResumingStream> OpenedAsync(CancellationToken cancel)
    {
        _inner = await open(_position, cancel);
        return this;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_ended || buffer.Length == 0)
        {
            return 0;
        }

        var read = await ReadSomeAsync(buffer, cancellationToken);
        check?.Add(buffer.Span[..read]);
        _position += read;
        if (read == 0 || _position >= length)
        {
            _ended = true;
            check?.Finish(_position);
        }

        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => ReadAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _inner?.Dispose();
            check?.Dispose();
        }

        base.Dispose(disposing);
    }

    private async Task<int> ReadSomeAsync(Memory<byte> buffer, CancellationToken cancel)
    {
        try
        {
            return await OnceAsync(buffer, cancel);
        }
        catch (Exception error) when (HttpRetry.IsTransient(error))
        {
            await DropAsync();
            return await AgainAsync(buffer, cancel);
        }
    }

    private async Task<int> AgainAsync(Memory<byte> buffer, CancellationToken cancel)
    {
        var pipeline = new ResiliencePipelineBuilder { TimeProvider = policy.Time }
            .AddRetry(new RetryStrategyOptions
            {
                MaxRetryAttempts = Math.Max(1, policy.Attempts - 1),
                Delay = policy.FirstDelay,
                MaxDelay = policy.LongestDelay,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                ShouldHandle = args => new(HttpRetry.IsTransient(args.Outcome.Exception)),
                OnRetry = async _ => await DropAsync(),
            })
            .Build();
        try
        {
            return await pipeline.ExecuteAsync(async token => await OnceAsync(buffer, token), cancel);
        }
        catch (Exception error) when (HttpRetry.IsTransient(error))
        {
            throw Unreachable.Of(host, policy.Attempts, error);
        }
    }

    private async Task<int> OnceAsync(Memory<byte> buffer, CancellationToken cancel)
    {
        _inner ??= await open(_position, cancel);
        using var timeout = new CancellationTokenSource(policy.AttemptTimeout, policy.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, timeout.Token);
        try
        {
            var read = await _inner.ReadAsync(buffer, either.Token);
            return read == 0 && _position < length ? throw new IOException($"the body ended after {_position} of {length} bytes") : read;
        }
        catch (OperationCanceledException late) when (timeout.IsCancellationRequested && !cancel.IsCancellationRequested)
        {
            throw new TimeoutException($"no byte within {policy.AttemptTimeout.TotalSeconds:0} s", late);
        }
    }

    private async Task DropAsync()
    {
        if (_inner is { } inner)
        {
            _inner = null;
            await inner.DisposeAsync();
        }
    }
}

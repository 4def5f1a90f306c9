using Grpc.Core;
using MlOps.Google.Errors;
using MlOps.Google.Http;
using Polly;
using Polly.Retry;

namespace MlOps.Google.Retry;

/// <summary>Calls over gRPC, tried again where that is safe; an <see cref="RpcException"/> is classified here and nowhere else.</summary>
internal sealed class GrpcRetry
{
    private readonly ResiliencePipeline _pipeline;
    private readonly ServiceHost _host;

    public GrpcRetry(RetryPolicy policy, ServiceHost host)
    {
        _host = host;
        var builder = new ResiliencePipelineBuilder { TimeProvider = policy.Time };
        if (policy.Attempts > 1)
        {
            builder.AddRetry(new RetryStrategyOptions
            {
                MaxRetryAttempts = policy.Attempts - 1,
                Delay = policy.FirstDelay,
                MaxDelay = policy.LongestDelay,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                ShouldHandle = args => new(!args.Context.CancellationToken.IsCancellationRequested && args.Outcome.Exception is RpcException error && IsTransient(error.StatusCode)),
            });
        }

        _pipeline = builder.Build();
    }

    /// <summary>Statuses that say nothing about the request itself. INVALID_ARGUMENT, PERMISSION_DENIED, NOT_FOUND, … are never retried.</summary>
    public static bool IsTransient(StatusCode status) =>
        status is StatusCode.Unavailable or StatusCode.DeadlineExceeded or StatusCode.ResourceExhausted or StatusCode.Internal or StatusCode.Aborted;

    /// <summary>A read, or a write that may safely happen twice.</summary>
    /// <exception cref="CloudException">It failed for good.</exception>
    public async Task<T> RepeatableAsync<T>(string what, Func<CancellationToken, AsyncUnaryCall<T>> call, CancellationToken cancel)
    {
        var attempts = 0;
        try
        {
            return await _pipeline.ExecuteAsync(
                async token =>
                {
                    attempts++;
                    return await call(token).ResponseAsync;
                },
                cancel);
        }
        catch (RpcException error)
        {
            cancel.ThrowIfCancellationRequested();
            throw RpcFailure.Of(error, _host, what, attempts);
        }
    }

    /// <summary>A write that must not happen twice.</summary>
    /// <exception cref="CloudException">It failed.</exception>
    public async Task<T> OnceAsync<T>(string what, Func<CancellationToken, AsyncUnaryCall<T>> call, CancellationToken cancel)
    {
        try
        {
            return await call(cancel).ResponseAsync;
        }
        catch (RpcException error)
        {
            cancel.ThrowIfCancellationRequested();
            throw RpcFailure.Of(error, _host, what, 1);
        }
    }
}

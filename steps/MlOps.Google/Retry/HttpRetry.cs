using System.Net;
using Polly;
using Polly.Retry;

namespace MlOps.Google.Retry;

/// <summary>Which HTTP answers and errors are worth another try, and when.</summary>
internal static class HttpRetry
{
    /// <summary>A pipeline that hands back the last answer, or throws the last connection error, when the tries are used up.</summary>
    public static ResiliencePipeline<HttpResponseMessage> Pipeline(RetryPolicy policy)
    {
        var builder = new ResiliencePipelineBuilder<HttpResponseMessage> { TimeProvider = policy.Time };
        if (policy.Attempts > 1)
        {
            builder.AddRetry(new RetryStrategyOptions<HttpResponseMessage>
            {
                MaxRetryAttempts = policy.Attempts - 1,
                Delay = policy.FirstDelay,
                MaxDelay = policy.LongestDelay,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                ShouldHandle = args => new(!args.Context.CancellationToken.IsCancellationRequested && IsWorthRetrying(args.Outcome, policy)),
                DelayGenerator = args => new(RetryAfter(args.Outcome.Result, policy.Time)),
                OnRetry = args =>
                {
                    args.Outcome.Result?.Dispose();
                    return default;
                },
            });
        }

        return builder.Build();
    }

    public static bool IsTransient(HttpStatusCode status) => (int)status is 408 or 429 or 500 or 502 or 503 or 504;

    /// <summary>A connection that was refused, dropped or too slow; not a bad certificate, nor an answer that is too big.</summary>
    public static bool IsTransient(Exception? error) => error switch
    {
        HttpRequestException { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded or HttpRequestError.VersionNegotiationError } => false,
        HttpRequestException { InnerException: System.Security.Authentication.AuthenticationException } => false,
        HttpRequestException or IOException or TimeoutException => true,
        _ => false,
    };

    /// <summary>What the server asks for by Retry-After, in seconds or as a date; null if it does not.</summary>
    public static TimeSpan? RetryAfter(HttpResponseMessage? response, TimeProvider time)
    {
        if (response?.Headers.RetryAfter is not { } asked)
        {
            return null;
        }

        var wait = asked.Delta ?? asked.Date - time.GetUtcNow();
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }

    private static bool IsWorthRetrying(Outcome<HttpResponseMessage> outcome, RetryPolicy policy) => outcome.Result is { } response
        ? IsTransient(response.StatusCode) && !(RetryAfter(response, policy.Time) > policy.LongestRetryAfter)
        : IsTransient(outcome.Exception);
}

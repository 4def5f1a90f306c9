using MlOps.Google.Errors;
using MlOps.Google.Http;
using Polly;
using Polly.Retry;

namespace MlOps.Google.Retry;

/// <summary>Repeats a transfer that continues where it stopped. Tries are counted from the last progress, so that a long one may be interrupted often.</summary>
internal sealed class TransferRetry(RetryPolicy policy)
{
    /// <param name="host">Named when it fails for good.</param>
    /// <param name="progress">Bytes done so far; more than at the last failure sets the tries back.</param>
    /// <param name="transfer">Goes on; told whether it was interrupted before.</param>
    /// <param name="cancel">Ends it.</param>
    public async Task RunAsync(ServiceHost host, Func<long> progress, Func<bool, CancellationToken, Task> transfer, CancellationToken cancel)
    {
        var (failures, reached, again) = (0, 0L, false);
        bool GoesOn(Exception? error)
        {
            failures = progress() > reached ? 1 : failures + 1;
            reached = Math.Max(reached, progress());
            again = true;
            return HttpRetry.IsTransient(error) && failures < policy.Attempts && !((error as Interrupted)?.After > policy.LongestRetryAfter);
        }

        try
        {
            await Pipeline(GoesOn).ExecuteAsync(async token => await transfer(again, token), cancel);
        }
        catch (Interrupted last)
        {
            throw last.Answer;
        }
        catch (Exception error) when (error is HttpRequestException or IOException or TimeoutException)
        {
            throw Unreachable.Of(host, failures, error);
        }
    }

    private ResiliencePipeline Pipeline(Func<Exception?, bool> goesOn) => new ResiliencePipelineBuilder { TimeProvider = policy.Time }
        .AddRetry(new RetryStrategyOptions
        {
            MaxRetryAttempts = int.MaxValue,
            Delay = policy.FirstDelay,
            MaxDelay = policy.LongestDelay,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            ShouldHandle = args => new(!args.Context.CancellationToken.IsCancellationRequested && goesOn(args.Outcome.Exception)),
            DelayGenerator = args => new((args.Outcome.Exception as Interrupted)?.After),
        })
        .Build();
}

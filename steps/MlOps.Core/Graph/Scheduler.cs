using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace MlOps.Core.Graph;

/// <summary>What the scheduler tells while it works.</summary>
public interface IStepObserver
{
    void Started(string step);

    void Finished(string step, StepResult result, TimeSpan took);

    void Failed(string step, Exception error, TimeSpan took);
}

/// <summary>
/// Runs a graph: each step as soon as what it needs is done, independent ones side by side. The first failure cancels
/// what is running, waits for it to end, and is thrown; steps that never started are left alone.
/// </summary>
public static class Scheduler
{
    /// <summary>A span a step, named after it; for whoever listens.</summary>
    public static readonly ActivitySource Spans = new("MlOps.Delivery");

    public static async Task RunAsync<TContext>(StepGraph<TContext> graph, TContext context, IStepObserver observer, TimeProvider time, CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var done = new HashSet<string>(StringComparer.Ordinal);
        var started = new HashSet<string>(StringComparer.Ordinal);
        var running = new List<Task<string>>();
        Exception? failure = null;
        while (true)
        {
            if (failure is null && !cancel.IsCancellationRequested)
            {
                foreach (var step in graph.Ready(done, started).ToList())
                {
                    started.Add(step.Name);
                    running.Add(RunOneAsync(step, context, observer, time, stop.Token));
                }
            }

            if (running.Count == 0)
            {
                break;
            }

            var ended = await Task.WhenAny(running);
            running.Remove(ended);
            if (ended.IsCompletedSuccessfully)
            {
                done.Add(await ended);
                continue;
            }

            // The first failure is the cause; what its cancellation brings down is a consequence.
            failure ??= ended.Exception?.InnerException ?? new OperationCanceledException(cancel);
            await stop.CancelAsync();
        }

        cancel.ThrowIfCancellationRequested();
        if (failure is not null)
        {
            ExceptionDispatchInfo.Throw(failure);
        }
    }

    private static async Task<string> RunOneAsync<TContext>(Step<TContext> step, TContext context, IStepObserver observer, TimeProvider time, CancellationToken cancel)
    {
        using var span = Spans.StartActivity(step.Name);
        var start = time.GetTimestamp();
        observer.Started(step.Name);
        try
        {
            var result = await step.Run(context, cancel);
            span?.SetTag("mlops.summary", result.Summary).SetTag("mlops.skipped", result.Skipped);
            observer.Finished(step.Name, result, time.GetElapsedTime(start));
            return step.Name;
        }
        catch (Exception error)
        {
            span?.SetStatus(ActivityStatusCode.Error, error.Message);
            observer.Failed(step.Name, error, time.GetElapsedTime(start));
            throw;
        }
    }
}

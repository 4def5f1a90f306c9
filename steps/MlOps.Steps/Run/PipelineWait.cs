using Google.Cloud.AIPlatform.V1;
using MlOps.Core.Problems;
using MlOps.Google.Errors;

namespace MlOps.Steps.Run;

/// <summary>
/// Waits for a job's end. Only SUCCEEDED is success; a time-out or an interrupt cancels the job and waits until it has ended
/// (specs/vertex.md, "A correct wait").
/// </summary>
internal static class PipelineWait
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(2);

    /// <param name="line">Told, for people, what becomes of the run when the wait is interrupted.</param>
    /// <exception cref="OperationCanceledException">The wait was interrupted; the job was cancelled.</exception>
    public static async Task<PipelineJob> UntilEndAsync(Jobs jobs, string name, TimeSpan timeout, Action<PipelineJob> seen, Action<string> line, TimeProvider time, CancellationToken cancel)
    {
        var start = time.GetTimestamp();
        using var deadline = new CancellationTokenSource(timeout < Longest.Multiply(1_000_000) ? timeout : System.Threading.Timeout.InfiniteTimeSpan, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, deadline.Token);
        try
        {
            return await PollAsync(jobs, name, seen, start, time, either.Token);
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            line($"cancelling {name}");
            var ended = await CancelAsync(jobs, name, time);
            if (cancel.IsCancellationRequested)
            {
                line(Told(ended, name));
                cancel.ThrowIfCancellationRequested();
            }

            // It may have come to its end while it was being cancelled.
            return ended is { State: PipelineState.Succeeded }
                ? ended
                : throw FailureReport.Of(ended ?? new PipelineJob { Name = name, DisplayName = name }, $"not done after {timeout.TotalSeconds:0} s, and cancelled");
        }
    }

    private static string Told(PipelineJob? ended, string name) => ended?.State switch
    {
        PipelineState.Cancelled => $"the run was cancelled: {name}",
        null => $"the run was asked to end and has not after {Grace.TotalMinutes:0} minutes: {name}",
        { } state => $"the run ended {RunOutcome.StateName(state)} before it could be cancelled: {name}",
    };

    public static bool HasEnded(PipelineState state) => state is PipelineState.Succeeded or PipelineState.Failed or PipelineState.Cancelled;

    private static async Task<PipelineJob> PollAsync(Jobs jobs, string name, Action<PipelineJob> seen, long start, TimeProvider time, CancellationToken cancel)
    {
        var silence = new Silence(jobs.Endpoint, time);
        while (true)
        {
            if (await LookAsync(jobs, name, silence, cancel) is { } job)
            {
                seen(job);
                if (HasEnded(job.State))
                {
                    return job;
                }

                if (job.State == PipelineState.Paused)
                {
                    throw new StepFailedException($"The run of {job.DisplayName} is paused; resume it in the console and run this step again, which goes on waiting for the same job.\n  {job.Name}");
                }
            }

            // A fortieth of what has passed: the end is noticed late by 2.5 % at most, and a long run is asked seldom.
            var pause = time.GetElapsedTime(start) / 40;
            await Task.Delay(pause < Shortest ? Shortest : pause > Longest ? Longest : pause, time, cancel);
        }
    }

    /// <summary>Null where the service cannot say now: a wait goes on for as long as its time-out allows, whatever passing fault there is.</summary>
    private static async Task<PipelineJob?> LookAsync(Jobs jobs, string name, Silence silence, CancellationToken cancel)
    {
        try
        {
            var job = await jobs.GetAsync(name, cancel);
            silence.End();
            return job;
        }
        catch (CloudException error) when (error.IsTransient)
        {
            silence.GoesOn(error, $"The run may go on: {name}.");
            return null;
        }
    }

    private static async Task<PipelineJob?> CancelAsync(Jobs jobs, string name, TimeProvider time)
    {
        using var grace = new CancellationTokenSource(Grace, time);
        try
        {
            await jobs.CancelAsync(name, grace.Token);
            return await PollAsync(jobs, name, _ => { }, time.GetTimestamp(), time, grace.Token);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }
}

using MlOps.Core.Problems;
using MlOps.Google.Errors;
using MlOps.Google.Grpc;
using MlOps.Google.Storage;

namespace MlOps.Steps.Submit;

/// <summary>Who watches a build: told its log line by line, and the build after each look.</summary>
public sealed record BuildWatcher(Action<string> Line, Action<BuildMessage> Seen);

/// <summary>Waits for a build's end and follows its log.</summary>
public sealed class BuildWait(CloudBuilds builds, StorageClient storage, TimeProvider time)
{
    private static readonly System.TimeSpan Shortest = System.TimeSpan.FromMilliseconds(100);
    private static readonly System.TimeSpan Longest = System.TimeSpan.FromSeconds(2);
    private static readonly System.TimeSpan Grace = System.TimeSpan.FromSeconds(60);
    private readonly Silence _silence = new(builds.Endpoint, time);

    /// <returns>The build at its end.</returns>
    public async Task<BuildMessage> UntilEndAsync(BuildMessage build, BuildWatcher watcher, CancellationToken cancel)
    {
        var start = time.GetTimestamp();
        var log = LogObject.PlaceOf(build) is { } place ? new LogObject(storage, place) : null;
        while (true)
        {
            build = await LookAsync(build, cancel);
            // Its log is whole before a build ends: read after the look, nothing is missed.
            var ended = BuildStates.HasEnded(build.Status);
            if (log is not null)
            {
                await log.ReadAsync(watcher.Line, ended, cancel);
            }

            watcher.Seen(build);
            if (ended)
            {
                return build;
            }

            // A twentieth of what has passed: short builds end at once, long ones are asked seldom.
            var pause = time.GetElapsedTime(start) / 20;
            await Task.Delay(pause < Shortest ? Shortest : pause > Longest ? Longest : pause, time, cancel);
        }
    }

    /// <summary>As <see cref="UntilEndAsync"/>; an interrupt cancels the build and waits until it has ended.</summary>
    public async Task<BuildMessage> UntilEndOrCancelledAsync(BuildMessage build, BuildWatcher watcher, CancellationToken cancel)
    {
        try
        {
            return await UntilEndAsync(build, watcher, cancel);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            using var grace = new CancellationTokenSource(Grace, time);
            await CancelAsync(build, watcher, grace.Token);
            throw;
        }
    }

    /// <summary>Where a build's log is, for people: its object in Storage, else what the service says.</summary>
    public static string LogOf(BuildMessage build) => LogObject.PlaceOf(build)?.ToString() ?? build.LogUrl;

    /// <summary>The log as it is now.</summary>
    public Task LogAsync(BuildMessage build, Action<string> line, CancellationToken cancel) => LogObject.PlaceOf(build) is { } place
        ? new LogObject(storage, place).ReadAsync(line, last: true, cancel)
        : throw new StepFailedException($"The log of {build.Id} is not in Storage (options.logging of its file). {(build.LogUrl.Length > 0 ? $"See {build.LogUrl}." : "")}");

    private async Task CancelAsync(BuildMessage build, BuildWatcher watcher, CancellationToken grace)
    {
        watcher.Line($"Cancelling the build {build.Id}.");
        try
        {
            await builds.CancelAsync(build.Id, grace);
            var ended = await UntilEndAsync(build, watcher with { Line = _ => { } }, grace);
            watcher.Line($"The build {build.Id} ended as {BuildStates.Name(ended.Status)}.");
        }
        catch (Exception error) when (error is OperationCanceledException or CloudException)
        {
            watcher.Line($"warning: the build {build.Id} may still run ({(error is CloudException ? error.Message : $"no end after {Grace.TotalSeconds:0} s")}); 'mlops builds cancel {build.Id}' cancels it.");
        }
    }

    /// <summary>The build as it was where the service cannot say now: a wait goes on whatever passing fault there is.</summary>
    private async Task<BuildMessage> LookAsync(BuildMessage build, CancellationToken cancel)
    {
        try
        {
            var now = await builds.GetAsync(build.Id, cancel) ?? throw new StepFailedException($"The build {build.Id} is no longer there: {builds.BuildName(build.Id)}.");
            _silence.End();
            return now;
        }
        catch (CloudException error) when (error.IsTransient)
        {
            _silence.GoesOn(error, $"The build {build.Id} may still run; 'mlops builds log {build.Id} --follow' follows it.");
            return build;
        }
    }
}

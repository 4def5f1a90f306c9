using System.Threading.Channels;
using Google.Cloud.CloudBuild.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using static Google.Cloud.CloudBuild.V1.Build.Types.FailureInfo.Types;

namespace MlOps.LocalCloud.CloudBuild.Running;

/// <summary>Runs a build's steps, each as soon as it may start.</summary>
internal sealed class BuildSteps(BuildSite site)
{
    /// <summary>Containers that are made ahead of their time, at most.</summary>
    private const int MostAhead = 2;
    private readonly StepRun[] _runs = [.. Enumerable.Range(0, site.Spec.Build.Steps.Count).Select(index => new StepRun(site, index))];
    private readonly Channel<(int Step, StepEnd End)> _ended = Channel.CreateUnbounded<(int, StepEnd)>(new UnboundedChannelOptions { SingleReader = true });

    private BuildFaultException? _fault;

    /// <summary>Makes the first step's container while the source is still being fetched.</summary>
    public void PrepareFirst(CancellationToken cancel) => _runs[0].Prepare(cancel);

    /// <exception cref="BuildFaultException">A step has failed the build.</exception>
    public async Task RunAsync(CancellationToken cancel)
    {
        var progress = StepProgress.Of(site.Spec.Build);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        while (true)
        {
            progress = cancel.IsCancellationRequested ? progress.Halted() : progress;
            foreach (var step in progress.Startable.ToList())
            {
                progress = progress.Started(step);
                _ = RunAsync(step, stop.Token);
            }

            if (progress.IsOver)
            {
                break;
            }

            foreach (var step in progress.Next.Take(MostAhead))
            {
                _runs[step].Prepare(stop.Token);
            }

            var (ended, end) = await _ended.Reader.ReadAsync(CancellationToken.None);
            progress = progress.Ended(ended, end);
            if (progress.IsHalted)
            {
                await stop.CancelAsync();
            }
            else if (end.Fault.Length > 0)
            {
                site.Log.Add($"WARNING: {Words(ended, end)} (the step is allowed to fail)");
            }
        }

        cancel.ThrowIfCancellationRequested();
        if (progress.Failure is var (index, how))
        {
            throw _fault ?? new BuildFaultException(FailureType.UserBuildStep, Words(index, how));
        }
    }

    /// <summary>Waits until no container of a step is left, and takes down what they have brought.</summary>
    public async Task FinishAsync()
    {
        var outputs = await Task.WhenAll(_runs.Select(run => run.FinishAsync()));
        site.Live.Change(build =>
        {
            build.Results ??= new Results();
            build.Results.BuildStepImages.Add(_runs.Select(run => run.ImageDigest));
            if (outputs.Any(output => output.Length > 0))
            {
                build.Results.BuildStepOutputs.Add(outputs.Select(output => ByteString.CopyFrom(output)));
            }

            foreach (var step in build.Steps.Where(step => step.Status == Build.Types.Status.Unknown))
            {
                step.Status = Build.Types.Status.Queued;
            }
        });
    }

    private async Task RunAsync(int step, CancellationToken cancel)
    {
        // Off the loop: no step waits until another's container is made.
        await Task.Yield();
        StepEnd end;
        try
        {
            await site.Slots.WaitAsync(cancel);
            try
            {
                end = await _runs[step].RunAsync(cancel);
            }
            finally
            {
                site.Slots.Release();
            }
        }
        catch (OperationCanceledException)
        {
            end = new StepEnd(Build.Types.Status.Cancelled, 0, "context canceled");
        }
        catch (BuildFaultException fault)
        {
            _fault ??= fault;
            end = StepEnd.Failed(fault.Message);
        }
        catch (Exception error)
        {
            end = StepEnd.Failed(error.Message);
        }

        site.Live.Change(build => End(build.Steps[step], end));
        _ended.Writer.TryWrite((step, end));
    }

    private void End(BuildStep step, StepEnd end)
    {
        (step.Status, step.ExitCode) = (end.Status, end.ExitCode);
        if (step.Timing is not null)
        {
            step.Timing.EndTime = site.Now.ToTimestamp();
        }
    }

    private string Words(int step, StepEnd end) => $"build step {step} \"{site.Spec.Build.Steps[step].Name}\" failed: {end.Fault}";
}

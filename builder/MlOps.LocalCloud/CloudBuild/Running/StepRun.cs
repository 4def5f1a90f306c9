using Google.Cloud.CloudBuild.V1;
using Google.Protobuf.WellKnownTypes;
using MlOps.Core.Problems;
using MlOps.LocalCloud.CloudBuild.Images;
using MlOps.LocalCloud.CloudBuild.Logs;
using Span = Google.Cloud.CloudBuild.V1.TimeSpan;
using Status = Google.Cloud.CloudBuild.V1.Build.Types.Status;

namespace MlOps.LocalCloud.CloudBuild.Running;

/// <summary>One step of a build: its container is made while the step before it runs, and removed while the next one does.</summary>
internal sealed class StepRun(BuildSite site, int index)
{
    private readonly BuildStep _step = site.Spec.Build.Steps[index];
    private readonly StepOutput _output = site.Log.Output(Prefix(site.Spec.Build, index));
    private Task<StepContainer?>? _ahead;
    private Task<byte[]?> _tidied = Task.FromResult<byte[]?>(null);

    /// <summary>For <c>results.buildStepImages</c>; empty where the step had no image.</summary>
    public string ImageDigest { get; private set; } = "";

    /// <summary><c>Step #0 - "id"</c>; empty in a build of one step.</summary>
    public static string Title(Build build, int index) => build.Steps.Count == 1 ? "" : build.Steps[index].Id is { Length: > 0 } id ? $"Step #{index} - \"{id}\"" : $"Step #{index}";

    /// <summary>Makes the container before its time, where that is safe: an image that is not here yet may be what an earlier step builds.</summary>
    public void Prepare(CancellationToken cancel) => _ahead ??= AheadAsync(cancel);

    public async Task<StepEnd> RunAsync(CancellationToken cancel)
    {
        var title = Title(site.Spec.Build, index);
        Change(step => (step.Status, step.Timing) = (Status.Working, new Span { StartTime = site.Now.ToTimestamp() }));
        Announce($"Starting {title}", title);
        var end = await TimedAsync(cancel);
        Announce($"Finished {title}", title);
        return end;
    }

    /// <summary>Waits until nothing of the step is left.</summary>
    /// <returns>For <c>results.buildStepOutputs</c>.</returns>
    public async Task<byte[]> FinishAsync()
    {
        if (_ahead is not null && await _ahead is { } unused)
        {
            await RemoveAsync(unused);
        }

        return await _tidied ?? [];
    }

    private static string Prefix(Build build, int index) => Title(build, index) is { Length: > 0 } title ? $"{title}: " : "";

    private async Task<StepContainer?> AheadAsync(CancellationToken cancel)
    {
        try
        {
            return await site.Engine.Images.ExistsAsync(_step.Name, cancel)
                ? await StepContainer.CreateAsync(site, index, await site.Images.Steps.FindAsync(site.Engine, _step.Name, _ => { }, cancel), cancel)
                : null;
        }
        catch (Exception error) when (error is StepFailedException or BuildFaultException or OperationCanceledException or HttpRequestException)
        {
            // It is tried again, and told, when the step's time has come.
            return null;
        }
    }

    private async Task<StepEnd> TimedAsync(CancellationToken cancel)
    {
        using var timeout = new CancellationTokenSource(_step.Timeout?.ToTimeSpan() ?? Timeout.InfiniteTimeSpan, site.Time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancel);
        try
        {
            return await WithImageAsync(stop.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested && timeout.IsCancellationRequested)
        {
            return new StepEnd(Status.Timeout, 0, "context deadline exceeded");
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            return new StepEnd(Status.Cancelled, 0, "context canceled");
        }
    }

    private async Task<StepEnd> WithImageAsync(CancellationToken cancel)
    {
        var started = site.Now;
        StepImage image;
        try
        {
            image = await site.Images.Steps.FindAsync(site.Engine, _step.Name, _output.Add, cancel);
        }
        catch (BuildFaultException fault)
        {
            return StepEnd.Failed(fault.Message);
        }
        finally
        {
            Change(step => step.PullTiming = new Span { StartTime = started.ToTimestamp(), EndTime = site.Now.ToTimestamp() });
        }

        ImageDigest = image.Digest;
        return await WithContainerAsync(image, cancel);
    }

    private async Task<StepEnd> WithContainerAsync(StepImage image, CancellationToken cancel)
    {
        StepContainer container;
        try
        {
            container = await ContainerAsync(image, cancel);
        }
        catch (StepFailedException refusal)
        {
            return StepEnd.Failed($"creating step container failed: {StepContainer.Words(refusal)}");
        }

        try
        {
            await site.Files.PlaceAsync(container.Id, cancel);
            var isScriptless = false;
            var end = await container.RunAsync(
                (isError, bytes) =>
                {
                    isScriptless |= isError && StartHint.IsMissingInterpreter(_step, bytes);
                    _output.Take(isError, bytes);
                },
                cancel);
            end = end.Status == Status.Success ? end : end with { Fault = end.Fault + (isScriptless ? "." + StartHint.OfScript(_step) : StartHint.Of(_step, end.Fault) is { Length: > 0 } hint ? "." + hint : "") };
            _tidied = TidyAsync(container);
            return end;
        }
        catch
        {
            await RemoveAsync(container);
            throw;
        }
        finally
        {
            _output.End();
        }
    }

    /// <summary>The one that was made ahead, unless the image's name stands for another image by now.</summary>
    private async Task<StepContainer> ContainerAsync(StepImage image, CancellationToken cancel)
    {
        var ahead = _ahead is null ? null : await _ahead;
        _ahead = null;
        if (ahead?.Image == image)
        {
            return ahead;
        }

        await (ahead is null ? Task.CompletedTask : RemoveAsync(ahead));
        return await StepContainer.CreateAsync(site, index, image, cancel);
    }

    private async Task<byte[]?> TidyAsync(StepContainer container)
    {
        try
        {
            return await container.ResultAsync(site, CancellationToken.None);
        }
        finally
        {
            await RemoveAsync(container);
        }
    }

    private static async Task RemoveAsync(StepContainer container)
    {
        using (container)
        {
            await container.RemoveAsync();
        }
    }

    private void Announce(string line, string title)
    {
        if (title.Length > 0)
        {
            site.Log.Add(line);
        }
    }

    private void Change(Action<BuildStep> change) => site.Live.Change(build => change(build.Steps[index]));
}

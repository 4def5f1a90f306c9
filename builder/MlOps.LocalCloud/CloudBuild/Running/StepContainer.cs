using Docker.DotNet;
using MlOps.Containers;
using MlOps.Containers.Running;
using MlOps.Core.Problems;
using MlOps.LocalCloud.CloudBuild.Images;

namespace MlOps.LocalCloud.CloudBuild.Running;

/// <summary>A step's container, made and attached to: all that is left to do is to start it.</summary>
internal sealed class StepContainer : IDisposable
{
    private const int LargestOutput = 50 * 1024;
    private readonly ContainerEngine _engine;
    private readonly string _id;
    private readonly AttachedOutput _output;

    private StepContainer(ContainerEngine engine, StepImage image, string id, AttachedOutput output) => (_engine, Image, _id, _output) = (engine, image, id, output);

    public StepImage Image { get; }

    public string Id => _id;

    /// <exception cref="StepFailedException">The engine refuses.</exception>
    public static async Task<StepContainer> CreateAsync(BuildSite site, int index, StepImage image, CancellationToken cancel)
    {
        var containers = site.Engine.Containers;
        cancel.ThrowIfCancellationRequested();
        // Not to be cancelled: the engine would make it all the same, when everything of the build has been removed already.
        var id = await containers.CreateAsync(site.Spec.Of(index, image.Name), CancellationToken.None);
        try
        {
            if (await IsForAnotherUserAsync(site.Engine, image, cancel))
            {
                await containers.CopyInAsync(id, site.EverybodysFolder, BuildPlace.Outputs, default, cancel);
            }

            return new StepContainer(site.Engine, image, id, await containers.AttachAsync(id, cancel));
        }
        catch
        {
            await containers.RemoveAsync(id, CancellationToken.None);
            throw;
        }
    }

    /// <summary>Runs it to its end.</summary>
    /// <exception cref="StepFailedException">It cannot be started.</exception>
    public async Task<StepEnd> RunAsync(OutputSink sink, CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var reading = _output.ReadAsync(sink, stop.Token);
        try
        {
            await _engine.Containers.StartAsync(_id, cancel);
        }
        catch (StepFailedException refusal)
        {
            await stop.CancelAsync();
            await reading.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            return StepEnd.Failed($"starting step container failed: {Words(refusal)}");
        }

        // The streams end with the container; before it only where the log cannot be written.
        var waiting = _engine.Containers.WaitAsync(_id, cancel);
        await await Task.WhenAny(reading, waiting);
        await reading;
        return StepEnd.Exited((await waiting).Code);
    }

    /// <summary>The beginning of what the step has written to <c>$BUILDER_OUTPUT/output</c>; null where it has written nothing.</summary>
    public async Task<byte[]?> ResultAsync(BuildSite site, CancellationToken cancel)
    {
        const string Output = $"{BuildPlace.Outputs}/output";
        if (!await _engine.Containers.HasAsync(_id, Output, cancel))
        {
            return null;
        }

        var copy = Path.Combine(site.Folder, $"output-{_id}");
        await _engine.Containers.CopyOutAsync(_id, Output, copy, cancel);
        if (!File.Exists(copy))
        {
            return null;
        }

        await using var file = File.OpenRead(copy);
        var bytes = new byte[Math.Min(LargestOutput, file.Length)];
        await file.ReadExactlyAsync(bytes, cancel);
        return bytes;
    }

    /// <summary>Kills it where it runs.</summary>
    public Task RemoveAsync() => _engine.Containers.RemoveAsync(_id, CancellationToken.None);

    public void Dispose() => _output.Dispose();

    /// <summary>Volumes are root's: an image with another user could not write its results.</summary>
    private static async Task<bool> IsForAnotherUserAsync(ContainerEngine engine, StepImage image, CancellationToken cancel) =>
        (await engine.Images.InspectAsync(image.Name, cancel))?.Config?.User is { Length: > 0 } user && user.Split(':')[0] is not ("root" or "0");

    /// <summary>The engine's own words, as <c>docker run</c> prints them.</summary>
    public static string Words(StepFailedException refusal) =>
        refusal.InnerException is DockerApiException error ? $"Error response from daemon: {EngineMessage.Of(error)}" : refusal.Message;
}

using System.Collections.Immutable;
using MlOps.Containers;
using MlOps.Containers.Build;
using MlOps.Core.Problems;
using MlOps.Steps.Commands;

namespace MlOps.Steps.Build;

/// <summary>The builds of one run of the step: side by side, each after those that its image is based on; the first failure stops the others.</summary>
internal sealed class ImageBuilds(DeliveryContext context, ContainerEngine engine, ImmutableArray<PlannedImage> images, BuildPlan plan) : IDisposable
{
    // A build waits for the network and the disk more than it computes.
    private readonly SemaphoreSlim _places = new(4 * Math.Max(1, context.Options.Parallelism));
    private readonly ImageBuilder _builder = new(engine);
    private readonly BaseImages _bases = new(context, engine);
    private readonly Dictionary<string, Task<BuiltImage>> _tasks = new(StringComparer.Ordinal);

    public async Task<ImmutableArray<BuiltImage>> RunAsync(CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        Exception? first = null;
        foreach (var image in images)
        {
            _tasks[image.Name] = Guarded(image);
        }

        try
        {
            return [.. await Task.WhenAll(images.Select(image => _tasks[image.Name]))];
        }
        catch when (first is not null)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(first);
            throw;
        }

        async Task<BuiltImage> Guarded(PlannedImage image)
        {
            try
            {
                return await OneAsync(image, stop.Token);
            }
            catch (Exception error)
            {
                // The first failure is the cause; those that its cancellation brings down are consequences.
                if (Interlocked.CompareExchange(ref first, error, null) is null)
                {
                    await stop.CancelAsync();
                }

                throw;
            }
        }
    }

    public void Dispose()
    {
        _builder.Dispose();
        _places.Dispose();
    }

    private async Task<BuiltImage> OneAsync(PlannedImage image, CancellationToken cancel)
    {
        if (image.Found is not null)
        {
            return BuildStep.Found(image, plan);
        }

        var others = await Task.WhenAll(image.Inputs.Components.Select(name => _tasks[name]));
        await _places.WaitAsync(cancel);
        try
        {
            return await BuildAsync(image, others, cancel);
        }
        finally
        {
            _places.Release();
        }
    }

    private async Task<BuiltImage> BuildAsync(PlannedImage image, BuiltImage[] others, CancellationToken cancel)
    {
        var why = plan.Rows.First(row => row.Component == image.Name).Why;
        context.Log.Line("build", image.Name, why);
        var start = context.Time.GetTimestamp();
        var materials = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        await using var log = StepLog.Create(context, "build", image.Name);
        try
        {
            var id = image.Inputs.Component.Dockerfile is { } dockerfile
                ? await FromDockerfileAsync(image, dockerfile, others, materials, log, cancel)
                : await FromProjectAsync(image, materials, log, cancel);
            var seconds = context.Time.GetElapsedTime(start).TotalSeconds;
            context.Log.Line("build", image.Name, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"built in {seconds:0.0} s"));
            return new BuiltImage(image.Name, image.Image, image.Fingerprint, Found: false, Digest: null, id, materials.ToImmutable(), Math.Round(seconds, 1), why);
        }
        catch (StepFailedException error)
        {
            log.AddTail(error.Tail);
            throw new StepFailedException($"The image of {image.Name} was not built. {error.Message}\nThe whole log: .mlops/logs/build-{image.Name}.log", error.Tail, error);
        }
    }

    private async Task<string> FromDockerfileAsync(
        PlannedImage image, string dockerfile, BuiltImage[] others, ImmutableSortedDictionary<string, string>.Builder materials, StepLog log, CancellationToken cancel)
    {
        foreach (var needed in image.Bases)
        {
            materials[needed.Name] = await _bases.EnsureInEngineAsync(needed, cancel);
        }

        var arguments = image.Inputs.Arguments.ToBuilder();
        foreach (var other in others)
        {
            if (other.Digest is { } digest)
            {
                await _bases.PullAsync(other.Image, digest, cancel);
            }

            materials[other.Image.Name] = other.Digest?.ToString() ?? other.ImageId ?? "";
            arguments[context.Project.Components.First(component => component.Name == other.Component).ImageArgument] = other.Image.ToString();
        }

        var build = new ImageBuild(image.Inputs.Root, dockerfile)
        {
            Arguments = arguments.ToImmutable(),
            Secrets = image.Inputs.UsesSecrets ? BuildSecrets.Read(image.Inputs.Component.Build) : ImmutableSortedDictionary<string, ImmutableArray<byte>>.Empty,
            Tags = [image.Image.ToString()],
        };
        return (await _builder.BuildAsync(build, log.Aloud, cancel)).ImageId;
    }

    private async Task<string> FromProjectAsync(PlannedImage image, ImmutableSortedDictionary<string, string>.Builder materials, StepLog log, CancellationToken cancel)
    {
        await DotnetPublish.RequireSdkAsync(image.Inputs.Component, cancel);
        var needed = image.Bases.Single();
        var from = await _bases.EnsureInRegistryAsync(needed, cancel);
        materials[needed.Name] = from.Digest?.ToString() ?? from.ToString();
        var archive = await DotnetPublish.RunAsync(context, image.Inputs, from, log, cancel);
        var normal = archive + ".normal";
        await ImageArchive.NormaliseAsync(archive, normal, image.Image, cancel);
        await using (var stream = File.OpenRead(normal))
        {
            await engine.Client.Images.LoadImageAsync(new() { Quiet = true }, stream, new Progress<Docker.DotNet.Models.JSONMessage>(), cancel);
        }

        Directory.Delete(Path.GetDirectoryName(archive)!, recursive: true);
        return (await engine.Images.InspectAsync(image.Image.ToString(), cancel))?.ID
            ?? throw new StepFailedException($"The engine loaded the image of {image.Name} but does not know it as {image.Image}.");
    }
}

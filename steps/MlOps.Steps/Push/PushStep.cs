using System.Globalization;
using MlOps.Containers;
using MlOps.Core.Graph;
using MlOps.Core.Images;
using MlOps.Core.Problems;
using MlOps.Google.Registry;
using MlOps.Steps.Build;

namespace MlOps.Steps.Push;

/// <summary>
/// Pushes what was built to the environment's repository and records the digests that the registry answers. Every image, also one that
/// was found there, gets the tags of the commit and of its inputs' fingerprint.
/// </summary>
public static class PushStep
{
    public static async Task<StepResult> RunAsync(DeliveryContext context, CancellationToken cancel)
    {
        var built = context.Workspace.Read(Records.Build);
        var registry = new RegistryClient(context.Endpoint);
        await PingAsync(registry, built, cancel);
        await using var engine = built.Images.Any(image => !image.Found) ? await ContainerEngine.ConnectAsync(cancel) : null;
        var pushed = new PushedImage[built.Images.Length];
        var sent = 0;
        await Parallel.ForEachAsync(Enumerable.Range(0, pushed.Length), new ParallelOptions { MaxDegreeOfParallelism = Math.Max(2, context.Options.Parallelism), CancellationToken = cancel }, async (at, token) =>
        {
            var image = built.Images[at];
            var digest = image.Digest ?? await PushAsync(context, registry, engine!, image, token);
            var (size, isNew) = await ImageTags.PutAsync(registry, image, digest, token);
            pushed[at] = new PushedImage(image.Component, image.Image, digest, size);
            Interlocked.Add(ref sent, isNew ? 1 : 0);
            context.Log.Line("push", image.Component, $"{image.Image.Name}@sha256:{digest.Short}… {Megabytes(size)}{(image.Found ? isNew ? ", was there, tagged" : ", was there" : "")}");
        });
        context.Workspace.Write(Records.Push, new PushedImages(built.Commit, [.. pushed]));
        return Summary(built, sent);
    }

    private static async Task PingAsync(RegistryClient registry, BuiltImages built, CancellationToken cancel)
    {
        // With retries, and with the host's name if it is not there: the engine has neither.
        foreach (var host in built.Images.Where(image => !image.Found).Select(image => image.Image.Host).Distinct(StringComparer.Ordinal))
        {
            await registry.PingAsync(host, cancel);
        }
    }

    private static async Task<Digest> PushAsync(DeliveryContext context, RegistryClient registry, ContainerEngine engine, BuiltImage image, CancellationToken cancel)
    {
        // Another worker may have built the same inputs meanwhile; its image is the one, so that all environments see one digest.
        if (await registry.HeadManifestAsync(image.Image.WithTag(ComponentImage.InputsTag(image.Fingerprint)), cancel) is { } other)
        {
            context.Log.Line("push", image.Component, "another worker has pushed the image of the same inputs: that one is used");
            return other.Digest;
        }

        var id = image.ImageId ?? image.Image.ToString();
        if (!await engine.Images.ExistsAsync(id, cancel))
        {
            throw new InvalidInputException("image-gone", $"{image.Image} is not on the Docker engine any more: run 'mlops build' again.");
        }

        var progress = new PushProgress(context.Time, line => context.Log.Line("push", image.Component, line));
        var digest = await EnginePush.RunAsync(engine, context.Endpoint, id, image.Image, progress, cancel);
        context.Log.Line("push", image.Component, progress.Summary);
        return digest;
    }

    private static StepResult Summary(BuiltImages built, int sent)
    {
        var count = Quantity.Of(built.Images.Length, "image");
        return sent == 0 ? StepResult.Unchanged(built.Images.IsEmpty ? "no image to push" : $"{count} in the registry already") : StepResult.Done($"{count} in the registry, {built.Images.Count(image => !image.Found)} pushed");
    }

    private static string Megabytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.0} MB");
}

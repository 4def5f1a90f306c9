using System.Collections.Concurrent;
using MlOps.Containers;
using MlOps.Core.Images;
using MlOps.Core.Problems;

namespace MlOps.Steps.Build;

/// <summary>Puts base images where they are needed, each once however many components stand on it.</summary>
internal sealed class BaseImages(DeliveryContext context, ContainerEngine engine)
{
    /// <summary>Copies of base images that no registry could give, in the environment's own repository.</summary>
    private const string CopiesFolder = "base-images";

    private readonly ConcurrentDictionary<string, Lazy<Task<string>>> _inEngine = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Lazy<Task<ImageReference>>> _inRegistry = new(StringComparer.Ordinal);

    /// <summary>Makes the engine hold exactly the image that the fingerprint names; where no registry could tell, whatever it has by that name.</summary>
    /// <returns>What the image is built on: the digest, or the engine's image id.</returns>
    /// <exception cref="StepFailedException">It is neither on the engine nor can it be pulled.</exception>
    public Task<string> EnsureInEngineAsync(BaseIdentity identity, CancellationToken cancel) =>
        _inEngine.GetOrAdd(identity.Name, _ => new Lazy<Task<string>>(() => InEngineAsync(identity, cancel))).Value;

    /// <summary>
    /// A reference from which the .NET SDK, which asks registries only, can pull the image: its own where a registry has it; else the
    /// engine's copy is pushed to the environment's repository under <c>base-images/</c>.
    /// </summary>
    public Task<ImageReference> EnsureInRegistryAsync(BaseIdentity identity, CancellationToken cancel) =>
        _inRegistry.GetOrAdd(identity.Name, _ => new Lazy<Task<ImageReference>>(() => InRegistryAsync(identity, cancel))).Value;

    /// <summary>Makes the engine know an image of the environment's repository by its own name and tag, and pulls it only if it must.</summary>
    public async Task PullAsync(ImageReference image, Digest digest, CancellationToken cancel)
    {
        var pinned = EngineName.Of(context.Endpoint, image.Pinned(digest));
        if (!await engine.Images.ExistsAsync(pinned.ToString(), cancel))
        {
            await engine.Images.PullAsync(pinned, await EngineAuth.ForAsync(context.Endpoint, image.Host, cancel), progress: null, cancel);
        }

        await engine.Images.TagAsync(pinned.ToString(), image, cancel);
    }

    private async Task<string> InEngineAsync(BaseIdentity identity, CancellationToken cancel)
    {
        var name = identity.Image.ToString();
        var there = await engine.Images.InspectAsync(name, cancel);
        var isIt = there is not null && (identity.Digest is null || await BaseIdentities.EngineDigestAsync(engine, identity.Image, cancel) == identity.Digest);
        if (!isIt)
        {
            await PullBaseAsync(identity, cancel);
            there = await engine.Images.InspectAsync(name, cancel);
        }

        return identity.Digest?.ToString() ?? there?.ID ?? "unknown";
    }

    private async Task PullBaseAsync(BaseIdentity identity, CancellationToken cancel)
    {
        context.Log.Line("build", null, $"pulling {identity.Name}");
        var wanted = identity.Digest is { } digest ? identity.Image.Pinned(digest) : identity.Image;
        var failures = new List<StepFailedException>();

        // Where the environment's cloud serves that host, from there; an image that it does not have may be had from the host itself.
        foreach (var from in new[] { EngineName.Of(context.Endpoint, wanted), wanted }.Distinct())
        {
            try
            {
                await engine.Images.PullAsync(from, await EngineAuth.ForAsync(context.Endpoint, from.Host, cancel), progress: null, cancel);
                await NameAsync(from, identity.Image, cancel);
                return;
            }
            catch (StepFailedException error)
            {
                failures.Add(error);
            }
        }

        throw new StepFailedException($"The base image {identity.Name} is not on the Docker engine, and cannot be pulled: {string.Join(" ", failures.Select(error => error.Message))}\nPull or load it under this name; where no registry can be reached, stand-ins can be made (`make base-images` of MlOps.Cicd).", inner: failures[0]);
    }

    private Task NameAsync(ImageReference pulled, ImageReference name, CancellationToken cancel) =>
        name.IsPinned || pulled == name ? Task.CompletedTask : engine.Images.TagAsync(pulled.ToString(), name, cancel);

    private async Task<ImageReference> InRegistryAsync(BaseIdentity identity, CancellationToken cancel)
    {
        if (identity is { Pullable: true, Digest: { } known })
        {
            return EngineName.Beside(context.Endpoint, identity.Image.Pinned(known));
        }

        await EnsureInEngineAsync(identity, cancel);
        var host = identity.Image.Host.Length == 0 ? "docker.io" : identity.Image.Host.Replace(':', '-');
        var copy = ImageReference.Parse($"{context.Environment.Images.TrimEnd('/')}/{CopiesFolder}/{host}/{identity.Image.Path}").WithTag(identity.Image.Tag ?? "latest");
        var digest = await EnginePush.RunAsync(engine, context.Endpoint, identity.Image.ToString(), copy, progress: null, cancel);
        return EngineName.Beside(context.Endpoint, copy.Pinned(digest));
    }
}

using System.Collections.Concurrent;
using Docker.DotNet.Models;
using MlOps.Containers;
using MlOps.Core.Images;
using MlOps.Core.Problems;
using MlOps.Google;
using MlOps.LocalCloud.ArtifactRegistry;

namespace MlOps.LocalCloud.Registry;

/// <summary>
/// How an image comes to the engine and leaves it: one of Google's registries from and to the local one, under the engine's
/// name for it; any other as it is named. Names that the engine gets only for a transfer are taken off again.
/// </summary>
/// <param name="versions">What the local registry has.</param>
internal sealed class ImageTransport(EngineNames names, VersionStore versions)
{
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _pushing = new(StringComparer.Ordinal);

    public EngineNames Names => names;

    /// <summary>What the local registry has under a name of Google's; null when it does not have it.</summary>
    public Digest? Local(ImageReference image)
    {
        if (names.LocalPath(image) is not { } path || RegistryPath.Parse(path) is not { } package)
        {
            return null;
        }

        var version = image.Digest is { } digest ? versions.Find(package, digest.ToString())?.Id : versions.FindTag(package, image.Tag ?? "latest")?.Version;
        return Digest.TryParse(version, out var found) ? found : null;
    }

    /// <summary>The tags that the local registry has of an image, for a message.</summary>
    public IReadOnlyList<string> Tags(ImageReference image) => names.LocalPath(image) is { } path && RegistryPath.Parse(path) is { } package
        ? [.. versions.Tags(package).Select(tag => tag.Tag)]
        : [];

    /// <summary>Pulls from the local registry and gives the image its name of Google's, which one pinned by digest cannot have.</summary>
    /// <returns>The name by which the engine has it.</returns>
    /// <exception cref="StepFailedException">The engine cannot pull it.</exception>
    public async Task<ImageReference> BringAsync(ContainerEngine engine, ImageReference image, Digest digest, IProgress<JSONMessage>? progress, CancellationToken cancel)
    {
        var pinned = names.ToEngine(image.Pinned(digest));
        await engine.Images.PullAsync(pinned, auth: null, progress, cancel);
        if (image.IsPinned)
        {
            return pinned;
        }

        await engine.Images.TagAsync(pinned.ToString(), image, cancel);
        return image;
    }

    /// <summary>Pushes an image of the engine (a name or an id) as a tag; none is <c>latest</c>.</summary>
    /// <returns>The registry's digest, under which the engine knows the image from now on.</returns>
    /// <exception cref="StepFailedException">The registry refuses, or the engine does not have the image.</exception>
    public async Task<Digest> PushAsync(ContainerEngine engine, string source, ImageReference target, IProgress<JSONMessage>? progress, CancellationToken cancel)
    {
        if (!GcpEndpoint.IsGoogleRegistry(target.Host))
        {
            return await engine.Images.PushAsync(target, auth: null, progress, cancel);
        }

        // Two pushes at a time would move a tag under each other's hands, and make the engine forget each other's digest.
        var passing = names.ToEngine(target).WithTag(target.Tag ?? "latest");
        var gate = _pushing.GetOrAdd(passing.Name, _ => new SemaphoreSlim(1, 1));
        await gate.WaitAsync(cancel);
        try
        {
            return await PassAsync(engine, source, passing, progress, cancel);
        }
        finally
        {
            gate.Release();
        }
    }

    private static async Task<Digest> PassAsync(ContainerEngine engine, string source, ImageReference passing, IProgress<JSONMessage>? progress, CancellationToken cancel)
    {
        await engine.Images.TagAsync(source, passing, cancel);
        Digest digest;
        try
        {
            digest = await engine.Images.PushAsync(passing, auth: null, progress, cancel);
        }
        finally
        {
            await engine.Images.RemoveAsync(passing.ToString(), CancellationToken.None);
        }

        // With its last tag of that repository the engine forgets the digest too; a pull of what it has tells it again.
        await engine.Images.PullAsync(passing.Pinned(digest), auth: null, progress: null, cancel);
        return digest;
    }
}

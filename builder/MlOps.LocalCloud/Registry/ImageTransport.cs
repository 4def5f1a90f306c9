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

    /// <summary>The engine's image of that name, if it was given it since; null for an older one.</summary>
    public static async Task<ImageInspectResponse?> TaggedSinceAsync(ContainerEngine engine, ImageReference image, DateTimeOffset since, CancellationToken cancel) =>
        !image.IsPinned && await engine.Images.InspectAsync(image.ToString(), cancel) is { Metadata.LastTagTime: { } tagged } found && tagged.ToUniversalTime() >= since.UtcDateTime ? found : null;

    /// <summary>
    /// Makes the engine have under a name of Google's what the local registry has under it, unless the engine was given that
    /// name since: then a build has made the image and not pushed it yet. Other names are left alone.
    /// </summary>
    /// <returns>The name for the engine.</returns>
    /// <exception cref="StepFailedException">The engine cannot pull it.</exception>
    public async Task<ImageReference> PrepareAsync(ContainerEngine engine, ImageReference image, DateTimeOffset since, CancellationToken cancel)
    {
        if (Local(image) is not { } digest || await TaggedSinceAsync(engine, image, since, cancel) is not null)
        {
            return image;
        }

        var pinned = names.ToEngine(image.Pinned(digest));
        if (await engine.Images.InspectAsync(pinned.ToString(), cancel) is not { } there)
        {
            return await BringAsync(engine, image, digest, progress: null, cancel);
        }

        if (image.IsPinned)
        {
            return pinned;
        }

        if (there.RepoTags?.Contains(image.WithTag(image.Tag ?? "latest").ToString()) is not true)
        {
            await engine.Images.TagAsync(there.ID, image, cancel);
        }

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

        Digest? pushed = null;
        await PassAsync(
            engine,
            target,
            async passing =>
            {
                pushed = await engine.Images.PushAsync(passing, auth: null, progress, cancel);
                return true;
            },
            cancel,
            source);
        return pushed!.Value;
    }

    /// <summary>Gives an image the local registry's name for as long as it takes to push it.</summary>
    /// <param name="target">One of Google's names.</param>
    /// <param name="push">Pushes the name that it is given; false when that failed.</param>
    /// <param name="source">The image (a name or an id); null for the one that the engine has under the target's name.</param>
    public async Task PassAsync(ContainerEngine engine, ImageReference target, Func<ImageReference, Task<bool>> push, CancellationToken cancel, string? source = null)
    {
        // Two pushes at a time would move a tag under each other's hands, and make the engine forget each other's digest.
        var passing = names.ToEngine(target).WithTag(target.Tag ?? "latest");
        var gate = _pushing.GetOrAdd(passing.Name, _ => new SemaphoreSlim(1, 1));
        await gate.WaitAsync(cancel);
        try
        {
            await engine.Images.TagAsync(source ?? target.ToString(), passing, cancel);
            var isPushed = false;
            try
            {
                isPushed = await push(passing);
            }
            finally
            {
                await engine.Images.RemoveAsync(passing.ToString(), CancellationToken.None);
            }

            // With its last tag of that repository the engine forgets the digest too; a pull of what it has tells it again.
            if (isPushed && Local(target) is { } digest)
            {
                await engine.Images.PullAsync(passing.Pinned(digest), auth: null, progress: null, cancel);
            }
        }
        finally
        {
            gate.Release();
        }
    }
}

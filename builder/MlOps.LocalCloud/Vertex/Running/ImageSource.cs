using System.Collections.Concurrent;
using MlOps.Containers;
using MlOps.Core.Images;
using MlOps.Core.Problems;

namespace MlOps.LocalCloud.Vertex.Running;

/// <summary>An image on the engine.</summary>
/// <param name="Name">By which the engine makes containers of it.</param>
/// <param name="Digest">Of its manifest; null where the engine knows none.</param>
/// <param name="Id">The engine's own id; null for a pinned one, about which the engine was not asked.</param>
internal sealed record EngineImage(string Name, string? Digest, string? Id)
{
    /// <summary>The same for the same content.</summary>
    public string Identity => Id ?? Digest!;
}

/// <summary>
/// Images of one run. A pinned one is pulled when the engine turns out not to have it; a tag of Google's registries is
/// pulled once a run, for it may have moved; any other tag is the engine's, or else pulled.
/// </summary>
internal sealed class ImageSource(Func<ImageReference, ImageReference> toEngineName)
{
    private readonly ConcurrentDictionary<string, Lazy<Task<EngineImage>>> _found = new(StringComparer.Ordinal);

    /// <exception cref="TaskFaultException">The image has no valid name, or cannot be had.</exception>
    public async Task<EngineImage> FindAsync(ContainerEngine engine, string image)
    {
        try
        {
            return await _found.GetOrAdd(image, name => new(() => LookUpAsync(engine, name))).Value;
        }
        catch
        {
            // The next attempt asks again.
            _found.TryRemove(image, out _);
            throw;
        }
    }

    /// <summary>Pulls an image that the engine turned out not to have.</summary>
    /// <exception cref="TaskFaultException">It cannot be had.</exception>
    public async Task PullAsync(ContainerEngine engine, string image, CancellationToken cancel)
    {
        var reference = Parse(image);
        var name = toEngineName(reference);
        try
        {
            await engine.Images.PullAsync(name, auth: null, progress: null, cancel);
        }
        catch (StepFailedException error)
        {
            throw new TaskFaultException($"The engine does not have the image {image} and cannot pull it. {error.Message}\n{Remedy(reference, name)}", error);
        }
    }

    private static string Remedy(ImageReference image, ImageReference name) => (image == name, image.Digest) switch
    {
        (false, _) => $"Images of Google's registries come from the local one, as {name}. 'mlops ci' builds and pushes those of a repo; any other one is pushed there by 'docker push'.",
        (true, null) => $"Check the name; 'docker pull {image}' on this machine says more. An image that only this machine has is found once it is called so: 'docker tag IMAGE {image}'.",
        _ => $"Check name and digest; 'docker pull {image}' on this machine says more. An image that was never pushed has no digest: name it by a tag, with --allow-tags.",
    };

    private async Task<EngineImage> LookUpAsync(ContainerEngine engine, string image)
    {
        var reference = Parse(image);
        var name = toEngineName(reference);
        if (reference.Digest is { } pinned)
        {
            return new EngineImage(name.ToString(), pinned.ToString(), Id: null);
        }

        var found = name == reference ? await engine.Images.InspectAsync(image, CancellationToken.None) : null;
        if (found is null)
        {
            await PullAsync(engine, image, CancellationToken.None);
            found = await engine.Images.InspectAsync(name.ToString(), CancellationToken.None) ?? throw new TaskFaultException($"The engine pulled {image} and does not have it.");
        }

        var digest = (found.RepoDigests ?? []).FirstOrDefault(known => known.StartsWith($"{name.Name}@", StringComparison.Ordinal));
        return new EngineImage(found.ID, digest?[(name.Name.Length + 1)..], found.ID);
    }

    private static ImageReference Parse(string image) =>
        ImageReference.TryParse(image, out var reference) ? reference : throw new TaskFaultException($"'{image}' is not an image's name.");
}

using System.Collections.Immutable;
using MlOps.Containers;
using MlOps.Core.Images;
using MlOps.Core.Problems;
using MlOps.Google;
using MlOps.Google.Errors;
using MlOps.Google.Registry;
using MlOps.Google.Retry;

namespace MlOps.Steps.Build;

/// <summary>What a base image's name stands for at the moment.</summary>
/// <param name="Digest">Null where nobody could say: the image's name is all there is to go by.</param>
/// <param name="Pullable">A registry answered for it just now.</param>
public sealed record BaseIdentity(string Name, Digest? Digest, bool Pullable)
{
    public ImageReference Image { get; } = ImageReference.Parse(Name);

    public override string ToString() => Digest?.ToString() ?? Name;
}

/// <summary>
/// Resolves the names of base images without pulling any: by the registry that holds them; else by the digest under which the engine
/// once pulled them; else (stand-ins, closed networks, an empty engine) not at all. Two workers of one network come to the same answer,
/// whatever their engines hold (docs/decisions/0004-input-fingerprints.md).
/// </summary>
internal static class BaseIdentities
{
    // A registry that does not answer must not hold up a plan.
    private static readonly RetryPolicy Impatient = new() { Attempts = 2, FirstDelay = TimeSpan.FromMilliseconds(50), AttemptTimeout = TimeSpan.FromSeconds(2) };

    public static async Task<ImmutableDictionary<string, BaseIdentity>> ResolveAsync(GcpEndpoint endpoint, IEnumerable<string> names, CancellationToken cancel)
    {
        var registry = new RegistryClient(endpoint, retry: Impatient);
        var asked = await Task.WhenAll(names.Distinct(StringComparer.Ordinal).Select(name => AskAsync(registry, name, cancel)));
        return asked.Any(one => one.Digest is null)
            ? (await AskEngineAsync(asked, cancel)).ToImmutableDictionary(one => one.Name, StringComparer.Ordinal)
            : asked.ToImmutableDictionary(one => one.Name, StringComparer.Ordinal);
    }

    private static async Task<BaseIdentity> AskAsync(RegistryClient registry, string name, CancellationToken cancel)
    {
        var image = ImageReference.Parse(name);
        if (image.Digest is { } pinned)
        {
            return new BaseIdentity(name, pinned, Pullable: false);
        }

        try
        {
            var head = await registry.HeadManifestAsync(image, cancel);
            return new BaseIdentity(name, head?.Digest, Pullable: head is not null);
        }
        catch (CloudException)
        {
            // Not there, or not for us: the engine may have it all the same.
            return new BaseIdentity(name, null, Pullable: false);
        }
    }

    private static async Task<BaseIdentity[]> AskEngineAsync(BaseIdentity[] asked, CancellationToken cancel)
    {
        try
        {
            await using var engine = await ContainerEngine.ConnectAsync(cancel);
            return await Task.WhenAll(asked.Select(async one => one.Digest is not null ? one : one with { Digest = await EngineDigestAsync(engine, one.Image, cancel) }));
        }
        catch (MachineLacksException)
        {
            // Planning does without an engine; building says that it is missing.
            return asked;
        }
    }

    /// <summary>The digest under which the engine pulled what it has by this name; null for what was built or loaded there.</summary>
    internal static async Task<Digest?> EngineDigestAsync(ContainerEngine engine, ImageReference image, CancellationToken cancel)
    {
        var found = await engine.Images.InspectAsync(image.ToString(), cancel);
        return (found?.RepoDigests ?? [])
            .Select(text => ImageReference.TryParse(text, out var pinned) && pinned.Name == image.Name ? pinned.Digest : null)
            .FirstOrDefault(digest => digest is not null);
    }
}

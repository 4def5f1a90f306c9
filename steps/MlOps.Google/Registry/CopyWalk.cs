using MlOps.Core.Images;

namespace MlOps.Google.Registry;

/// <summary>A manifest on the way.</summary>
/// <param name="Content">Its bytes and what they say; null where the target has it and nobody needs to look into it.</param>
/// <param name="IsThere">The target has it, and with it all that it refers to.</param>
/// <param name="Level">How deep within indexes; 0 is what was asked for.</param>
internal sealed record CopiedManifest(Digest Digest, Manifest? Content, ManifestDocument? Document, bool IsThere, int Level);

/// <summary>A manifest to look at.</summary>
/// <param name="IsThere">Whether the target has it; null where it is to be asked.</param>
/// <param name="Subject">What it must be about.</param>
internal sealed record WantedManifest(Descriptor Descriptor, bool? IsThere = null, Digest? Subject = null)
{
    /// <summary>One of which nothing is known but its digest.</summary>
    public static WantedManifest Root(Digest digest) => new(new Descriptor("", digest, ManifestRules.UnknownSize));
}

/// <summary>Looks at manifests of the source level by level, many at once at each, and refuses what is absurd or not what its descriptor says.</summary>
internal sealed class CopyWalk(RegistryClient from, RegistryClient to, ImageReference source, ImageReference target, CopyOptions options, ManifestRules rules)
{
    /// <summary>These manifests and their children; those that were seen before are left out.</summary>
    public async Task<IReadOnlyList<CopiedManifest>> ReadAsync(IEnumerable<WantedManifest> wanted, CancellationToken cancel)
    {
        var found = new List<CopiedManifest>();
        var level = New(wanted);
        for (var depth = 0; level.Count > 0; depth++)
        {
            rules.CheckDepth(depth);
            var read = await level.EachAsync(options.AtOnce, (one, token) => ReadAsync(one, depth, token), cancel);
            found.AddRange(read);

            // Children of an index that the target has are there: registries refuse an index without them.
            level = New(read.SelectMany(one => (one.Document?.Manifests ?? []).Select(child => new WantedManifest(child, one.IsThere ? true : null))));
        }

        return found;
    }

    private List<WantedManifest> New(IEnumerable<WantedManifest> wanted) => [.. wanted.Where(one => rules.Admit(one.Descriptor))];

    private async Task<CopiedManifest> ReadAsync(WantedManifest wanted, int depth, CancellationToken cancel)
    {
        var (descriptor, known, subject) = wanted;
        var head = known is null ? await to.HeadManifestAsync(target.Pinned(descriptor.Digest), cancel) : null;
        var isThere = known ?? head is not null;
        if (isThere && !(options.Referrers && MediaTypes.IsIndex(head?.MediaType ?? descriptor.MediaType)))
        {
            return new CopiedManifest(descriptor.Digest, null, null, true, depth);
        }

        var manifest = await from.GetManifestAsync(source.Pinned(descriptor.Digest), cancel);
        var document = rules.Read(manifest, descriptor);
        return subject is null || document.Subject?.Digest == subject
            ? new CopiedManifest(descriptor.Digest, manifest, document, isThere, depth)
            : throw rules.Refused($"the registry lists {descriptor.Digest} as a referrer of {subject}, but it is about {document.Subject?.Digest.ToString() ?? "nothing"}");
    }
}

internal static class AtOnce
{
    /// <summary>The results for all, so many at once, in the order of what was given; the first failure ends the others.</summary>
    public static async Task<TResult[]> EachAsync<T, TResult>(this IReadOnlyList<T> all, int atOnce, Func<T, CancellationToken, Task<TResult>> one, CancellationToken cancel)
    {
        var results = new TResult[all.Count];
        var options = new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = cancel };
        await Parallel.ForAsync(0, all.Count, options, async (index, token) => results[index] = await one(all[index], token));
        return results;
    }
}

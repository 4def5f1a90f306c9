using MlOps.Core.Images;

namespace MlOps.Google.Registry;

/// <summary>
/// Copies an image by digest, from registry to registry or within one: blobs, then manifests with children before their index, byte for
/// byte, then what refers to them. Broken off anywhere and run again, it sends only what is not there yet.
/// </summary>
public sealed class ImageCopy
{
    private readonly RegistryClient _from;
    private readonly RegistryClient _to;
    private readonly ImageReference _source;
    private readonly ImageReference _target;
    private readonly CopyOptions _options;
    private readonly ManifestRules _rules;
    private readonly CopyWalk _walk;
    private readonly BlobCopies _blobs;
    private int _written, _there, _referrers, _foreign;

    private ImageCopy(RegistryClient from, RegistryClient to, ImageReference source, ImageReference target, CopyOptions options)
    {
        (_from, _to, _source, _target, _options) = (from, to, source, target, options);
        _rules = new ManifestRules(source, options.Limits);
        _walk = new CopyWalk(from, to, source, target, options, _rules);
        _blobs = new BlobCopies(from, to, source, target, options);
    }

    /// <param name="from">Asked for the image; may be <paramref name="to"/> too.</param>
    /// <param name="to">Gets it; where it serves the source as well, its credential must allow to pull there for blobs to be mounted.</param>
    /// <param name="source">Pinned by digest.</param>
    /// <param name="target">The repository, bare or pinned to the same digest.</param>
    /// <param name="cancel">Ends the copy; what has arrived stays.</param>
    /// <exception cref="RegistryException">A registry refuses, or what it gives is not what it should be: that was not written.</exception>
    /// <exception cref="Errors.CloudException">A registry cannot be reached, or sends us where we do not go.</exception>
    public static async Task<CopyResult> RunAsync(RegistryClient from, RegistryClient to, ImageReference source, ImageReference target, CopyOptions options, CancellationToken cancel)
    {
        var digest = source.Digest ?? throw new ArgumentException($"{source} is not pinned: images are copied by digest.", nameof(source));
        if (target.Tag is not null || (target.Digest ?? digest) != digest)
        {
            throw new ArgumentException($"{target} is not a repository or the same digest; tags are given as options.", nameof(target));
        }

        return await new ImageCopy(from, to, source, target.Pinned(digest), options).RunAsync(digest, cancel);
    }

    private async Task<CopyResult> RunAsync(Digest digest, CancellationToken cancel)
    {
        var copied = await CopyAsync([WantedManifest.Root(digest)], cancel);
        for (var (depth, subjects) = (0, copied); _options.Referrers && subjects.Count > 0; depth++)
        {
            var referrers = await ReferrersAsync(subjects, cancel);
            if (depth == _options.Limits.ReferrerDepth && referrers.Length > 0)
            {
                throw _rules.Refused($"it has referrers of referrers, more than {depth} deep");
            }

            subjects = await CopyAsync(referrers, cancel);
            _referrers += subjects.Count(one => one is { IsThere: false, Level: 0 });
        }

        await _options.Tags.EachAsync(_options.AtOnce, (tag, token) => TagAsync(tag, token), cancel);
        return new CopyResult(
            _target, _written, _there, _referrers, _blobs.Count(BlobArrival.There), _blobs.Count(BlobArrival.Mounted), _blobs.Count(BlobArrival.Sent), _foreign, _blobs.BytesSent);
    }

    private async Task<IReadOnlyList<CopiedManifest>> CopyAsync(IReadOnlyList<WantedManifest> wanted, CancellationToken cancel)
    {
        var all = await _walk.ReadAsync(wanted, cancel);
        var missing = all.Where(one => !one.IsThere).ToList();
        await _blobs.BringAsync(_rules.NewBlobs(missing.Select(one => one.Document!)), cancel);
        foreach (var level in missing.GroupBy(one => one.Level).OrderByDescending(level => level.Key))
        {
            await level.ToList().EachAsync(_options.AtOnce, (one, token) => _to.PutManifestAsync(_target.Pinned(one.Digest), one.Content!, token), cancel);
        }

        _written += missing.Count;
        _there += all.Count - missing.Count;
        _foreign += missing.Sum(one => one.Document!.Layers?.Count(layer => layer.IsForeign) ?? 0);
        return all;
    }

    /// <summary>What the source lists about these, and whether the target lists it: one that the target has but does not list was broken off there.</summary>
    private async Task<WantedManifest[]> ReferrersAsync(IReadOnlyList<CopiedManifest> subjects, CancellationToken cancel) =>
        [.. (await subjects.EachAsync(_options.AtOnce, ReferrersAsync, cancel)).SelectMany(found => found)];

    private async Task<WantedManifest[]> ReferrersAsync(CopiedManifest subject, CancellationToken cancel)
    {
        var there = await _from.ReferrersAsync(_source.Pinned(subject.Digest), null, cancel);
        if (there.Count == 0)
        {
            return [];
        }

        var listed = (await _to.ReferrersAsync(_target.Pinned(subject.Digest), null, cancel)).Select(one => one.Digest).ToHashSet();
        return [.. there.Select(one => new WantedManifest(one, listed.Contains(one.Digest), subject.Digest))];
    }

    private async Task<Digest> TagAsync(string tag, CancellationToken cancel) =>
        await _to.HeadManifestAsync(_target.WithTag(tag), cancel) is { } head && head.Digest == _target.Digest ? head.Digest : await _to.TagAsync(_target, tag, cancel);
}

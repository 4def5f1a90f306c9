using System.Text.Json;
using MlOps.Core.Images;

namespace MlOps.Google.Registry;

/// <summary>What is taken from a registry to be copied: what its descriptor says, within limits, and one thing only.</summary>
/// <param name="source">Named in errors.</param>
internal sealed class ManifestRules(ImageReference source, CopyLimits limits)
{
    /// <summary>The size in a descriptor of which only the digest is known.</summary>
    public const long UnknownSize = -1;

    private readonly Dictionary<Digest, long> _manifests = [], _blobs = [];
    private long _bytes;

    public void CheckDepth(int depth)
    {
        if (depth > limits.Depth)
        {
            throw Refused($"it holds indexes within indexes, more than {limits.Depth} deep");
        }
    }

    /// <summary>One more manifest, before it is asked for. Not for many at once.</summary>
    /// <returns>False where it was let in before.</returns>
    public bool Admit(Descriptor manifest)
    {
        if (manifest.Size is > RegistryClient.LargestManifest or < UnknownSize)
        {
            throw Refused($"the manifest {manifest.Digest} is said to have {manifest.Size} bytes; at most {RegistryClient.LargestManifest} are read");
        }

        if (!IsNew(_manifests, manifest))
        {
            return false;
        }

        _bytes += manifest.Size;
        return _manifests.Count > limits.Manifests || _bytes > limits.ManifestBytes
            ? throw Refused($"it has more than {limits.Manifests} manifests, or more than {limits.ManifestBytes} bytes of them, children and referrers counted")
            : true;
    }

    /// <summary>The config and the layers of manifests that registries hold and that were not asked for before. Not for many at once.</summary>
    public IReadOnlyList<Descriptor> NewBlobs(IEnumerable<ManifestDocument> documents) => [.. documents.SelectMany(Blobs).Where(blob => IsNew(_blobs, blob))];

    /// <summary>What a manifest refers to, once it is what its descriptor says.</summary>
    /// <exception cref="RegistryException">It is not, or is no manifest.</exception>
    public ManifestDocument Read(Manifest manifest, Descriptor descriptor)
    {
        if (descriptor.Size != UnknownSize && descriptor.Size != manifest.Content.Length)
        {
            throw Refused($"the manifest {manifest.Digest} has {manifest.Content.Length} bytes, but its descriptor says {descriptor.Size}");
        }

        if (descriptor.MediaType.Length > 0 && descriptor.MediaType != manifest.MediaType)
        {
            throw Refused($"the manifest {manifest.Digest} is given as {manifest.MediaType}, but its descriptor says {descriptor.MediaType}");
        }

        var document = Parse(manifest);
        CheckKind(manifest, document);
        CheckLists(manifest, document);
        foreach (var blob in Blobs(document))
        {
            if (blob.Size < 0 || blob.Size > limits.BlobSize)
            {
                throw Refused($"the blob {blob.Digest} of {manifest.Digest} is said to have {blob.Size} bytes; 0 to {limits.BlobSize} are copied");
            }
        }

        return document;
    }

    public RegistryException Refused(string why) => new(null, "MANIFEST_INVALID", source.Host, $"{source} is not copied whole: {why}. Check who made it, and the registry {source.Host}.");

    private static IEnumerable<Descriptor> Blobs(ManifestDocument document) => (document.Layers ?? []).Append(document.Config).OfType<Descriptor>().Where(blob => !blob.IsForeign);

    private bool IsNew(Dictionary<Digest, long> known, Descriptor descriptor)
    {
        if (!known.TryGetValue(descriptor.Digest, out var size))
        {
            known[descriptor.Digest] = descriptor.Size;
            return true;
        }

        return size == descriptor.Size || size == UnknownSize ? false : throw Refused($"{descriptor.Digest} is said to have {size} bytes in one place and {descriptor.Size} in another");
    }

    private ManifestDocument Parse(Manifest manifest)
    {
        if (!MediaTypes.Manifests.Contains(manifest.MediaType, StringComparer.Ordinal))
        {
            throw Refused($"the manifest {manifest.Digest} is of the type '{manifest.MediaType}', expected one of {string.Join(", ", MediaTypes.Manifests)}");
        }

        try
        {
            return manifest.Parse();
        }
        catch (JsonException error)
        {
            throw Refused($"the manifest {manifest.Digest} is not one ({error.Message})");
        }
    }

    /// <summary>An image or an index and not both, as which one tool would see it and another one not (OCI image specification, advisory GHSA-77vh-xpmg-72qh).</summary>
    private void CheckKind(Manifest manifest, ManifestDocument document)
    {
        if (document.MediaType is { } said && said != manifest.MediaType)
        {
            throw Refused($"the manifest {manifest.Digest} is given as {manifest.MediaType}, but says of itself that it is {said}");
        }

        var isOne = manifest.IsIndex ? document is { Manifests: not null, Layers: null, Config: null } : document is { Config: not null, Layers: not null, Manifests: null };
        if (!isOne)
        {
            throw Refused($"the manifest {manifest.Digest} is not what its type {manifest.MediaType} says: an index has manifests only, an image has a config and layers only");
        }
    }

    private void CheckLists(Manifest manifest, ManifestDocument document)
    {
        if (document.Layers?.Count > limits.Layers || document.Manifests?.Count > limits.Children)
        {
            throw Refused($"the manifest {manifest.Digest} lists {document.Layers?.Count ?? document.Manifests?.Count}; at most {limits.Layers} layers or {limits.Children} manifests are copied");
        }
    }
}

using System.Text.Json;
using MlOps.Core.Images;

namespace MlOps.Google.Registry;

/// <summary>A manifest as a registry holds it: the very bytes, which are never written anew, and their media type.</summary>
public sealed record Manifest(string MediaType, ReadOnlyMemory<byte> Content)
{
    /// <summary>The digest of the bytes.</summary>
    public Digest Digest { get; } = Digest.Of(Content.Span);

    public bool IsIndex => MediaTypes.IsIndex(MediaType);

    /// <summary>What the manifest refers to.</summary>
    /// <exception cref="JsonException">The bytes are not a manifest.</exception>
    public ManifestDocument Parse() =>
        JsonSerializer.Deserialize(Content.Span, RegistryJson.Default.ManifestDocument) ?? throw new JsonException("The manifest is null.");
}

/// <summary>What HEAD tells about a manifest; <see cref="Size"/> in bytes.</summary>
public sealed record ManifestHead(Digest Digest, string MediaType, long? Size);

/// <summary>An image manifest (config, layers) or an index (manifests); which lists are filled tells which.</summary>
public sealed record ManifestDocument
{
    public int SchemaVersion { get; init; } = 2;

    public string? MediaType { get; init; }

    public string? ArtifactType { get; init; }

    public Descriptor? Config { get; init; }

    public IReadOnlyList<Descriptor>? Layers { get; init; }

    public IReadOnlyList<Descriptor>? Manifests { get; init; }

    /// <summary>What this manifest is a statement about (OCI distribution specification 1.1, "Referrers").</summary>
    public Descriptor? Subject { get; init; }

    public IReadOnlyDictionary<string, string>? Annotations { get; init; }

    /// <summary>The bytes to push; written once, read by digest ever after.</summary>
    public Manifest Written(string mediaType) =>
        new(mediaType, JsonSerializer.SerializeToUtf8Bytes(this with { MediaType = mediaType }, RegistryJson.Written.ManifestDocument));
}

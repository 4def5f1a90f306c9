using System.Text.Json.Serialization;
using MlOps.Core.Images;

namespace MlOps.Google.Registry;

/// <summary>Points to content by digest (OCI image specification, "Content Descriptors"); <see cref="Size"/> in bytes.</summary>
public sealed record Descriptor(string MediaType, Digest Digest, long Size)
{
    /// <summary>Where else the content is; of layers that registries do not hold.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Urls { get; init; }

    /// <summary>A layer that is fetched from elsewhere and must not be pushed (OCI image specification, "Non-Distributable Layers"). Without an address it is in the registry or nowhere.</summary>
    [JsonIgnore]
    public bool IsForeign => Urls is { Count: > 0 } && MediaTypes.IsForeign(MediaType);

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ArtifactType { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, string>? Annotations { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Platform? Platform { get; init; }
}

public sealed record Platform(string Architecture, string Os)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Variant { get; init; }
}

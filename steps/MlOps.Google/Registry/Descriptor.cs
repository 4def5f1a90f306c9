using System.Text.Json.Serialization;
using MlOps.Core.Images;

namespace MlOps.Google.Registry;

/// <summary>Points to content by digest (OCI image specification, "Content Descriptors"); <see cref="Size"/> in bytes.</summary>
public sealed record Descriptor(string MediaType, Digest Digest, long Size)
{
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

using System.Text.Json.Serialization;

namespace MlOps.Google.Storage;

/// <summary>An object's metadata, as the JSON API's Objects resource has it.</summary>
public sealed record StorageObject
{
    public required string Bucket { get; init; }

    public required string Name { get; init; }

    /// <summary>Version of the content: a new one with every write.</summary>
    public long Generation { get; init; }

    /// <summary>Version of the metadata within a generation.</summary>
    public long Metageneration { get; init; }

    /// <summary>Bytes.</summary>
    public long Size { get; init; }

    /// <summary>MD5 in base64; absent for composed objects.</summary>
    [JsonPropertyName("md5Hash")]
    public string? Md5 { get; init; }

    /// <summary>CRC-32C in base64, big-endian.</summary>
    public string? Crc32c { get; init; }

    public string? ContentType { get; init; }

    public DateTimeOffset? TimeCreated { get; init; }

    public DateTimeOffset? Updated { get; init; }

    /// <summary>The caller's own keys.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    [JsonIgnore]
    public GcsUri Uri => new(Bucket, Name);
}

/// <summary>A bucket's metadata.</summary>
public sealed record Bucket
{
    public required string Name { get; init; }

    public string? Location { get; init; }

    public DateTimeOffset? TimeCreated { get; init; }
}

/// <summary>An object's bytes and the generation that they are.</summary>
/// <param name="Age">Since it was written, by the service's own clock, to the second; zero where the service does not say.</param>
public sealed record StorageContent(ReadOnlyMemory<byte> Bytes, long Generation, TimeSpan Age);

/// <summary>How an object is written.</summary>
public sealed record UploadOptions
{
    public string ContentType { get; init; } = "application/octet-stream";

    /// <summary>Write only if the object has this generation; 0 means: only if there is none.</summary>
    public long? IfGenerationMatch { get; init; }

    public IReadOnlyDictionary<string, string>? Metadata { get; init; }
}

using System.Text.Json.Serialization;

namespace MlOps.Google.Storage;

internal sealed record ObjectList(IReadOnlyList<StorageObject>? Items, string? NextPageToken);

internal sealed record BucketList(IReadOnlyList<Bucket>? Items);

internal sealed record ObjectToWrite(string Name, string ContentType, string? Crc32c, IReadOnlyDictionary<string, string>? Metadata);

internal sealed record BucketToCreate(string Name, string? Location);

internal sealed record StorageErrorBody(StorageError? Error);

internal sealed record StorageError(int Code, string? Message);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, NumberHandling = JsonNumberHandling.AllowReadingFromString, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(StorageObject))]
[JsonSerializable(typeof(Bucket))]
[JsonSerializable(typeof(BucketList))]
[JsonSerializable(typeof(ObjectList))]
[JsonSerializable(typeof(ObjectToWrite))]
[JsonSerializable(typeof(BucketToCreate))]
[JsonSerializable(typeof(StorageErrorBody))]
internal sealed partial class StorageJson : JsonSerializerContext;

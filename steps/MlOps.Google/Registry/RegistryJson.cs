using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace MlOps.Google.Registry;

internal sealed record TagList(string? Name, IReadOnlyList<string>? Tags);

internal sealed record OciErrors(IReadOnlyList<OciError>? Errors);

internal sealed record OciError(string? Code, string? Message);

internal sealed record TokenAnswer(
    [property: JsonPropertyName("token")] string? Token,
    [property: JsonPropertyName("access_token")] string? AccessToken,
    [property: JsonPropertyName("expires_in")] int? ExpiresIn)
{
    public override string ToString() => nameof(TokenAnswer);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ManifestDocument))]
[JsonSerializable(typeof(TagList))]
[JsonSerializable(typeof(OciErrors))]
[JsonSerializable(typeof(TokenAnswer))]
[JsonSerializable(typeof(DockerConfigFile))]
[JsonSerializable(typeof(HelperAnswer))]
internal sealed partial class RegistryJson : JsonSerializerContext
{
    private static RegistryJson? _written;

    /// <summary>For what we write: the <c>+</c> of media types as it is, as every other tool writes it.</summary>
    public static RegistryJson Written => _written ??= new RegistryJson(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}

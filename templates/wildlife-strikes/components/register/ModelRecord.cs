using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Register;

/// <summary>
/// What is known about a model, in the order in which it is written. It holds no time and no run, so that the same model has the same
/// record; those stand in the pipeline job.
/// </summary>
/// <param name="Version">The first 12 digits of <paramref name="Sha256"/>.</param>
/// <param name="Uri">Where model.zip lies, <c>gs://…</c></param>
/// <param name="Sha256">Of model.zip, in lower-case hexadecimal.</param>
/// <param name="Metrics">The figures on the whole evaluation span.</param>
internal sealed record ModelRecord(
    string Name,
    bool Blessed,
    string? Version = null,
    string? Description = null,
    string? Uri = null,
    string? Sha256 = null,
    JsonNode? Metrics = null)
{
    private const int VersionDigits = 12;

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        NewLine = "\n",
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static ModelRecord NotBlessed(string name) => new(name, Blessed: false);

    /// <param name="uri">Where the model lies for others.</param>
    /// <param name="model">The same as a local path.</param>
    /// <param name="metrics">Path of evaluate's JSON.</param>
    /// <exception cref="InvalidDataException">The metrics are not what evaluate writes, or say that the model is not blessed.</exception>
    public static ModelRecord Of(string name, string description, string uri, string model, string metrics)
    {
        var judgement = Read(metrics);
        if (judgement["blessed"] is not JsonValue blessed || !blessed.TryGetValue<bool>(out var agreed) || judgement["overall"] is not JsonObject overall)
        {
            throw new InvalidDataException($"{metrics} has no 'blessed' or no 'overall'; it must be what evaluate writes.");
        }

        if (!agreed)
        {
            throw new InvalidDataException($"{metrics} says that the model is not blessed, but this task was told that it is: the two must come from one evaluation.");
        }

        using var file = File.OpenRead(model);
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(file));
        return new ModelRecord(name, true, sha256[..VersionDigits], description.Length == 0 ? null : description, uri, sha256, overall.DeepClone());
    }

    public string ToJson() => JsonSerializer.Serialize(this, Options);

    private static JsonNode Read(string path)
    {
        try
        {
            return JsonNode.Parse(File.ReadAllText(path)) ?? throw new InvalidDataException($"{path} holds null.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path} is not JSON: {e.Message}", e);
        }
    }
}

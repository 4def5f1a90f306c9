using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using MlOps.LocalCloud.Vertex.Pipelines.Spec;
using MlOps.LocalCloud.Vertex.Pipelines.Values;

namespace MlOps.LocalCloud.Vertex.Pipelines.Placeholders;

/// <summary>An artifact as tasks see it (pipeline_spec.proto, <c>RuntimeArtifact</c>).</summary>
/// <param name="Name">The output's name at its producer.</param>
/// <param name="Metadata">A map.</param>
/// <param name="CustomPath">A local path in place of the one that follows from the URI.</param>
/// <param name="Id">Its id in the metadata store (<c>…/metadataStores/default/artifacts/ID</c>).</param>
internal sealed record RuntimeArtifact(string Name, ArtifactType Type, string Uri, JsonElement Metadata, string? CustomPath = null, string Id = "")
{
    /// <summary>Where containers find it: <c>gs://B/P</c> is <c>/gcs/B/P</c> (specs/pipelines.md, "Paths").</summary>
    [JsonIgnore]
    public string Path => CustomPath ?? LocalPath.Of(Uri);

    /// <param name="store">Where the artifact's id is its name, <c>STORE/artifacts/ID</c>; null: the output's name.</param>
    public JsonObject ToJson(string? store = null)
    {
        var json = new JsonObject
        {
            ["name"] = store is null ? Name : $"{store}/artifacts/{Id}",
            ["type"] = new JsonObject { ["schemaTitle"] = Type.SchemaTitle, ["schemaVersion"] = Type.SchemaVersion },
            ["uri"] = Uri,
            ["metadata"] = Json.Normalised(Metadata),
        };
        if (CustomPath is not null)
        {
            json["customPath"] = CustomPath;
        }

        return json;
    }
}

/// <summary>Local paths of URIs.</summary>
internal static class LocalPath
{
    private static readonly (string Scheme, string Folder)[] Folders = [("gs://", "/gcs/"), ("s3://", "/s3/"), ("minio://", "/minio/")];

    public static string Of(string uri)
    {
        var (scheme, folder) = Folders.FirstOrDefault(pair => uri.StartsWith(pair.Scheme, StringComparison.Ordinal));
        if (scheme is not null)
        {
            return folder + uri[scheme.Length..];
        }

        return uri.StartsWith("oci://", StringComparison.Ordinal) ? $"/oci/{uri["oci://".Length..].Replace('/', '_')}/models" : uri;
    }
}

/// <summary>What a task's container is told (pipeline_spec.proto, <c>ExecutorInput</c>).</summary>
/// <param name="OutputParameters">The file in the container into which each output parameter is written.</param>
/// <param name="OutputFile">The file in the container for <c>executor_output.json</c>.</param>
internal sealed record ExecutorInput(
    ImmutableSortedDictionary<string, JsonElement> Parameters,
    ImmutableSortedDictionary<string, ImmutableArray<RuntimeArtifact>> Artifacts,
    ImmutableSortedDictionary<string, string> OutputParameters,
    ImmutableSortedDictionary<string, ImmutableArray<RuntimeArtifact>> OutputArtifacts,
    string OutputFile)
{
    /// <summary><c>projects/P/locations/L/metadataStores/default</c>: artifacts are told by their resource names (TFX); null: by their outputs' names.</summary>
    public string? Store { get; init; }

    /// <summary>The declared types where parameters are told with typed values too (schema 2.0); null otherwise.</summary>
    public ImmutableSortedDictionary<string, ParameterType>? Types { get; init; }

    public string ToJson()
    {
        var inputs = new JsonObject();
        Put(inputs, "parameterValues", Parameters, Json.Normalised);
        if (Types is { } types)
        {
            Put(inputs, "parameters", Parameters, pair => null);
            foreach (var (name, value) in Parameters)
            {
                inputs["parameters"]![name] = Typed(types.GetValueOrDefault(name), value);
            }
        }

        Put(inputs, "artifacts", Artifacts, List);
        var outputs = new JsonObject();
        Put(outputs, "parameters", OutputParameters, file => new JsonObject { ["outputFile"] = file });
        Put(outputs, "artifacts", OutputArtifacts, List);
        outputs["outputFile"] = OutputFile;
        return Json.Text(Json.Of(new JsonObject { ["inputs"] = inputs, ["outputs"] = outputs }));
    }

    private JsonObject List(ImmutableArray<RuntimeArtifact> artifacts) => new() { ["artifacts"] = new JsonArray([.. artifacts.Select(artifact => artifact.ToJson(Store))]) };

    // pipeline_spec.proto, Value: what has no type of its own is JSON in a string; 64-bit integers are written as strings.
    private static JsonObject Typed(ParameterType type, JsonElement value) => value.ValueKind == JsonValueKind.Number
        ? type == ParameterType.Double ? new() { ["doubleValue"] = Json.Normalised(value) } : new() { ["intValue"] = Coercion.Text(value) }
        : new() { ["stringValue"] = Coercion.Text(value) };

    // Empty maps are left out, as proto3 JSON does.
    private static void Put<T>(JsonObject to, string key, ImmutableSortedDictionary<string, T> values, Func<T, JsonNode?> json)
    {
        if (!values.IsEmpty)
        {
            to[key] = new JsonObject(values.Select(pair => KeyValuePair.Create(pair.Key, json(pair.Value))));
        }
    }
}

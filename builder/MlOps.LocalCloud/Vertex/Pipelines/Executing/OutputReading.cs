using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using MlOps.Core.Files;
using MlOps.LocalCloud.Vertex.Pipelines.Interpreting;
using MlOps.LocalCloud.Vertex.Pipelines.Placeholders;
using MlOps.LocalCloud.Vertex.Pipelines.Spec;
using MlOps.LocalCloud.Vertex.Pipelines.Values;

namespace MlOps.LocalCloud.Vertex.Pipelines.Executing;

/// <summary>What a container has given (specs/pipelines.md, "Outputs"): executor_output.json wins over the parameter files; artifacts exist whether it names them or not.</summary>
internal static class OutputReading
{
    /// <param name="folder">The folder in which it wrote, on this machine.</param>
    /// <exception cref="TaskFaultException">A declared parameter is missing or of another type, or executor_output.json cannot be read.</exception>
    public static TaskOutputs Read(Component component, ExecutorInput input, string folder)
    {
        var file = OutputFile(Path.Combine(folder, TaskRequest.OutputFileName));
        var given = Map(file, "parameterValues") ?? Map(file, "parameters");
        var parameters = component.OutputParameters.ToImmutableSortedDictionary(pair => pair.Key, pair => Parameter(pair.Key, pair.Value, given, folder), StringComparer.Ordinal);
        var named = Map(file, "artifacts");
        var artifacts = input.OutputArtifacts.ToImmutableSortedDictionary(pair => pair.Key, pair => Artifacts(pair.Value[0], named, pair.Key), StringComparer.Ordinal);
        return new TaskOutputs(parameters, artifacts, []);
    }

    private static JsonElement? OutputFile(string path)
    {
        if (!IsFile(path))
        {
            return null;
        }

        var text = File.ReadAllText(path);
        try
        {
            return text.Trim().Length == 0 ? null : Json.Parse(text);
        }
        catch (JsonException error)
        {
            throw new TaskFaultException($"The task's {TaskRequest.OutputFileName} is not JSON: {JsonFault.Words(text)}.", error);
        }
    }

    private static bool IsFile(string path) => File.Exists(path) && RegularFile.Is(new FileInfo(path));

    private static JsonElement? Map(JsonElement? of, string key) =>
        of is { ValueKind: JsonValueKind.Object } map && map.TryGetProperty(key, out var found) && found.ValueKind == JsonValueKind.Object ? found : null;

    private static JsonElement Parameter(string name, ParameterDefinition definition, JsonElement? given, string folder)
    {
        if (given is { } values && values.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null)
        {
            return Coercion.Output(name, definition.Type, Untyped(value));
        }

        var path = Path.Combine(folder, name);
        return IsFile(path)
            ? Coercion.Output(name, definition.Type, File.ReadAllText(path))
            : throw new TaskFaultException($"The task ended without writing its output parameter '{name}', neither into its file nor into {TaskRequest.OutputFileName}.");
    }

    // Schema 2.0 wrote {"stringValue": "x"}.
    private static JsonElement Untyped(JsonElement value) =>
        value.ValueKind == JsonValueKind.Object && value.EnumerateObject().ToArray() is [{ Name: "stringValue" or "intValue" or "doubleValue", Value: var inner }] ? inner : value;

    private static ImmutableArray<RuntimeArtifact> Artifacts(RuntimeArtifact provisioned, JsonElement? named, string key)
    {
        if (Map(named, key) is not { } entry || !entry.TryGetProperty("artifacts", out var list) || list.ValueKind != JsonValueKind.Array || list.GetArrayLength() == 0)
        {
            return [provisioned];
        }

        return [.. list.EnumerateArray().Select(artifact => Merged(provisioned, artifact))];
    }

    private static RuntimeArtifact Merged(RuntimeArtifact provisioned, JsonElement given)
    {
        var metadata = Json.Normalised(provisioned.Metadata)!.AsObject();
        foreach (var pair in Map(given, "metadata")?.EnumerateObject() ?? default)
        {
            metadata[pair.Name] = Json.Normalised(pair.Value);
        }

        return provisioned with
        {
            Uri = Text(given, "uri") ?? provisioned.Uri,
            CustomPath = Text(given, "customPath") ?? Text(given, "custom_path") ?? provisioned.CustomPath,
            Metadata = Json.Of((JsonNode)metadata),
        };
    }

    private static string? Text(JsonElement of, string key) =>
        of.TryGetProperty(key, out var found) && found.ValueKind == JsonValueKind.String && found.GetString() is { Length: > 0 } text ? text : null;
}

using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using MlOps.LocalCloud.Vertex.Pipelines.Interpreting;
using MlOps.LocalCloud.Vertex.Pipelines.Placeholders;
using MlOps.LocalCloud.Vertex.Pipelines.Spec;
using MlOps.LocalCloud.Vertex.Pipelines.Values;

namespace MlOps.LocalCloud.Vertex.Pipelines.Executing;

/// <summary>An importer: its output is an artifact that exists already.</summary>
internal static class ImporterTask
{
    /// <exception cref="TaskFaultException">There is no URI.</exception>
    public static Outcome Run(TaskRequest request, Executor.Importer importer)
    {
        var placeholders = new TaskPlaceholders(request.Run, request.Task, request.Component, request.ExecutorInput());
        var arguments = new ContainerArguments(placeholders);
        var given = importer.UriParameter is { } name && request.Inputs.Parameters.TryGetValue(name, out var value) ? Coercion.Text(value) : null;
        var uri = arguments.Text(importer.Uri ?? given ?? "");
        if (uri.Length == 0)
        {
            throw new TaskFaultException($"The importer '{request.Task.Name}' has no URI: {(importer.UriParameter is { } parameter ? $"its parameter '{parameter}' is empty" : "it is empty")}.");
        }

        var key = request.Component.OutputArtifacts.Keys.FirstOrDefault("artifact");
        var artifact = new RuntimeArtifact(key, importer.Type, uri, Json.Of(Filled(importer.Metadata, arguments)));
        var outputs = ImmutableSortedDictionary.Create<string, ImmutableArray<RuntimeArtifact>>(StringComparer.Ordinal).Add(key, [artifact]);
        return Outcome.Succeeded(TaskOutputs.Empty with { Artifacts = ArtifactIds.Given(request, outputs) });
    }

    private static JsonNode? Filled(JsonElement value, ContainerArguments arguments) => value.ValueKind switch
    {
        JsonValueKind.String => JsonValue.Create(arguments.Text(value.GetString()!)),
        JsonValueKind.Object => new JsonObject(value.EnumerateObject().Select(pair => KeyValuePair.Create(arguments.Text(pair.Name), Filled(pair.Value, arguments)))),
        JsonValueKind.Array => new JsonArray([.. value.EnumerateArray().Select(item => Filled(item, arguments))]),
        _ => Json.Node(value),
    };
}

using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Google.Cloud.AIPlatform.V1;
using MlOps.LocalCloud.Vertex.Metadata;
using MlOps.LocalCloud.Vertex.Pipelines.Interpreting;
using MlOps.LocalCloud.Vertex.Pipelines.Placeholders;
using MlOps.LocalCloud.Vertex.Pipelines.Serving;
using MlOps.LocalCloud.Vertex.Pipelines.Spec;
using MlOps.LocalCloud.Vertex.Pipelines.Values;

namespace MlOps.LocalCloud.Vertex.Pipelines.Executing;

/// <summary>An importer: its output is an artifact that exists already.</summary>
internal static class ImporterTask
{
    /// <param name="same">Finds an artifact of a location that is the same as another: unless it is to be imported anew, that is the one.</param>
    /// <exception cref="TaskFaultException">There is no URI.</exception>
    public static Outcome Run(TaskRequest request, Executor.Importer importer, Func<string, Artifact, Artifact?> same)
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
        var known = importer.Reimport ? null : same(request.Parent, TaskDescription.Described(artifact, MetadataNames.StoreOf(request.Parent), default));
        return Outcome.Succeeded(TaskOutputs.Empty with
        {
            Artifacts = known is null ? ArtifactIds.Given(request, outputs) : outputs.SetItem(key, [artifact with { Id = known.Name[(known.Name.LastIndexOf('/') + 1)..] }]),
        });
    }

    private static JsonNode? Filled(JsonElement value, ContainerArguments arguments) => value.ValueKind switch
    {
        JsonValueKind.String => JsonValue.Create(arguments.Text(value.GetString()!)),
        JsonValueKind.Object => new JsonObject(value.EnumerateObject().Select(pair => KeyValuePair.Create(arguments.Text(pair.Name), Filled(pair.Value, arguments)))),
        JsonValueKind.Array => new JsonArray([.. value.EnumerateArray().Select(item => Filled(item, arguments))]),
        _ => Json.Node(value),
    };
}

using System.Collections.Immutable;
using System.Text.Json.Nodes;
using MlOps.Core.Files;
using MlOps.Core.Images;
using MlOps.LocalCloud.Vertex.Pipelines.Interpreting;
using MlOps.LocalCloud.Vertex.Pipelines.Spec;
using MlOps.LocalCloud.Vertex.Pipelines.Tables;
using MlOps.LocalCloud.Vertex.Pipelines.Values;

namespace MlOps.LocalCloud.Vertex.Pipelines.Executing;

/// <summary>What a task gave, and what its artifacts held then, by URI.</summary>
internal sealed record CachedResult(Outcome Outcome, ImmutableSortedDictionary<string, string> Contents);

/// <summary>
/// Results of earlier runs, found by a fingerprint of what a task does: its image's digest, command, arguments and
/// environment before expansion, its parameters, its input artifacts' contents, its outputs' types.
/// </summary>
internal sealed class TaskCache(CacheTable table, ContentIdentity contents)
{
    public async Task<string> FingerprintAsync(TaskRequest request, Executor.Container executor, string image, CancellationToken cancel)
    {
        if (request.Caching.Key is { } key)
        {
            return Digest.Of($"{request.Parent}\0{request.ComponentName}\0{key}").Hex;
        }

        var artifacts = new JsonObject();
        foreach (var (name, inputs) in request.Inputs.Artifacts)
        {
            var identities = new JsonArray();
            foreach (var input in inputs)
            {
                identities.Add(JsonValue.Create(await contents.OfAsync(input.Uri, cancel)));
            }

            artifacts[name] = identities;
        }

        return Digest.Of(CanonicalJson.Bytes(Json.Normalised(Json.Of(new JsonObject
        {
            ["parent"] = request.Parent,
            ["image"] = image,
            ["command"] = Texts(executor.Command),
            ["args"] = Texts(executor.Args),
            ["env"] = Texts(executor.Environment.Select(pair => $"{pair.Key}={pair.Value}")),
            ["parameters"] = new JsonObject(request.ExecutorInput().Parameters.Select(pair => KeyValuePair.Create(pair.Key, Json.Node(pair.Value)))),
            ["artifacts"] = artifacts,
            ["outputParameters"] = new JsonObject(request.Component.OutputParameters.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)JsonValue.Create(pair.Value.Type.ToString())))),
            ["outputArtifacts"] = new JsonObject(request.Component.OutputArtifacts.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)Texts([pair.Value.Type.SchemaTitle, pair.Value.Type.SchemaVersion, Json.Text(pair.Value.Metadata)])))),
        })))).Hex;
    }

    /// <summary>An earlier result whose artifacts are all still there and hold what they held; else null.</summary>
    public async Task<Outcome?> FindAsync(string fingerprint, CancellationToken cancel)
    {
        if (table.Find(fingerprint) is not { } cached)
        {
            return null;
        }

        foreach (var (uri, content) in cached.Contents)
        {
            if (await contents.OfAsync(uri, cancel) != content)
            {
                return null;
            }
        }

        return cached.Outcome with { Kind = OutcomeKind.Cached };
    }

    public async Task KeepAsync(string fingerprint, Outcome outcome, CancellationToken cancel)
    {
        var held = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var artifact in outcome.Artifacts.Values.SelectMany(list => list))
        {
            held[artifact.Uri] = await contents.OfAsync(artifact.Uri, cancel);
        }

        table.Put(fingerprint, new CachedResult(outcome, held.ToImmutable()));
    }

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(text => (JsonNode?)JsonValue.Create(text))]);
}

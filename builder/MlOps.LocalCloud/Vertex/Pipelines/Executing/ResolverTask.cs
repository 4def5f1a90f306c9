using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Google.Cloud.AIPlatform.V1;
using Grpc.Core;
using MlOps.LocalCloud.Hosting;
using MlOps.LocalCloud.Vertex.Pipelines.Interpreting;
using MlOps.LocalCloud.Vertex.Pipelines.Placeholders;
using MlOps.LocalCloud.Vertex.Pipelines.Spec;
using MlOps.LocalCloud.Vertex.Pipelines.Values;
using static MlOps.LocalCloud.Hosting.FilterField<MlOps.LocalCloud.Vertex.Pipelines.Executing.RecordedArtifact>;

namespace MlOps.LocalCloud.Vertex.Pipelines.Executing;

/// <summary>
/// A resolver: its outputs are artifacts that earlier runs have made, the newest that its filters choose
/// (pipeline_spec.proto, <c>ResolverSpec</c>). Where nothing fits the output is an empty list, and the run goes on: the
/// first run of a pipeline has no blessed model. Without <c>in_context</c> only runs of the same pipeline count.
/// </summary>
internal static partial class ResolverTask
{
    private const string Example = """schema_title="tfx.Model" AND state=LIVE AND metadata.blessed.number_value=1""";

    /// <exception cref="TaskFaultException">A filter cannot be read.</exception>
    public static Outcome Run(TaskRequest request, Executor.Resolver resolver, RecordedArtifacts recorded)
    {
        var placeholders = new TaskPlaceholders(request.Run, request.Task, request.Component, request.ExecutorInput());
        var all = recorded.Of(request.Parent).ToList();
        var outputs = resolver.Queries.ToImmutableSortedDictionary(
            pair => pair.Key, pair => Filter(pair.Value.Filter, placeholders) is { } filter ? Found(filter, pair.Value.Limit, all, request) : [], StringComparer.Ordinal);
        return Outcome.Succeeded(TaskOutputs.Empty with { Artifacts = outputs });
    }

    private static ImmutableArray<RuntimeArtifact> Found(string filter, int limit, List<RecordedArtifact> all, TaskRequest request)
    {
        var matches = Parsed(filter, request.Task.Name);
        var isScoped = InContext().IsMatch(filter);
        return [.. all.Where(recorded => (isScoped || recorded.Pipeline == request.Run.Pipeline) && matches(recorded)).Take(limit).Select(recorded => Runtime(recorded.Artifact))];
    }

    /// <summary>The filter with its expressions filled in; null where one of them looks into an input that is empty.</summary>
    private static string? Filter(string filter, TaskPlaceholders placeholders)
    {
        var isEmpty = false;
        var filled = Placeholder.Expand(filter, placeholder =>
        {
            var looksIntoNothing = placeholder.Path is ["inputs", "artifacts", var name, ..] && (!placeholders.Input.Artifacts.TryGetValue(name, out var artifacts) || artifacts.IsEmpty);
            isEmpty |= looksIntoNothing;
            return looksIntoNothing ? "" : placeholders.Resolve(placeholder);
        });
        return isEmpty ? null : filled;
    }

    private static Func<RecordedArtifact, bool> Parsed(string filter, string task)
    {
        try
        {
            return ListFilter<RecordedArtifact>.Parse(InContext().Replace(filter, "in_context=$1"), Field, Example);
        }
        catch (RpcException refusal)
        {
            throw new TaskFaultException($"The resolver '{task}' cannot be run. {refusal.Status.Detail}", refusal);
        }
    }

    private static FilterField<RecordedArtifact>? Field(string name) => name switch
    {
        "schema_title" or "artifact_type" => Texts.One(recorded => recorded.Artifact.SchemaTitle),
        "state" => Texts.One(recorded => recorded.Artifact.Text("state")),
        "uri" => Texts.One(recorded => recorded.Artifact.Uri),
        "name" => new Texts(recorded => [recorded.Artifact.Name, recorded.Artifact.Name[(recorded.Artifact.Name.LastIndexOf('/') + 1)..]]),
        "display_name" => Texts.One(recorded => recorded.Artifact.DisplayName),
        "create_time" => new Time(recorded => recorded.Artifact.CreateTime),
        "in_context" => new Texts(recorded => [recorded.Pipeline, recorded.Run]),
        _ when name.Split('.') is ["metadata", var key, "number_value" or "string_value" or "bool_value"] => Texts.One(recorded => Text(recorded.Artifact.Metadata?.Fields.GetValueOrDefault(key.Trim('"')))),
        _ => null,
    };

    private static string? Text(global::Google.Protobuf.WellKnownTypes.Value? value) => value is null ? null : Coercion.Text(Json.Of(value));

    private static RuntimeArtifact Runtime(Artifact artifact) => new(
        artifact.DisplayName, new ArtifactType(artifact.SchemaTitle, artifact.SchemaVersion), artifact.Uri, Json.Of(artifact.Metadata),
        Id: artifact.Name[(artifact.Name.LastIndexOf('/') + 1)..]);

    [GeneratedRegex("""in_context\(\s*("[^"]*"|'[^']*')\s*\)""")]
    private static partial Regex InContext();
}

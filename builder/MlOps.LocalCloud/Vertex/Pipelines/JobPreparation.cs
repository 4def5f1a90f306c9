using System.Collections.Immutable;
using System.Text.Json;
using Google.Cloud.AIPlatform.V1;
using MlOps.Core.Images;
using MlOps.Core.Problems;
using MlOps.LocalCloud.Vertex.Pipelines.Interpreting;
using MlOps.LocalCloud.Vertex.Pipelines.Placeholders;
using MlOps.LocalCloud.Vertex.Pipelines.Spec;
using MlOps.LocalCloud.Vertex.Pipelines.Values;

namespace MlOps.LocalCloud.Vertex.Pipelines;

/// <summary>A job that can be run.</summary>
internal sealed record PreparedJob(PipelineJob Job, PipelineSpec Spec, RunFacts Facts, TaskInputs Inputs);

/// <summary>Checks a job whole before it runs: its pipeline, its parameters and artifacts, where its artifacts go.</summary>
internal static class JobPreparation
{
    /// <param name="job">With its name and create time.</param>
    /// <param name="artifacts">Looks up an artifact of <c>runtimeConfig.inputArtifacts</c> by its full name.</param>
    /// <exception cref="InvalidInputException">Every problem at once.</exception>
    public static PreparedJob Of(PipelineJob job, Func<string, Artifact?> artifacts)
    {
        var problems = new List<Problem>();
        var spec = SpecReader.Read(Json.Of(job.PipelineSpec), problems);
        var root = Root(job, spec, problems);
        var inputs = spec is null ? TaskInputs.Empty : RootInputs.Resolve(spec.Root, Parameters(job, spec, problems), Artifacts(job, artifacts, problems), problems);
        if (problems.Count > 0)
        {
            throw new InvalidInputException(problems);
        }

        var id = job.Name[(job.Name.LastIndexOf('/') + 1)..];
        var created = job.CreateTime.ToDateTimeOffset();
        var uuid = new Guid(Digest.Of($"{job.Name}\0{created:O}").Hex[..32]).ToString();
        var failFast = job.RuntimeConfig?.FailurePolicy == PipelineFailurePolicy.FailFast;
        return new PreparedJob(job, spec!, new RunFacts(job.Name, id, uuid, root, created, failFast) { Pipeline = spec!.Name, IsTfx = spec.IsTfx, IsTyped = spec.IsTyped }, inputs);
    }

    private static string Root(PipelineJob job, PipelineSpec? spec, List<Problem> problems)
    {
        var given = job.RuntimeConfig?.GcsOutputDirectory is { Length: > 0 } directory ? directory : spec?.DefaultRoot ?? "";
        if (given.Length == 0)
        {
            problems.Add(Problem.Error("no-pipeline-root", "runtimeConfig.gcsOutputDirectory is missing: gs://BUCKET/FOLDER, where the run's artifacts go."));
        }
        else if (!given.StartsWith("gs://", StringComparison.Ordinal) || given.Length == "gs://".Length || given.Split('/').Contains("..", StringComparer.Ordinal))
        {
            problems.Add(Problem.Error("bad-pipeline-root", $"The pipeline root '{given}' is not of the form gs://BUCKET/FOLDER."));
        }

        return given.TrimEnd('/');
    }

    private static Dictionary<string, JsonElement> Parameters(PipelineJob job, PipelineSpec spec, List<Problem> problems)
    {
        var given = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var (name, value) in job.RuntimeConfig?.ParameterValues ?? [])
        {
            given[name] = Json.Of(value);
        }

#pragma warning disable CS0612 // Pipelines of schema 2.0 are given their parameters here.
        foreach (var (name, value) in job.RuntimeConfig?.Parameters ?? [])
#pragma warning restore CS0612
        {
            if (Legacy(value, spec.Root.InputParameters.GetValueOrDefault(name)?.Type) is { } read)
            {
                given[name] = read;
            }
            else
            {
                problems.Add(Problem.Error("wrong-type", $"Parameter '{name}' has no value that can be read."));
            }
        }

        return given;
    }

    // Schema 2.0 knows three types; bools, lists and maps are JSON in a string.
    private static JsonElement? Legacy(Value value, ParameterType? type) => value.ValueCase switch
    {
        Value.ValueOneofCase.IntValue => Json.Of(value.IntValue),
        Value.ValueOneofCase.DoubleValue => Json.Of(value.DoubleValue),
        Value.ValueOneofCase.StringValue => Coercion.FromText(type ?? ParameterType.String, value.StringValue),
        _ => null,
    };

    private static ImmutableSortedDictionary<string, ImmutableArray<RuntimeArtifact>> Artifacts(PipelineJob job, Func<string, Artifact?> find, List<Problem> problems)
    {
        var found = ImmutableSortedDictionary.CreateBuilder<string, ImmutableArray<RuntimeArtifact>>(StringComparer.Ordinal);
        var parent = job.Name[..job.Name.IndexOf("/pipelineJobs/", StringComparison.Ordinal)];
        foreach (var (name, given) in job.RuntimeConfig?.InputArtifacts ?? [])
        {
            if (find($"{parent}/metadataStores/default/artifacts/{given.ArtifactId}") is { } artifact)
            {
                var metadata = Json.Of(artifact.Metadata);
                found[name] = [new RuntimeArtifact(artifact.DisplayName, new ArtifactType(artifact.SchemaTitle, artifact.SchemaVersion), artifact.Uri, metadata, CustomPath: null, given.ArtifactId)];
            }
            else
            {
                problems.Add(Problem.Error("unknown-artifact", $"The input artifact '{name}' names the artifact '{given.ArtifactId}', which is not in the metadata store of {parent}."));
            }
        }

        return found.ToImmutable();
    }
}

using System.Runtime.CompilerServices;
using Google.Cloud.AIPlatform.V1;
using Grpc.Core;
using MlOps.Google.Errors;
using MlOps.Google.Http;
using MlOps.Google.Retry;

namespace MlOps.Google.Grpc;

/// <summary>The metadata store <c>default</c> of one project and region, through Google's generated client (google/cloud/aiplatform/v1/metadata_service.proto); it only reads.</summary>
public sealed class VertexMetadata(GrpcChannels channels, string project, string region)
{
    private readonly MetadataService.MetadataServiceClient _client = new(channels.Vertex(region));
    private readonly GrpcRetry _retry = new(channels.Policy, new ServiceHost($"{region}-aiplatform.googleapis.com", channels.Endpoint.Vertex(region)));

    /// <summary><c>projects/P/locations/L/metadataStores/default</c>.</summary>
    public string Store { get; } = $"projects/{project}/locations/{region}/metadataStores/default";

    /// <summary>By its full name; null where there is none.</summary>
    public Task<Artifact?> ArtifactAsync(string name, CancellationToken cancel) =>
        FindAsync($"tell about {name}", token => _client.GetArtifactAsync(new GetArtifactRequest { Name = name }, channels.Options("name", name, token)), cancel);

    /// <inheritdoc cref="ArtifactAsync"/>
    public Task<Execution?> ExecutionAsync(string name, CancellationToken cancel) =>
        FindAsync($"tell about {name}", token => _client.GetExecutionAsync(new GetExecutionRequest { Name = name }, channels.Options("name", name, token)), cancel);

    /// <inheritdoc cref="ArtifactAsync"/>
    public Task<Context?> ContextAsync(string name, CancellationToken cancel) =>
        FindAsync($"tell about {name}", token => _client.GetContextAsync(new GetContextRequest { Name = name }, channels.Options("name", name, token)), cancel);

    /// <summary>Artifacts, newest first, every page.</summary>
    /// <param name="filter">As ListArtifactsRequest has it, such as <c>uri="gs://…"</c>.</param>
    /// <param name="cancel">Ends the listing.</param>
    public async IAsyncEnumerable<Artifact> ArtifactsAsync(string filter, [EnumeratorCancellation] CancellationToken cancel)
    {
        var request = new ListArtifactsRequest { Parent = Store, Filter = filter, OrderBy = "create_time desc", PageSize = 100 };
        do
        {
            var page = await _retry.RepeatableAsync("list artifacts", token => _client.ListArtifactsAsync(request, channels.Options("parent", Store, token)), cancel);
            foreach (var artifact in page.Artifacts)
            {
                yield return artifact;
            }

            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);
    }

    /// <summary>Whether an execution belongs to a context; both by their full names.</summary>
    public async Task<bool> IsInContextAsync(string execution, string context, CancellationToken cancel)
    {
        var request = new ListExecutionsRequest { Parent = Store, Filter = $"in_context(\"{context}\") AND name=\"{execution}\"", PageSize = 1 };
        return (await _retry.RepeatableAsync("list executions", token => _client.ListExecutionsAsync(request, channels.Options("parent", Store, token)), cancel)).Executions.Count > 0;
    }

    /// <summary>An artifact with what is at most so many events away.</summary>
    /// <exception cref="CloudException">FAILED_PRECONDITION: more than 1000 nodes.</exception>
    public Task<LineageSubgraph> AroundAsync(string artifact, int hops, CancellationToken cancel)
    {
        var request = new QueryArtifactLineageSubgraphRequest { Artifact = artifact, MaxHops = hops };
        return _retry.RepeatableAsync($"tell the lineage of {artifact}", token => _client.QueryArtifactLineageSubgraphAsync(request, channels.Options("artifact", artifact, token)), cancel);
    }

    /// <summary>An execution with its inputs and outputs.</summary>
    public Task<LineageSubgraph> InputsAndOutputsAsync(string execution, CancellationToken cancel)
    {
        var request = new QueryExecutionInputsAndOutputsRequest { Execution = execution };
        return _retry.RepeatableAsync($"tell the inputs and outputs of {execution}", token => _client.QueryExecutionInputsAndOutputsAsync(request, channels.Options("execution", execution, token)), cancel);
    }

    /// <summary>The artifacts and executions of a context.</summary>
    /// <exception cref="CloudException">FAILED_PRECONDITION: more than 1000 nodes.</exception>
    public Task<LineageSubgraph> InContextAsync(string context, CancellationToken cancel)
    {
        var request = new QueryContextLineageSubgraphRequest { Context = context };
        return _retry.RepeatableAsync($"tell the lineage of {context}", token => _client.QueryContextLineageSubgraphAsync(request, channels.Options("context", context, token)), cancel);
    }

    private async Task<T?> FindAsync<T>(string what, Func<CancellationToken, AsyncUnaryCall<T>> call, CancellationToken cancel)
        where T : class
    {
        try
        {
            return await _retry.RepeatableAsync(what, call, cancel);
        }
        catch (CloudException error) when (error.Status == StatusCode.NotFound)
        {
            return null;
        }
    }
}

using System.Collections.Immutable;
using Google.Cloud.AIPlatform.V1;
using Grpc.Core;
using MlOps.Core.Problems;
using MlOps.Google;
using MlOps.Google.Errors;
using MlOps.Google.Grpc;
using MlOps.Steps.Project;
using EventType = Google.Cloud.AIPlatform.V1.Event.Types.Type;

namespace MlOps.Steps.Lineage;

/// <summary>
/// Goes the way back, one event after another: the graph of all that a store has grows with every run, and beyond 1000 nodes the
/// service tells none of it.
/// </summary>
public sealed class LineageSearch
{
    private const int AtOnce = 16;
    private const int MostArtifacts = 2000;
    private readonly VertexMetadata _metadata;
    private readonly RunLookup _runs;
    private readonly Dictionary<string, LineageArtifact> _artifacts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, LineageExecution> _executions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, LineageRun> _found = new(StringComparer.Ordinal);
    private readonly List<string> _notes = [];

    private LineageSearch(VertexMetadata metadata, RunLookup runs) => (_metadata, _runs) = (metadata, runs);

    /// <exception cref="InvalidInputException">There is nothing of that name.</exception>
    public static async Task<WayBack> FindAsync(LineageTarget target, DeliveryEnvironment environment, GcpEndpoint endpoint, CancellationToken cancel)
    {
        using var channels = new GrpcChannels(endpoint);
        var (project, region) = (target.Project ?? environment.Project, target.Region ?? environment.Region);
        var metadata = new VertexMetadata(channels, project, region);
        var search = new LineageSearch(metadata, new RunLookup(metadata, new VertexPipelines(channels, project, region)));
        var (asked, starts) = await search.StartAsync(target, cancel);
        await search.WalkAsync(starts, cancel);
        return new WayBack(
            asked,
            [.. starts.Select(artifact => artifact.Name)],
            search._artifacts.ToImmutableDictionary(StringComparer.Ordinal),
            search._executions.ToImmutableDictionary(StringComparer.Ordinal),
            search._found.ToImmutableSortedDictionary(StringComparer.Ordinal),
            [.. search._notes]);
    }

    private async Task<(string? Asked, IReadOnlyList<Artifact> Starts)> StartAsync(LineageTarget target, CancellationToken cancel)
    {
        switch (target)
        {
            case LineageTarget.OfUri uri:
                return (null, [await AtUriAsync(uri, cancel)]);
            case LineageTarget.OfArtifact { Id: var id }:
                return (null, [await _metadata.ArtifactAsync($"{_metadata.Store}/artifacts/{id}", cancel) ?? throw Unknown($"There is no artifact {id} in {_metadata.Store}.")]);
            case LineageTarget.OfExecution { Id: var id }:
                return (null, await OfExecutionAsync($"{_metadata.Store}/executions/{id}", cancel));
            case LineageTarget.OfRun { Id: var id }:
                return (id, await OfRunAsync(id, cancel) ?? throw Unknown($"There is no run {id} in {_metadata.Store}."));
            case LineageTarget.OfId { Id: var id }:
                return await _metadata.ArtifactAsync($"{_metadata.Store}/artifacts/{id}", cancel) is { } artifact
                    ? (null, [artifact])
                    : (id, await OfRunAsync(id, cancel) ?? throw Unknown($"There is no artifact and no run {id} in {_metadata.Store}.", await NamedAsync(id, cancel)));
            default:
                throw new ArgumentException($"{target} is no target.", nameof(target));
        }
    }

    private static InvalidInputException Unknown(string message, string? instead = null) =>
        new("unknown-lineage-target", $"{message} {instead ?? "'mlops run' prints the job's id, 'mlops lineage JOB' the ids and URIs of its artifacts; --env looks in another environment."}");

    /// <summary>A run whose folder the URI is in.</summary>
    private async Task<string?> RunInAsync(string uri, CancellationToken cancel)
    {
        foreach (var part in uri.Split('/').Reverse().Where(RunLookup.IsJobId))
        {
            if (await _runs.FindAsync(part, cancel) is not null)
            {
                return $"It is in the folder of a run: ask about that, 'mlops lineage {part}'.";
            }
        }

        return null;
    }

    /// <summary>Artifacts that are called so: a name is not enough, for every run has one.</summary>
    private async Task<string?> NamedAsync(string name, CancellationToken cancel)
    {
        var found = await _metadata.ArtifactsAsync($"display_name=\"{Quoted(name)}\"", cancel).Take(3).ToListAsync(cancel);
        return found.Count == 0 ? null : $"The newest artifacts that are called {name}: {string.Join(", ", found.Select(artifact => $"{Last(artifact.Name)} ({artifact.Uri})"))}.";
    }

    private static string Quoted(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);

    private async Task<Artifact> AtUriAsync(LineageTarget.OfUri target, CancellationToken cancel)
    {
        var filter = string.Join(" OR ", target.AndAbove().Select(uri => $"uri=\"{Quoted(uri)}\""));
        var found = await _metadata.ArtifactsAsync(filter, cancel).ToListAsync(cancel);
        var nearest = found.Where(artifact => artifact.Uri.Length == found.Max(other => other.Uri.Length)).ToList();
        if (nearest.Count == 0)
        {
            throw Unknown($"No artifact in {_metadata.Store} is at {target.Uri}, and none is a folder above it.", await RunInAsync(target.Uri, cancel));
        }

        if (nearest.Count > 1)
        {
            _notes.Add($"{Quantity.Of(nearest.Count, "artifact")} are at {nearest[0].Uri}; this is the newest. The others: {string.Join(", ", nearest.Skip(1).Take(5).Select(artifact => Last(artifact.Name)))}{(nearest.Count > 6 ? ", …" : "")}.");
        }

        return nearest[0];
    }

    private async Task<IReadOnlyList<Artifact>> OfExecutionAsync(string name, CancellationToken cancel)
    {
        if (await _metadata.ExecutionAsync(name, cancel) is null)
        {
            throw Unknown($"There is no execution {Last(name)} in {_metadata.Store}.");
        }

        var around = await _metadata.InputsAndOutputsAsync(name, cancel);
        var outputs = Ends(around, EventType.Output).ToHashSet(StringComparer.Ordinal);
        return [.. around.Artifacts.Where(artifact => outputs.Contains(artifact.Name))];
    }

    /// <summary>What a run made and did not use itself; null where there is no such run.</summary>
    private async Task<IReadOnlyList<Artifact>?> OfRunAsync(string id, CancellationToken cancel)
    {
        if (await _runs.FindAsync(id, cancel) is not { } run)
        {
            return null;
        }

        _found[id] = run.Run;
        var graph = await _metadata.InContextAsync(run.Context, cancel);
        var used = Ends(graph, EventType.Input).ToHashSet(StringComparer.Ordinal);
        var starts = graph.Artifacts.Where(artifact => !used.Contains(artifact.Name)).OrderBy(artifact => artifact.DisplayName, StringComparer.Ordinal).ThenBy(artifact => artifact.Name, StringComparer.Ordinal).ToList();
        if (starts.Count == 0)
        {
            // What ran is worth knowing without artifacts too.
            await ExecutionsAsync(graph.Executions.Where(execution => !Makers.IsGroup(execution)), cancel);
            _notes.Add($"The run {id} has recorded no artifacts{(_executions.Count == 0 ? " and no executions" : "")}.");
        }

        return starts;
    }

    private async Task WalkAsync(IReadOnlyList<Artifact> starts, CancellationToken cancel)
    {
        var open = starts.ToList();
        while (open.Count > 0)
        {
            open = [.. open.Where(artifact => !_artifacts.ContainsKey(artifact.Name)).DistinctBy(artifact => artifact.Name)];
            if (_artifacts.Count + open.Count > MostArtifacts)
            {
                _notes.Add($"The way back goes on beyond {MostArtifacts} artifacts; it is cut off there.");
                return;
            }

            var makers = new List<Execution>();
            foreach (var some in open.Chunk(AtOnce))
            {
                foreach (var (artifact, made) in await Task.WhenAll(some.Select(async artifact => (artifact, await MakersAsync(artifact, cancel)))))
                {
                    _artifacts[artifact.Name] = Recorded.Artifact(artifact, made);
                    makers.AddRange(made.Maker is { } maker ? [maker] : []);
                }
            }

            open = await ExecutionsAsync(makers, cancel);
        }
    }

    /// <summary>Describes executions; gives the artifacts that they were given.</summary>
    private async Task<List<Artifact>> ExecutionsAsync(IEnumerable<Execution> executions, CancellationToken cancel)
    {
        var inputs = new List<Artifact>();
        foreach (var some in executions.DistinctBy(execution => execution.Name).Where(execution => !_executions.ContainsKey(execution.Name)).Chunk(AtOnce))
        {
            foreach (var (execution, around, run) in await Task.WhenAll(some.Select(execution => DescribeAsync(execution, cancel))))
            {
                var used = Ends(around, EventType.Input).ToHashSet(StringComparer.Ordinal);
                var image = Recorded.Image(execution) ?? (run?.Tasks?.ImageOf(execution.Name) is { } named ? new LineageImage(named, null, null) : null);
                _executions[execution.Name] = Recorded.Execution(execution, used.Order(StringComparer.Ordinal), run?.Run.Id, image);
                if (run is not null)
                {
                    _found[run.Run.Id] = run.Run;
                }

                inputs.AddRange(around.Artifacts.Where(artifact => used.Contains(artifact.Name)));
            }
        }

        return inputs;
    }

    private async Task<(Execution Execution, LineageSubgraph Around, FoundRun? Run)> DescribeAsync(Execution execution, CancellationToken cancel)
    {
        var around = await _metadata.InputsAndOutputsAsync(execution.Name, cancel);
        var outputs = Ends(around, EventType.Output).ToHashSet(StringComparer.Ordinal);
        return (execution, around, await _runs.OfAsync(execution, around.Artifacts.Where(artifact => outputs.Contains(artifact.Name)), cancel));
    }

    private async Task<Makers> MakersAsync(Artifact artifact, CancellationToken cancel)
    {
        LineageSubgraph around;
        try
        {
            around = await _metadata.AroundAsync(artifact.Name, hops: 1, cancel);
        }
        catch (CloudException error) when (error.Status == StatusCode.FailedPrecondition)
        {
            lock (_notes)
            {
                _notes.Add($"{artifact.DisplayName} ({Last(artifact.Name)}) is used by more executions than the service tells of at once; who made it cannot be found.");
            }

            return new Makers(null, []);
        }

        // Where only those are left that took it from the cache, they say who made it.
        var makers = Makers.Of(artifact.Name, around);
        var maker = makers.Maker is null && makers.CachedBy.Select(Recorded.CachedExecution).FirstOrDefault(name => name is not null) is { } earlier
            ? await _metadata.ExecutionAsync(earlier, cancel)
            : makers.Maker;
        return makers with { Maker = maker };
    }

    private static IEnumerable<string> Ends(LineageSubgraph graph, EventType type) => graph.Events.Where(happened => happened.Type == type).Select(happened => happened.Artifact);

    private static string Last(string name) => name[(name.LastIndexOf('/') + 1)..];
}

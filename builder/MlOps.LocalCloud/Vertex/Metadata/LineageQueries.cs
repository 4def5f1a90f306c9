using Google.Cloud.AIPlatform.V1;
using Microsoft.Data.Sqlite;
using MlOps.LocalCloud.Hosting;

namespace MlOps.LocalCloud.Vertex.Metadata;

/// <summary>Parts of the graph of artifacts and executions that events make.</summary>
internal sealed class LineageQueries(CloudDatabase database, NodeCollection<Artifact> artifacts, NodeCollection<Execution> executions)
{
    /// <summary>Of each kind, as metadata_service.proto has it.</summary>
    private const int Most = 1000;

    /// <summary>An artifact and what is connected with it, forwards and backwards.</summary>
    /// <param name="hops">How many events away at most; 0 for everything (a caller that leaves it out sends the same).</param>
    /// <param name="filter">Which artifacts belong to it, beside the one that is asked about; no way goes through others.</param>
    /// <exception cref="Grpc.Core.RpcException">NOT_FOUND; INVALID_ARGUMENT; FAILED_PRECONDITION: it is too large to be told.</exception>
    public LineageSubgraph OfArtifact(string name, int hops, string filter) => database.Read(connection =>
    {
        var start = artifacts.Find(connection, MetadataNames.In(MetadataNames.Artifacts, name)) ?? throw artifacts.NotFound(name);
        if (hops < 0)
        {
            throw Rpc.Invalid($"max_hops is {hops}: expected a number of events, or none for the whole graph.");
        }

        var passes = MetadataFilter.Parse<Artifact>(filter, connection);
        var graph = new Growing();
        graph.Artifacts.Add(name, start);
        List<string> reached = [name];
        for (var hop = 0; reached.Count > 0 && (hops == 0 || hop < hops); hop++)
        {
            reached = [.. reached.SelectMany(node => Neighbours(connection, graph, node, passes)).Distinct(StringComparer.Ordinal)];
        }

        return graph.ToMessage(name);
    });

    /// <summary>An execution with its inputs and outputs.</summary>
    /// <exception cref="Grpc.Core.RpcException">NOT_FOUND; FAILED_PRECONDITION: it is too large to be told.</exception>
    public LineageSubgraph OfExecution(string name) => database.Read(connection =>
    {
        var graph = new Growing();
        graph.Executions.Add(name, executions.Find(connection, MetadataNames.In(MetadataNames.Executions, name)) ?? throw executions.NotFound(name));
        _ = Neighbours(connection, graph, name, _ => true).ToList();
        return graph.ToMessage(name);
    });

    /// <summary>The artifacts and executions of a context, and the events between them.</summary>
    /// <param name="name">Of a context that there is.</param>
    /// <exception cref="Grpc.Core.RpcException">FAILED_PRECONDITION: it is too large to be told.</exception>
    public LineageSubgraph OfContext(string name) => database.Read(connection =>
    {
        var graph = new Growing();
        var members = connection.Members(name);
        foreach (var member in members)
        {
            if (IsArtifact(member) && artifacts.Find(connection, member) is { } artifact)
            {
                graph.Artifacts.Add(member, artifact);
            }
            else if (!IsArtifact(member) && executions.Find(connection, member) is { } execution)
            {
                graph.Executions.Add(member, execution);
            }
        }

        foreach (var happened in graph.Executions.Keys.SelectMany(connection.EventsOf).Where(happened => graph.Artifacts.ContainsKey(happened.Artifact)))
        {
            graph.Events.TryAdd((happened.Execution, happened.Artifact), happened);
        }

        return graph.ToMessage(name);
    });

    private IEnumerable<string> Neighbours(SqliteConnection connection, Growing graph, string node, Func<Artifact, bool> passes)
    {
        foreach (var happened in connection.EventsOf(node))
        {
            var isNew = node == happened.Artifact
                ? Reach(graph.Executions, executions, connection, happened.Execution, _ => true)
                : Reach(graph.Artifacts, artifacts, connection, happened.Artifact, passes);
            if (isNew is null)
            {
                continue;
            }

            graph.Events.TryAdd((happened.Execution, happened.Artifact), happened);
            graph.Check(node);
            if (isNew.Value)
            {
                yield return node == happened.Artifact ? happened.Execution : happened.Artifact;
            }
        }
    }

    /// <summary>Whether it was reached for the first time; null where it is not there or does not belong.</summary>
    private static bool? Reach<T>(Dictionary<string, T> reached, NodeCollection<T> all, SqliteConnection connection, string name, Func<T, bool> passes)
        where T : class, global::Google.Protobuf.IMessage<T>
    {
        if (reached.ContainsKey(name))
        {
            return false;
        }

        if (all.Find(connection, name) is not { } found || !passes(found))
        {
            return null;
        }

        reached.Add(name, found);
        return true;
    }

    private static bool IsArtifact(string name) => name.Contains("/artifacts/", StringComparison.Ordinal);

    private sealed class Growing
    {
        public Dictionary<string, Artifact> Artifacts { get; } = new(StringComparer.Ordinal);

        public Dictionary<string, Execution> Executions { get; } = new(StringComparer.Ordinal);

        public Dictionary<(string Execution, string Artifact), Event> Events { get; } = [];

        public void Check(string name)
        {
            if (Math.Max(Math.Max(Artifacts.Count, Executions.Count), Events.Count) > Most)
            {
                throw Rpc.Precondition($"The lineage of {name} has more than {Most} artifacts, executions or events; ask for less of it with max_hops or a filter.");
            }
        }

        public LineageSubgraph ToMessage(string name)
        {
            Check(name);
            return new LineageSubgraph { Artifacts = { Artifacts.Values }, Executions = { Executions.Values }, Events = { Events.Values } };
        }
    }
}

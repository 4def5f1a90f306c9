using Google.Cloud.AIPlatform.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.Data.Sqlite;
using MlOps.Core.Images;
using MlOps.LocalCloud.Hosting;

namespace MlOps.LocalCloud.Vertex.Metadata;

/// <summary>The artifacts, the executions or the contexts of all stores: what their calls have in common.</summary>
/// <param name="collection">Such as <c>artifacts</c>.</param>
internal sealed class NodeCollection<T>(CloudDatabase database, TimeProvider time, string collection, MessageParser<T> parser)
    where T : class, IMessage<T>
{
    private const int DefaultPage = 100;
    private const int LargestPage = 1000;
    private static readonly string[] Changeable = ["display_name", "uri", "state", "labels", "schema_title", "schema_version", "metadata", "description"];

    /// <exception cref="RpcException">NOT_FOUND.</exception>
    public T Get(string name) => database.Read(connection => Find(connection, MetadataNames.In(collection, name))) ?? throw NotFound(name);

    public T? Find(SqliteConnection connection, string name) => connection.Node(name) is { } stored ? Told(connection, stored) : null;

    /// <exception cref="RpcException">INVALID_ARGUMENT: the filter, the order or the page cannot be read.</exception>
    public (IEnumerable<T> Page, string Next) List(string store, int size, string token, string filter, string order)
    {
        var page = Page.Of(size == 0 ? DefaultPage : size, token, LargestPage);
        var found = database.Read(connection =>
        {
            var passes = MetadataFilter.Parse<T>(filter, connection);
            var ordered = MetadataOrder.Parse<T>(order);
            var nodes = connection.Nodes($"{MetadataNames.Store(store)}/{collection}").ConvertAll(stored => Told(connection, stored));
            return ordered(nodes.Where(passes)).Skip(page.Skip).Take(page.Size + 1).ToList();
        });
        return (found.Take(page.Size), page.Next(found.Count));
    }

    /// <exception cref="RpcException">ALREADY_EXISTS.</exception>
    public T Create(string store, string id, T? given)
    {
        var name = $"{MetadataNames.Store(store)}/{collection}/{MetadataNames.Id(id)}";
        return database.Write(connection => Add(connection, name, given)) ?? throw Rpc.Exists($"There is {name} already.");
    }

    /// <summary>Changes the fields that the mask names; without a mask, those that are given (AIP-134).</summary>
    /// <exception cref="RpcException">NOT_FOUND; FAILED_PRECONDITION: somebody else has changed it since.</exception>
    public T Update(T? given, FieldMask? mask, bool allowMissing)
    {
        var name = MetadataNames.In(collection, given?.Name() ?? "");
        ArgumentNullException.ThrowIfNull(given);
        var paths = Paths(given, mask);
        return database.Write(connection =>
        {
            if (Find(connection, name) is not { } node)
            {
                return allowMissing ? Add(connection, name, given)! : throw NotFound(name);
            }

            CheckETag(node, (string)given.Field("etag")!);
            FieldMasks.Apply(paths, given, node);
            node.Set("update_time", Now);
            return Stored(connection, name, node);
        });
    }

    /// <exception cref="RpcException">NOT_FOUND; FAILED_PRECONDITION: somebody else has changed it since.</exception>
    public void Delete(string name, string etag) => database.Write(connection =>
    {
        CheckETag(Find(connection, MetadataNames.In(collection, name)) ?? throw NotFound(name), etag);
        connection.DeleteNode(name);
        return name;
    });

    public RpcException NotFound(string name) => Rpc.NotFound($"There is no {name}.");

    private Timestamp Now => time.GetUtcNow().ToTimestamp();

    private T? Add(SqliteConnection connection, string name, T? given)
    {
        var node = given?.Clone() ?? parser.ParseFrom([]);
        node.Set("name", name);
        node.Set("create_time", Now);
        node.Set("update_time", Now);
        Strip(node);
        return connection.AddNode(name, node) ? Find(connection, name) : null;
    }

    private T Stored(SqliteConnection connection, string name, T node)
    {
        Strip(node);
        connection.PutNode(name, node);
        return Find(connection, name)!;
    }

    /// <summary>What follows from the rows is not kept in the message.</summary>
    private static void Strip(T node)
    {
        node.Set("etag", "");
        (node as Context)?.ParentContexts.Clear();
    }

    private T Told(SqliteConnection connection, byte[] stored)
    {
        var node = parser.ParseFrom(stored);
        node.Set("etag", Digest.Of(stored).Hex[..16]);
        (node as Context)?.ParentContexts.AddRange(connection.Parents(node.Name()));
        return node;
    }

    private static void CheckETag(T node, string given)
    {
        if (given.Length > 0 && given != (string)node.Field("etag")!)
        {
            throw Rpc.Precondition($"The etag '{given}' is not that of {node.Name()} as it is now ('{node.Field("etag")}'): somebody has changed it since; read it again.");
        }
    }

    private static string[] Paths(T given, FieldMask? mask)
    {
        var known = Changeable.Where(given.Has).ToArray();
        string[] paths = [.. (mask?.Paths ?? []).Select(FieldMasks.SnakeCase)];
        if (paths is ["*"])
        {
            return known;
        }

        return Array.Find(paths, path => !known.Contains(path)) is { } other
            ? throw Rpc.Invalid($"update_mask names '{other}'; what can be changed is {string.Join(", ", known)}.")
            : paths.Length > 0 ? paths : [.. known.Where(given.IsSet)];
    }
}

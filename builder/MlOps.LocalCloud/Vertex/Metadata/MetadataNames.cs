using System.Text.RegularExpressions;
using MlOps.LocalCloud.Hosting;

namespace MlOps.LocalCloud.Vertex.Metadata;

/// <summary>
/// Names in a metadata store: <c>projects/P/locations/L/metadataStores/default/COLLECTION/ID</c>. Malformed ones are
/// INVALID_ARGUMENT; another store than <c>default</c>, which every location has, is NOT_FOUND.
/// </summary>
internal static partial class MetadataNames
{
    public const string Artifacts = "artifacts";
    public const string Executions = "executions";
    public const string Contexts = "contexts";
    public const string Schemas = "metadataSchemas";

    /// <summary>The store of what lives at a location.</summary>
    /// <param name="location"><c>projects/P/locations/L</c>.</param>
    public static string StoreOf(string location) => $"{location}/metadataStores/default";

    /// <summary>A store's name, checked.</summary>
    public static string Store(string name)
    {
        var match = StoreGrammar().Match(name);
        if (!match.Success)
        {
            throw Rpc.Invalid($"'{name}' is not a metadata store: expected projects/PROJECT/locations/LOCATION/metadataStores/default.");
        }

        return match.Groups["store"].Value == "default" ? name : throw Rpc.NotFound($"There is no metadata store {name}: the local cloud has 'default' in every location, and no other.");
    }

    /// <summary>A name in a collection of a store, checked.</summary>
    public static string In(string collection, string name)
    {
        if (name.Split('/') is not [.. var store, var kind, { Length: > 0 }] || kind != collection)
        {
            throw Rpc.Invalid($"'{name}' is not a name of this kind: expected projects/PROJECT/locations/LOCATION/metadataStores/default/{collection}/ID.");
        }

        Store(string.Join('/', store));
        return name;
    }

    /// <summary>The location that a name is in.</summary>
    public static string LocationOf(string name) => name[..name.IndexOf("/metadataStores/", StringComparison.Ordinal)];

    /// <summary>A new node's id; a fresh one where none is given.</summary>
    public static string Id(string given) => given.Length == 0
        ? Guid.NewGuid().ToString()
        : IdGrammar().IsMatch(given) ? given : throw Rpc.Invalid($"The id '{given}' must be 4 to 128 lower-case letters, digits and '-'.");

    [GeneratedRegex("^projects/[^/]+/locations/[^/]+/metadataStores/(?<store>[^/]+)$", RegexOptions.ExplicitCapture)]
    private static partial Regex StoreGrammar();

    [GeneratedRegex("^[a-z0-9-]{4,128}$")]
    private static partial Regex IdGrammar();
}

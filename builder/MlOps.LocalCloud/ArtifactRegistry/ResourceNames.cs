using System.Text.RegularExpressions;
using MlOps.Google.Registry;
using MlOps.LocalCloud.Hosting;

namespace MlOps.LocalCloud.ArtifactRegistry;

/// <summary>Resource names of Artifact Registry, taken apart; a malformed one is INVALID_ARGUMENT.</summary>
internal static partial class ResourceNames
{
    /// <summary><c>projects/P/locations/L</c>.</summary>
    public static string Location(string name) => Match(LocationGrammar(), name, "projects/PROJECT/locations/LOCATION").Value;

    /// <summary><c>projects/P/locations/L/repositories/R</c>.</summary>
    public static RepositoryName Repository(string name) => Repository(Match(RepositoryGrammar(), name, "projects/PROJECT/locations/LOCATION/repositories/REPOSITORY"));

    public static PackageName Package(string name) => Package(Match(PackageGrammar(), name, ".../repositories/REPOSITORY/packages/PACKAGE"));

    /// <summary>A package, and the id of its version, tag or image that follows.</summary>
    public static (PackageName Package, string Id) Version(string name) => Child(Match(VersionGrammar(), name, ".../packages/PACKAGE/versions/VERSION"));

    public static (PackageName Package, string Id) Tag(string name) => Child(Match(TagGrammar(), name, ".../packages/PACKAGE/tags/TAG"));

    public static (PackageName Package, string Id) DockerImage(string name) => Child(Match(ImageGrammar(), name, ".../repositories/REPOSITORY/dockerImages/IMAGE@sha256:..."));

    private static Match Match(Regex grammar, string name, string expected)
    {
        var match = grammar.Match(name);
        return match.Success ? match : throw Rpc.Invalid($"'{name}' is not a resource name of this kind: expected {expected}.");
    }

    private static RepositoryName Repository(Match match) => new(match.Groups["project"].Value, match.Groups["location"].Value, match.Groups["repository"].Value);

    private static PackageName Package(Match match) => new(Repository(match), Uri.UnescapeDataString(match.Groups["package"].Value));

    private static (PackageName, string) Child(Match match) => (Package(match), match.Groups["id"].Value);

    private const string InLocation = "^projects/(?<project>[^/]+)/locations/(?<location>[^/]+)";
    private const string InRepository = InLocation + "/repositories/(?<repository>[^/]+)";
    private const string InPackage = InRepository + "/packages/(?<package>[^/]+)";

    [GeneratedRegex(InLocation + "$", RegexOptions.CultureInvariant)]
    private static partial Regex LocationGrammar();

    [GeneratedRegex(InRepository + "$", RegexOptions.CultureInvariant)]
    private static partial Regex RepositoryGrammar();

    [GeneratedRegex(InPackage + "$", RegexOptions.CultureInvariant)]
    private static partial Regex PackageGrammar();

    [GeneratedRegex(InPackage + "/versions/(?<id>[^/]+)$", RegexOptions.CultureInvariant)]
    private static partial Regex VersionGrammar();

    [GeneratedRegex(InPackage + "/tags/(?<id>[^/]+)$", RegexOptions.CultureInvariant)]
    private static partial Regex TagGrammar();

    [GeneratedRegex(InRepository + "/dockerImages/(?<package>[^/@]+)@(?<id>[^/]+)$", RegexOptions.CultureInvariant)]
    private static partial Regex ImageGrammar();
}

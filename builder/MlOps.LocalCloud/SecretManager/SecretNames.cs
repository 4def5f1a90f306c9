using System.Text.RegularExpressions;
using MlOps.LocalCloud.Hosting;

namespace MlOps.LocalCloud.SecretManager;

/// <summary>Resource names of Secret Manager, global and regional, taken apart; a malformed one is INVALID_ARGUMENT.</summary>
internal static partial class SecretNames
{
    private const string InProject = "^(?<parent>projects/[^/]+(/locations/[^/]+)?)";
    private const string InSecret = "^(?<secret>projects/[^/]+(/locations/[^/]+)?/secrets/[^/]+)";

    /// <summary><c>projects/P</c> or <c>projects/P/locations/L</c>.</summary>
    public static string Parent(string name) => Match(ParentGrammar(), name, "projects/PROJECT or projects/PROJECT/locations/LOCATION").Value;

    /// <summary><c>PARENT/secrets/S</c>.</summary>
    public static string Secret(string name) => Match(SecretGrammar(), name, "projects/PROJECT/secrets/SECRET").Value;

    /// <summary>A secret, and the number, alias or <c>latest</c> that follows.</summary>
    public static (string Secret, string Version) Version(string name)
    {
        var match = Match(VersionGrammar(), name, "projects/PROJECT/secrets/SECRET/versions/VERSION");
        return (match.Groups["secret"].Value, match.Groups["version"].Value);
    }

    public static bool IsRegional(string name) => name.Contains("/locations/", StringComparison.Ordinal);

    private static Match Match(Regex grammar, string name, string expected)
    {
        var match = grammar.Match(name);
        return match.Success ? match : throw Rpc.Invalid($"'{name}' is not a resource name of this kind: expected {expected}.");
    }

    [GeneratedRegex(InProject + "$", RegexOptions.CultureInvariant)]
    private static partial Regex ParentGrammar();

    [GeneratedRegex(InSecret + "$", RegexOptions.CultureInvariant)]
    private static partial Regex SecretGrammar();

    [GeneratedRegex(InSecret + "/versions/(?<version>[^/]+)$", RegexOptions.CultureInvariant)]
    private static partial Regex VersionGrammar();
}

using System.Collections.Immutable;
using System.Text.RegularExpressions;
using MlOps.LocalCloud.CloudBuild.EngineSockets.Http;

namespace MlOps.LocalCloud.CloudBuild.EngineSockets;

/// <summary>A call of the engine's API (docs.docker.com/reference/api/engine), taken apart.</summary>
/// <param name="Version"><c>/v1.41</c>, or empty.</param>
/// <param name="Path">Without the version, decoded: <c>/images/busybox:1.36/json</c>.</param>
internal sealed partial record ApiCall(string Method, string Version, string Path, ImmutableArray<KeyValuePair<string, string>> Query)
{
    private string _rawPath = "";

    /// <summary>The parameter's first value; null without it.</summary>
    public string? this[string name] => Query.Where(pair => pair.Key == name).Select(pair => pair.Value).FirstOrDefault();

    /// <summary>As it stands in a request.</summary>
    public string Target => Version + (Unescape(_rawPath) == Path ? _rawPath : Escape(Path)) + Join(Query);

    public static ApiCall Of(HttpHead head)
    {
        // A client may send the whole address.
        var target = Absolute().Replace(head.Target, "");
        var question = target.IndexOf('?', StringComparison.Ordinal);
        var path = question < 0 ? target : target[..question];
        var version = VersionOf().Match(path).Value;
        var raw = path[version.Length..];
        return new ApiCall(head.Method, version, Unescape(raw), question < 0 ? [] : Split(target[(question + 1)..])) { _rawPath = raw };
    }

    public ApiCall With(string name, string? value)
    {
        var rest = Query.RemoveAll(pair => pair.Key == name);
        return this with { Query = value is null ? rest : rest.Add(KeyValuePair.Create(name, value)) };
    }

    /// <summary>The image's name in <c>/images/NAME/WHAT</c>; null for another path. A name may hold slashes.</summary>
    public string? Between(string before, string after) =>
        Path.StartsWith(before, StringComparison.Ordinal) && Path.EndsWith(after, StringComparison.Ordinal) && Path.Length > before.Length + after.Length ? Path[before.Length..^after.Length] : null;

    private static ImmutableArray<KeyValuePair<string, string>> Split(string query) =>
    [
        .. query.Split('&', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=', 2)).Select(pair =>
            KeyValuePair.Create(Decode(pair[0]), pair.Length == 2 ? Decode(pair[1]) : "")),
    ];

    private static string Join(ImmutableArray<KeyValuePair<string, string>> query) =>
        query.IsEmpty ? "" : "?" + string.Join('&', query.Select(pair => $"{Uri.EscapeDataString(pair.Key)}={Uri.EscapeDataString(pair.Value)}"));

    private static string Decode(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));

    private static string Unescape(string path) => Uri.UnescapeDataString(path);

    private static string Escape(string path) => string.Join('/', path.Split('/').Select(part => Uri.EscapeDataString(part).Replace("%3A", ":", StringComparison.Ordinal).Replace("%40", "@", StringComparison.Ordinal)));

    [GeneratedRegex("^/v[0-9]+[.][0-9]+(?=/)")]
    private static partial Regex VersionOf();

    [GeneratedRegex("^https?://[^/]*")]
    private static partial Regex Absolute();
}

using System.Net.Http.Headers;
using System.Text.RegularExpressions;

namespace MlOps.Google.Registry;

/// <summary>What a 401 asks for: <c>Bearer realm="…",service="…",scope="…"</c> or <c>Basic realm="…"</c>.</summary>
internal sealed partial record Challenge(bool IsBearer, Uri? Realm, string? Service, string? Scope)
{
    /// <summary>Bearer before Basic; null where neither is asked for.</summary>
    public static Challenge? Of(HttpResponseHeaders headers)
    {
        var all = headers.WwwAuthenticate.ToArray();
        var bearer = all.FirstOrDefault(value => value.Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase));
        if (bearer is not null)
        {
            var parameters = Parameter().Matches(bearer.Parameter ?? "")
                .GroupBy(match => match.Groups["key"].Value.ToLowerInvariant())
                .ToDictionary(group => group.Key, group => Value(group.First()), StringComparer.Ordinal);
            return new Challenge(true, Uri.TryCreate(parameters.GetValueOrDefault("realm"), UriKind.Absolute, out var realm) ? realm : null, parameters.GetValueOrDefault("service"), parameters.GetValueOrDefault("scope"));
        }

        return all.Any(value => value.Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase)) ? new Challenge(false, null, null, null) : null;
    }

    private static string Value(Match match) => match.Groups["quoted"].Success ? match.Groups["quoted"].Value.Replace("\\\"", "\"", StringComparison.Ordinal) : match.Groups["plain"].Value;

    [GeneratedRegex("""(?<key>[A-Za-z_]+)\s*=\s*(?:"(?<quoted>(?:[^"\\]|\\.)*)"|(?<plain>[^\s,"]+))""", RegexOptions.CultureInvariant)]
    private static partial Regex Parameter();
}

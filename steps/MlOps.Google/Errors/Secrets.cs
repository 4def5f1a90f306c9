using System.Text.RegularExpressions;

namespace MlOps.Google.Errors;

/// <summary>Takes credentials out of text that others wrote, before it becomes part of an error.</summary>
internal static partial class Secrets
{
    public static string Removed(string text) => Credential().Replace(text, match => match.Groups["keep"].Value + "[removed]");

    [GeneratedRegex(@"(?<keep>\b(?:bearer|basic)\s+)[A-Za-z0-9._~+/=-]{8,}|(?<keep>(?:access_token|refresh_token|id_token|password|secret|X-Goog-Signature|X-Amz-Signature|sig)[""']?\s*[=:]\s*[""']?)[^\s""'&,;}]+|(?<keep>://)[^/\s:@]+:[^/\s@]+(?=@)|(?<keep>)\bya29\.[A-Za-z0-9._-]+", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Credential();
}

using System.Text;
using System.Text.RegularExpressions;

namespace MlOps.Google.Errors;

/// <summary>Takes credentials out of text that others wrote, before it becomes part of an error.</summary>
public static partial class Secrets
{
    private const string Mark = "[removed]";

    /// <summary>Also what we sent ourselves, which a server may say back.</summary>
    public static string Removed(string text, HttpRequestMessage? request)
    {
        if (request?.Headers.Authorization is not { Parameter.Length: > 0 } sent)
        {
            return Removed(text);
        }

        var without = text.Replace(sent.Parameter, Mark, StringComparison.Ordinal);
        return Removed(sent.Scheme == "Basic" && Password(sent.Parameter) is { Length: > 0 } password ? without.Replace(password, Mark, StringComparison.Ordinal) : without);
    }

    public static string Removed(string text) => Credential().Replace(text, match => match.Groups["keep"].Value + Mark);

    private static string Password(string basic)
    {
        var pair = Encoding.UTF8.GetString(Convert.FromBase64String(basic));
        return pair[(pair.IndexOf(':', StringComparison.Ordinal) + 1)..];
    }

    [GeneratedRegex(@"(?<keep>\b(?:bearer|basic)\s+)[A-Za-z0-9._~+/=-]{8,}|(?<keep>(?:access_token|refresh_token|id_token|password|secret|X-Goog-Signature|X-Amz-Signature|sig)[""']?\s*[=:]\s*[""']?)[^\s""'&,;}]+|(?<keep>://)[^/\s:@]+:[^/\s@]+(?=@)|(?<keep>)\bya29\.[A-Za-z0-9._-]+", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Credential();
}

namespace MlOps.LocalCloud.CloudBuild.Sources;

/// <summary>Addresses of git repositories, compared as people mean them: <c>https://</c>, <c>ssh://</c> and <c>git@host:</c> forms of one repository are the same.</summary>
internal static class RepositoryAddress
{
    public static bool Same(string one, string other) => Plain(one) == Plain(other);

    /// <summary><c>host/owner/repo</c>, the host in lower case, without user, scheme and <c>.git</c>; a local path as it is.</summary>
    private static string Plain(string address)
    {
        var text = address.Trim().TrimEnd('/');
        text = text.EndsWith(".git", StringComparison.Ordinal) ? text[..^4].TrimEnd('/') : text;
        var scheme = text.IndexOf("://", StringComparison.Ordinal);
        if (scheme < 0)
        {
            return IsScp(text) ? Lower(WithoutUser(text).Replace(':', '/')) : text;
        }

        var rest = text[(scheme + 3)..];
        return text.StartsWith("file://", StringComparison.Ordinal) ? rest : Lower(WithoutUser(rest));
    }

    /// <summary><c>git@github.com:owner/repo</c>: a colon before any slash.</summary>
    private static bool IsScp(string text) =>
        text.IndexOf(':', StringComparison.Ordinal) is var colon and > 1 && text.IndexOf('/', StringComparison.Ordinal) is var slash && (slash < 0 || colon < slash);

    private static string WithoutUser(string text)
    {
        var at = text.IndexOf('@', StringComparison.Ordinal);
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        return at >= 0 && (slash < 0 || at < slash) ? text[(at + 1)..] : text;
    }

    private static string Lower(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? text.ToLowerInvariant() : text[..slash].ToLowerInvariant() + text[slash..];
    }
}

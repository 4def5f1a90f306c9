using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace MlOps.LocalCloud.Proxy;

/// <summary>
/// Google's hosts and where the local cloud serves them: most at the same path, images and templates below their location, a
/// bucket's own host at the bucket's path.
/// </summary>
internal static partial class GoogleHosts
{
    private const string StorageHost = "storage.googleapis.com", LoggingHost = "logging.googleapis.com", Images = "-docker.pkg.dev", Templates = "-kfp.pkg.dev";

    /// <summary>What is served under Google's names: these domains and everything below them.</summary>
    public static readonly string[] Domains = ["googleapis.com", "pkg.dev", "gcr.io"];

    public static bool Contains(string host) =>
        Array.Exists(Domains, domain => host.Equals(domain, StringComparison.OrdinalIgnoreCase) || host.EndsWith($".{domain}", StringComparison.OrdinalIgnoreCase));

    /// <summary>Another service than Storage was asked by name.</summary>
    public static bool IsOtherApi(string host) => Contains(host) && !IsStorage(host);

    public static bool IsStorage(string host) => host.Equals(StorageHost, StringComparison.OrdinalIgnoreCase) || host.EndsWith($".{StorageHost}", StringComparison.OrdinalIgnoreCase);

    public static Task RewriteAsync(HttpContext context, RequestDelegate next)
    {
        var host = context.Request.Host.Host.ToLowerInvariant();
        if (host.EndsWith(Images, StringComparison.Ordinal))
        {
            ToImages(context, host[..^Images.Length]);
        }
        else if (host == "gcr.io" || host.EndsWith(".gcr.io", StringComparison.Ordinal))
        {
            ToImages(context, host);
        }
        else if (host.EndsWith(Templates, StringComparison.Ordinal))
        {
            Prefix(context, "", $"/kfp/{host[..^Templates.Length]}");
        }
        else if (host == LoggingHost)
        {
            Prefix(context, "", "/logging");
        }
        else if (host.EndsWith($".{StorageHost}", StringComparison.Ordinal))
        {
            Prefix(context, "", $"/{host[..^(StorageHost.Length + 1)]}");
        }

        return next(context);
    }

    /// <summary><c>/v2/P/R/I</c> of one location becomes <c>/v2/LOC/P/R/I</c>, and what the answer names is taken back.</summary>
    private static void ToImages(HttpContext context, string folder)
    {
        if (context.Request.Path.Value!.Length <= "/v2/".Length)
        {
            return;
        }

        Prefix(context, "/v2", $"/v2/{folder}");
        // A blob of another repository is asked for by that one's name. The rest of the query stays byte for byte: an upload's state is signed.
        var request = context.Features.GetRequiredFeature<IHttpRequestFeature>();
        request.RawTarget = From().Replace(request.RawTarget, $"$0{folder}%2F");
        request.QueryString = From().Replace(request.QueryString, $"$0{folder}%2F");
        context.Response.OnStarting(() =>
        {
            var headers = context.Response.Headers;
            headers.Location = headers.Location.ToString().Replace($"/v2/{folder}/", "/v2/", StringComparison.Ordinal) is { Length: > 0 } location ? location : default;
            headers.Link = headers.Link.ToString().Replace($"/v2/{folder}/", "/v2/", StringComparison.Ordinal) is { Length: > 0 } link ? link : default;
            return Task.CompletedTask;
        });
    }

    /// <summary>Puts one path in the place of another's beginning, in both forms that are read.</summary>
    private static void Prefix(HttpContext context, string old, string prefix)
    {
        var request = context.Features.GetRequiredFeature<IHttpRequestFeature>();
        var target = request.RawTarget.StartsWith('/') ? request.RawTarget : new Uri(request.RawTarget).PathAndQuery;
        if (target.StartsWith(old, StringComparison.Ordinal) && request.Path.StartsWith(old, StringComparison.Ordinal))
        {
            request.RawTarget = prefix + target[old.Length..];
            request.Path = prefix + request.Path[old.Length..];
        }
    }

    [GeneratedRegex("(?<=[?&])from=", RegexOptions.CultureInvariant)]
    private static partial Regex From();
}

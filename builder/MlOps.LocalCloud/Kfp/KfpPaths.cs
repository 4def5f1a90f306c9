using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace MlOps.LocalCloud.Kfp;

/// <summary>
/// The KFP SDK asks any host but <c>*.kfp.pkg.dev</c> for packages, versions and tags at <c>HOST/packages/…</c>; those calls
/// are Artifact Registry's, so they become its paths.
/// </summary>
internal static partial class KfpPaths
{
    public static Task RewriteAsync(HttpContext context, RequestDelegate next)
    {
        var match = Grammar().Match(context.Request.Path.Value!);
        if (match.Success)
        {
            var (location, project, repository, rest) = (match.Groups[1].Value, match.Groups[2].Value, match.Groups[3].Value, match.Groups[4].Value);
            context.Request.Path = $"/v1/projects/{project}/locations/{location}/repositories/{repository}/packages{rest}";
            if (rest.Contains("/versions", StringComparison.Ordinal) && HttpMethods.IsGet(context.Request.Method) && !context.Request.Query.ContainsKey("view"))
            {
                context.Request.QueryString = new QueryString(QueryHelpers.AddQueryString(context.Request.QueryString.Value ?? "", "view", "FULL"));
            }
        }

        return next(context);
    }

    /// <summary>Not <c>packages/sha256:…</c>: that is a download from a package of the name "packages".</summary>
    [GeneratedRegex("^/kfp/([^/]+)/([^/]+)/([^/]+)/packages((?!/sha256:).*)$", RegexOptions.CultureInvariant)]
    private static partial Regex Grammar();
}

using System.Text;
using Microsoft.AspNetCore.Http;

namespace MlOps.LocalCloud.Hosting;

/// <summary>
/// Google's services take a request without a body for one with an empty message, whatever its content type says (curl's
/// <c>-d ""</c> calls it a form); the framework's transcoder wants <c>{}</c>.
/// </summary>
internal static class EmptyBodies
{
    public static Task RewriteAsync(HttpContext context, RequestDelegate next)
    {
        var request = context.Request;
        if (request.Path.StartsWithSegments("/v1", StringComparison.Ordinal) && HttpMethods.IsPost(request.Method) && request.ContentLength is null or 0 && request.Headers.TransferEncoding.Count == 0)
        {
            request.Body = new MemoryStream(Encoding.UTF8.GetBytes("{}"));
            (request.ContentLength, request.ContentType) = (2, "application/json");
        }

        return next(context);
    }
}

using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace MlOps.LocalCloud.Registry;

/// <summary>Hands a request on to the distribution's registry and its answer back, as a stream both ways. Its addresses are relative, so they hold here too.</summary>
internal sealed class BlobProxy(DistributionRegistry registry)
{
    private static readonly HashSet<string> NotHandedOn = new(StringComparer.OrdinalIgnoreCase)
    {
        "Host", "Connection", "Keep-Alive", "Transfer-Encoding", "Upgrade", "Expect", "TE", "Trailer", "Proxy-Authorization", "Proxy-Connection", "Authorization",
    };

    public async Task HandOnAsync(HttpContext context)
    {
        var address = await registry.AddressAsync(context.RequestAborted);
        using var request = Request(context.Request, Target(address, context));
        using var response = await registry.Client.SendAsync(request, context.RequestAborted);
        context.Response.StatusCode = (int)response.StatusCode;
        foreach (var (name, values) in response.Headers.Concat(response.Content.Headers).Where(header => !NotHandedOn.Contains(header.Key)))
        {
            context.Response.Headers[name] = values.ToArray();
        }

        if (!HttpMethods.IsHead(context.Request.Method) && context.Response.StatusCode != StatusCodes.Status204NoContent)
        {
            await response.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
        }
    }

    private static HttpRequestMessage Request(HttpRequest from, Uri address)
    {
        var isRead = HttpMethods.IsGet(from.Method) || HttpMethods.IsHead(from.Method);
        var request = new HttpRequestMessage(new HttpMethod(from.Method), address) { Content = isRead ? null : new StreamContent(from.Body) };
        foreach (var (name, values) in from.Headers.Where(header => !NotHandedOn.Contains(header.Key)))
        {
            if (!request.Headers.TryAddWithoutValidation(name, values.ToArray()))
            {
                request.Content?.Headers.TryAddWithoutValidation(name, values.ToArray());
            }
        }

        return request;
    }

    /// <summary>The path and query byte for byte: an upload's state is signed.</summary>
    private static Uri Target(Uri registry, HttpContext context) => new(
        registry.GetLeftPart(UriPartial.Authority) + context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget,
        new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
}

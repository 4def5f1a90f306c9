using System.Xml.Linq;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using MlOps.LocalCloud.Hosting;
using MlOps.LocalCloud.Proxy;

namespace MlOps.LocalCloud.Storage;

/// <summary>
/// Downloads by the XML API's path, <c>GET</c> and <c>HEAD /BUCKET/OBJECT</c>: links that people open, and the logs of builds,
/// which grow while they are read. The rest of the XML API is UNIMPLEMENTED.
/// </summary>
/// <param name="liveLog">The file in which the log of this bucket and object grows; null where none does.</param>
internal sealed class XmlObjects(BucketStore buckets, ObjectStore objects, Func<string, string, string?> liveLog)
{
    /// <summary>A bucket's name is three characters at least; the other services' paths are more specific, so they win.</summary>
    public const string Route = "/{bucket:regex(^[a-z0-9][a-z0-9._-]+[a-z0-9]$)}/{**path}";

    public async Task AnswerAsync(HttpContext context)
    {
        var (bucket, name) = Names(context);
        if (!(HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method)) || name.Length == 0 || GoogleHosts.IsOtherApi(context.Request.Host.Host))
        {
            await Unimplemented.AnswerAsync(context);
            return;
        }

        try
        {
            if (!await LiveLog.SendAsync(context, liveLog(bucket, name)))
            {
                await SendAsync(context, bucket, name);
            }
        }
        catch (StorageFault fault) when (!context.Response.HasStarted)
        {
            await WriteAsync(context, fault);
        }
    }

    private async Task SendAsync(HttpContext context, string bucket, string name)
    {
        var known = buckets.Find(bucket) is not null;
        if (!known && !GoogleHosts.IsStorage(context.Request.Host.Host) && IsAnApi(bucket, name))
        {
            await Unimplemented.AnswerAsync(context);
            return;
        }

        var opened = (known ? await objects.OpenAsync(bucket, name, context.RequestAborted) : throw StorageFault.NoBucket(bucket)) ?? throw StorageFault.NoObject(bucket, name);
        await using var content = opened.Content;
        await Download.SendAsync(context, opened.Object, content, objects.Clock);
    }

    /// <summary>Another service's path, such as <c>/v1beta1/…</c> or <c>/compute/v1/…</c>, which the cloud does not have.</summary>
    private static bool IsAnApi(string bucket, string name) => IsVersion(bucket) || IsVersion(name.Split('/')[0]);

    private static bool IsVersion(string part) => part is ['v', >= '1' and <= '9', ..];

    /// <summary>As the XML API words it; a log that is not there yet is one of these.</summary>
    private static Task WriteAsync(HttpContext context, StorageFault fault)
    {
        var code = fault.Code switch
        {
            404 => fault.Message.Contains("bucket", StringComparison.Ordinal) ? "NoSuchBucket" : "NoSuchKey",
            416 => "InvalidRange",
            _ => "InvalidArgument",
        };
        context.Response.StatusCode = fault.Code;
        context.Response.ContentType = "application/xml; charset=UTF-8";
        var error = new XElement("Error", new XElement("Code", code), new XElement("Message", fault.Message));
        return HttpMethods.IsHead(context.Request.Method)
            ? Task.CompletedTask
            : context.Response.WriteAsync("<?xml version='1.0' encoding='UTF-8'?>" + error.ToString(SaveOptions.DisableFormatting), context.RequestAborted);
    }

    /// <summary>Read as they came, because an object's name may hold any character.</summary>
    private static (string Bucket, string Name) Names(HttpContext context)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var path = (target.StartsWith('/') ? target : new Uri(target).PathAndQuery).Split('?', 2)[0];
        var end = path.IndexOf('/', 1);
        return end < 0 ? (path[1..], "") : (path[1..end], Uri.UnescapeDataString(path[(end + 1)..]));
    }
}

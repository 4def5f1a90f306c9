using System.Text;
using Microsoft.AspNetCore.Http;

namespace MlOps.Google.Tests.Servers;

/// <summary>A way in which a server misbehaves.</summary>
internal sealed record Fault(Func<HttpContext, RequestDelegate, Task> RunAsync)
{
    /// <summary>The connection is dropped before an answer.</summary>
    public static Fault Drop { get; } = new((context, _) =>
    {
        context.Abort();
        return Task.CompletedTask;
    });

    /// <summary>The request is carried out, but its answer is lost.</summary>
    public static Fault LoseAnswer { get; } = new(async (context, next) =>
    {
        context.Response.Body = new CuttingStream(context.Response.Body, 0, context.Abort);
        try
        {
            await next(context);
        }
        catch (IOException)
        {
            // An answer with a body is cut by the stream above.
        }

        context.Abort();
    });

    /// <summary>The client is killed: before the request is carried out, after that, or in the middle of a body.</summary>
    public static Fault Kill(string when, CancellationTokenSource client) => new(async (context, next) =>
    {
        if (when == "after")
        {
            await next(context);
        }
        else if (when == "middle")
        {
            await CutAnswer(10).RunAsync(context, inner => CutRequest(10).RunAsync(inner, next));
        }

        await client.CancelAsync();
        context.Abort();
    });

    public static Fault Answer(int status, string body = "", string contentType = "application/json", params (string Name, string Value)[] headers) => new(async (context, _) =>
    {
        await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
        context.Response.StatusCode = status;
        foreach (var (name, value) in headers)
        {
            context.Response.Headers.Append(name, value);
        }

        if (body.Length > 0)
        {
            context.Response.ContentType = contentType;
            context.Response.ContentLength = Encoding.UTF8.GetByteCount(body);
            await context.Response.WriteAsync(body, context.RequestAborted);
        }
    });

    public static Fault Status(int status) => Answer(status);

    public static Fault RetryAfter(int status, string value) => Answer(status, headers: ("Retry-After", value));

    public static Fault Redirect(int status, Uri to) => Answer(status, headers: ("Location", to.AbsoluteUri));

    /// <summary>The connection is dropped after so many bytes of the answer's body.</summary>
    public static Fault CutAnswer(int after) => new(async (context, next) =>
    {
        context.Response.Body = new CuttingStream(context.Response.Body, after, context.Abort);
        try
        {
            await next(context);
        }
        catch (IOException)
        {
            // The cut itself.
        }
    });

    /// <summary>The connection is dropped after so many bytes of the request's body have arrived.</summary>
    public static Fault CutRequest(int after) => new(async (context, next) =>
    {
        context.Request.Body = new CuttingStream(context.Request.Body, after, context.Abort);
        try
        {
            await next(context);
        }
        catch (IOException)
        {
            // The cut itself.
        }
    });

    /// <summary>The server never answers.</summary>
    public static Fault Hang { get; } = new(async (context, _) =>
    {
        var gone = new TaskCompletionSource();
        await using var registration = context.RequestAborted.Register(gone.SetResult);
        await gone.Task;
    });

    /// <summary>The answer's body is another one of the same length.</summary>
    public static Fault Corrupt { get; } = new((context, next) =>
    {
        context.Response.Body = new CorruptingStream(context.Response.Body);
        return next(context);
    });
}

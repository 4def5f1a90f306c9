using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace MlOps.LocalCloud.Hosting;

/// <summary>A fault of our own: INTERNAL for the caller, and the whole of it in the log.</summary>
internal sealed partial class Faults(CloudLog log)
{
    private readonly ILogger _logger = log.CreateLogger("MlOps.LocalCloud");

    public async Task CatchAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context);
        }
        catch (Exception fault) when (fault is not (OperationCanceledException or BadHttpRequestException) && !context.Response.HasStarted)
        {
            Report(_logger, fault, context.Request.Method, context.Request.Path);
            await GoogleError.WriteAsync(context, StatusCode.Internal, $"The local cloud failed: {fault.Message} (its cloud.log says where)");
        }
    }

    [LoggerMessage(2, LogLevel.Error, "Runs that an earlier process left could not go on")]
    public static partial void ReportResume(ILogger logger, Exception fault);

    [LoggerMessage(1, LogLevel.Error, "{Method} {Path} failed")]
    private static partial void Report(ILogger logger, Exception fault, string method, string path);
}

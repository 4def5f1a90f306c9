using System.Net;
using Grpc.Core;

namespace MlOps.Google.Errors;

/// <summary>HTTP status to canonical status, as google/rpc/code.proto pairs them.</summary>
internal static class CanonicalStatus
{
    public static StatusCode Of(HttpStatusCode status) => (int)status switch
    {
        400 => StatusCode.InvalidArgument,
        401 => StatusCode.Unauthenticated,
        403 => StatusCode.PermissionDenied,
        404 => StatusCode.NotFound,
        408 or 504 => StatusCode.DeadlineExceeded,
        409 => StatusCode.AlreadyExists,
        412 => StatusCode.FailedPrecondition,
        416 => StatusCode.OutOfRange,
        429 => StatusCode.ResourceExhausted,
        499 => StatusCode.Cancelled,
        500 => StatusCode.Internal,
        501 => StatusCode.Unimplemented,
        502 or 503 => StatusCode.Unavailable,
        _ => StatusCode.Unknown,
    };
}

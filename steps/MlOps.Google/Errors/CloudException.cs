using Grpc.Core;
using MlOps.Core.Problems;

namespace MlOps.Google.Errors;

/// <summary>
/// A call to the cloud that failed for good: it was refused, or retries are used up. The message names the host and says what to do;
/// it never holds a token or a password. <see cref="Status"/> is the canonical status, for REST calls mapped from the HTTP one.
/// </summary>
public class CloudException(StatusCode status, string host, string message, Exception? inner = null) : StepFailedException(message, inner: inner)
{
    public StatusCode Status { get; } = status;

    /// <summary>The same call may succeed later: a wait that has time left goes on.</summary>
    public bool IsTransient => Retry.GrpcRetry.IsTransient(Status);

    /// <summary>The host with Google's name, such as <c>us-central1-docker.pkg.dev</c>.</summary>
    public string Host { get; } = host;
}

/// <summary>A write under <c>ifGenerationMatch</c> or <c>ifMetagenerationMatch</c> that lost: somebody else wrote in between.</summary>
public sealed class PreconditionFailedException(string host, string message) : CloudException(StatusCode.FailedPrecondition, host, message);

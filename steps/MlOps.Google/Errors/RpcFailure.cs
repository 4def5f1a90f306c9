using Grpc.Core;
using MlOps.Google.Http;

namespace MlOps.Google.Errors;

/// <summary>An <see cref="RpcException"/> in words: what was asked of which host, what it answered, what to do.</summary>
internal static class RpcFailure
{
    public static CloudException Of(RpcException error, ServiceHost host, string what, int attempts)
    {
        var tries = attempts > 1 ? $" after {attempts} attempts" : "";
        var detail = error.Status.Detail.Length == 0 ? "no message" : Secrets.Removed(error.Status.Detail);
        return new CloudException(error.StatusCode, host.Name, $"{host} could not {what}{tries}: {EnumName.Of(error.StatusCode)}: {detail}{Remedy(error.StatusCode, host)}", error);
    }

    private static string Remedy(StatusCode status, ServiceHost host) => status switch
    {
        StatusCode.Unauthenticated => $"{Environment.NewLine}Log in with 'gcloud auth application-default login', or set GOOGLE_APPLICATION_CREDENTIALS.",
        StatusCode.PermissionDenied => $"{Environment.NewLine}The account that runs this lacks a role for it; ask for it in the project's IAM settings.",
        StatusCode.Unavailable or StatusCode.DeadlineExceeded => $"{Environment.NewLine}Check that {host} can be reached from here, then run the step again.",
        StatusCode.ResourceExhausted => $"{Environment.NewLine}A quota is used up; wait, or raise it in the project's quota settings.",
        _ => "",
    };
}

using System.Diagnostics.CodeAnalysis;
using System.Text;
using Google.Cloud.CloudBuild.V1;
using Google.LongRunning;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;

namespace MlOps.LocalCloud.CloudBuild;

/// <summary>
/// The long-running operation of a build: <c>operations/build/PROJECT/BASE64(ID)</c>. It is told from the build whenever it is
/// asked for, so that the two cannot differ.
/// </summary>
internal static class BuildOperations
{
    private const string Prefix = "operations/build/";

    public static Operation Of(Build build)
    {
        var operation = new Operation { Name = $"{Prefix}{build.ProjectId}/{Convert.ToBase64String(Encoding.ASCII.GetBytes(build.Id))}", Metadata = Any.Pack(new BuildOperationMetadata { Build = build }) };
        if (build.Status.IsFinal())
        {
            operation.Done = true;
            if (build.Status == Build.Types.Status.Success || build.Approval?.State == BuildApproval.Types.State.Rejected)
            {
                operation.Response = Any.Pack(build);
            }
            else
            {
                operation.Error = Error(build);
            }
        }

        return operation;
    }

    public static bool TryParse(string name, [NotNullWhen(true)] out string? project, [NotNullWhen(true)] out string? id)
    {
        (project, id) = (null, null);
        Span<byte> bytes = stackalloc byte[64];
        if (name.StartsWith(Prefix, StringComparison.Ordinal) && name[Prefix.Length..].Split('/') is [var of, var encoded] && Convert.TryFromBase64String(encoded, bytes, out var length))
        {
            (project, id) = (of, Encoding.ASCII.GetString(bytes[..length]));
        }

        return id is not null;
    }

    private static Status Error(Build build)
    {
        var (code, words) = build.Status switch
        {
            Build.Types.Status.Cancelled => (Code.Cancelled, "Build cancelled"),
            Build.Types.Status.Timeout => (Code.DeadlineExceeded, "Build timed out"),
            Build.Types.Status.Expired => (Code.DeadlineExceeded, "Build expired in the queue"),
            Build.Types.Status.InternalError => (Code.Internal, "Build ended with an internal error"),
            _ => (Code.FailedPrecondition, "Build failed"),
        };
        return new Status { Code = (int)code, Message = $"{words}; check build logs for details" + (build.StatusDetail.Length > 0 ? $" ({build.StatusDetail})" : "") };
    }
}

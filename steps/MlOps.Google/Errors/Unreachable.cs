using System.Net.Sockets;
using System.Security.Authentication;
using Grpc.Core;
using MlOps.Google.Http;

namespace MlOps.Google.Errors;

/// <summary>No answer from a host at all, in words.</summary>
internal static class Unreachable
{
    public static CloudException Of(ServiceHost host, int attempts, Exception error)
    {
        var tries = attempts > 1 ? $" ({attempts} attempts)" : "";
        return new CloudException(StatusCode.Unavailable, host.Name, $"{host} cannot be reached{tries}: {Reason(error)}.{Environment.NewLine}{Remedy(host, error)}", error);
    }

    private static string Reason(Exception error) => error switch
    {
        TimeoutException => error.Message,
        _ when Innermost<SocketException>(error) is { } socket => Reason(socket),
        _ when Innermost<AuthenticationException>(error) is { } tls => $"its certificate is not trusted ({tls.Message.TrimEnd('.')})",
        _ when Innermost<IOException>(error) is not null => "it dropped the connection",
        _ => error.Message.TrimEnd('.'),
    };

    private static string Reason(SocketException error) => error.SocketErrorCode switch
    {
        SocketError.ConnectionRefused => "nothing listens there (connection refused)",
        SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain => "its name is not known",
        SocketError.ConnectionReset or SocketError.Shutdown => "it dropped the connection",
        SocketError.NetworkUnreachable or SocketError.HostUnreachable => "there is no route to it",
        _ => error.Message.TrimEnd('.'),
    };

    private static string Remedy(ServiceHost host, Exception error) => Innermost<AuthenticationException>(error) is not null
        ? "Check the machine's certificates and clock."
        : host.Base.IsLoopback ? "Check that it runs (the local cloud: 'mlops cloud status')." : "Check the network, the proxy settings and the name.";

    private static T? Innermost<T>(Exception? error) where T : Exception
    {
        for (; error is not null; error = error.InnerException)
        {
            if (error is T found)
            {
                return found;
            }
        }

        return null;
    }
}

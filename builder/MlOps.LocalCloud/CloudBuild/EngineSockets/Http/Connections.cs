using System.Net.Sockets;

namespace MlOps.LocalCloud.CloudBuild.EngineSockets.Http;

/// <summary>What both ends of a connection have in common.</summary>
internal static class Connections
{
    /// <summary>Says that nothing more will be sent; the other direction goes on.</summary>
    public static void EndSending(this Stream stream)
    {
        try
        {
            (stream as NetworkStream)?.Socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception error) when (IsOver(error))
        {
            // The other side was quicker.
        }
    }

    /// <summary>The other side has gone, or we have.</summary>
    public static bool IsOver(Exception error) => error is IOException or SocketException or ObjectDisposedException or OperationCanceledException;

    /// <summary>
    /// A connection that is no HTTP any more (attach, exec, BuildKit's sessions): bytes both ways, each direction to its own end.
    /// </summary>
    public static async Task JoinAsync(HttpReader client, Stream toClient, HttpReader engine, Stream toEngine, CancellationToken cancel)
    {
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var up = OneWayAsync(client, toEngine, gone.Token);
        if (!await OneWayAsync(engine, toClient, gone.Token))
        {
            // The client is not there to be told; nothing that it sent matters either.
            await gone.CancelAsync();
        }

        await up;
    }

    /// <returns>False: the receiver has gone.</returns>
    private static async Task<bool> OneWayAsync(HttpReader from, Stream to, CancellationToken cancel)
    {
        try
        {
            await from.CopyToEndAsync(to, cancel);
            return true;
        }
        catch (Exception error) when (IsOver(error))
        {
            return false;
        }
        finally
        {
            to.EndSending();
        }
    }
}

using System.IO.Pipes;
using System.Net.Security;
using System.Net.Sockets;

namespace MlOps.Containers;

/// <summary>A connection to the engine, as bytes.</summary>
public static class EngineStream
{
    private const int PlainPort = 2375;

    /// <param name="address"><c>unix:///PATH</c>, <c>npipe://./pipe/NAME</c>, <c>tcp://HOST:PORT</c>, <c>http://HOST:PORT</c> or <c>https://HOST:PORT</c>.</param>
    public static async ValueTask<Stream> OpenAsync(string address, CancellationToken cancel)
    {
        var uri = new Uri(address);
        return uri.Scheme switch
        {
            "unix" => await ConnectAsync(new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified), socket => socket.ConnectAsync(new UnixDomainSocketEndPoint(uri.LocalPath), cancel)),
            "npipe" => await PipeAsync(uri.Segments[^1], cancel),
            "https" => await TlsAsync(await TcpAsync(uri, cancel), uri.Host, cancel),
            _ => await TcpAsync(uri, cancel),
        };
    }

    private static ValueTask<NetworkStream> TcpAsync(Uri uri, CancellationToken cancel) =>
        ConnectAsync(new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true }, socket => socket.ConnectAsync(uri.Host, uri.Port > 0 ? uri.Port : PlainPort, cancel));

    private static async ValueTask<NetworkStream> ConnectAsync(Socket socket, Func<Socket, ValueTask> connect)
    {
        try
        {
            await connect(socket);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async ValueTask<Stream> TlsAsync(NetworkStream inner, string host, CancellationToken cancel)
    {
        var stream = new SslStream(inner);
        try
        {
            await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = host }, cancel);
            return stream;
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    private static async ValueTask<Stream> PipeAsync(string name, CancellationToken cancel)
    {
        var pipe = new NamedPipeClientStream(".", name, PipeDirection.InOut, PipeOptions.Asynchronous);
        await pipe.ConnectAsync(cancel);
        return pipe;
    }
}

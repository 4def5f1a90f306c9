using System.IO.Pipes;
using System.Net.Sockets;

namespace MlOps.Containers;

/// <summary>
/// Plain HTTP to the engine, for what goes past Docker.DotNet: building (its reading of the messages fails on those of BuildKit)
/// and attaching (it takes two reads a frame).
/// </summary>
internal static class EngineHttp
{
    /// <param name="address"><c>unix:///PATH</c>, <c>npipe://./pipe/NAME</c>, <c>tcp://HOST:PORT</c> or <c>http://HOST:PORT</c>.</param>
    public static HttpClient Connect(string address)
    {
        var uri = new Uri(address);
        var handler = new SocketsHttpHandler { UseProxy = false };
        switch (uri.Scheme)
        {
            case "unix":
                handler.ConnectCallback = (_, cancel) => UnixAsync(uri.LocalPath, cancel);
                return Client(handler, new Uri("http://engine"));
            case "npipe":
                handler.ConnectCallback = (_, cancel) => PipeAsync(uri.Segments[^1], cancel);
                return Client(handler, new Uri("http://engine"));
            default:
                return Client(handler, new Uri($"{(uri.Scheme == "https" ? "https" : "http")}://{uri.Authority}"));
        }
    }

    private static HttpClient Client(SocketsHttpHandler handler, Uri address) => new(handler) { BaseAddress = address, Timeout = Timeout.InfiniteTimeSpan };

    private static async ValueTask<Stream> UnixAsync(string path, CancellationToken cancel)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancel);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
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

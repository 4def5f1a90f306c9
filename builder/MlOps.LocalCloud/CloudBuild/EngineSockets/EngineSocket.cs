using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using MlOps.Containers;
using MlOps.Core.Images;
using MlOps.Core.Problems;
using MlOps.LocalCloud.CloudBuild.EngineSockets.Http;
using MlOps.LocalCloud.Registry;

namespace MlOps.LocalCloud.CloudBuild.EngineSockets;

/// <summary>
/// The <c>/var/run/docker.sock</c> of one build's steps: a proxy of the engine's API which translates the names of Google's
/// registries, labels what the steps create, and finds the build's workspace for their bind mounts. Raw HTTP/1.1, because
/// attach, exec and BuildKit's sessions take the connection over.
/// </summary>
internal sealed class EngineSocket : IAsyncDisposable
{
    // sockaddr_un holds 108 bytes with the final zero (unix(7)).
    private const int LongestPath = 107;
    private readonly Socket _listener;
    private readonly EngineBehind _behind;
    private readonly CancellationTokenSource _closing = new();
    private readonly ConcurrentDictionary<Task, bool> _connections = new();
    private readonly Task _accepting;

    private EngineSocket(string path, Socket listener, EngineBehind behind)
    {
        (Path, _listener, _behind) = (path, listener, behind);
        _accepting = AcceptAsync();
    }

    /// <summary>The socket's file on the engine's machine, to be mounted at <c>/var/run/docker.sock</c>.</summary>
    public string Path { get; }

    /// <exception cref="MachineLacksException">The socket cannot be made.</exception>
    public static Task<EngineSocket> OpenAsync(ContainerEngine engine, ImageTransport transport, SocketScope scope, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        var path = System.IO.Path.Combine(Folder(scope.Labels.GetValueOrDefault("mlops.cloud", "")), $"{Guid.NewGuid():N}"[..12] + ".sock");
        if (Encoding.UTF8.GetByteCount(path) > LongestPath)
        {
            throw new MachineLacksException($"The socket {path} cannot be made: a unix socket's path has at most {LongestPath} bytes.", "Set TMPDIR to a shorter folder, such as /tmp.");
        }

        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
            listener.Bind(new UnixDomainSocketEndPoint(path));
            listener.Listen(128);
            if (!OperatingSystem.IsWindows())
            {
                // A step's user is its image's.
                File.SetUnixFileMode(path, (UnixFileMode)Convert.ToInt32("666", 8));
            }
        }
        catch (Exception error) when (error is SocketException or IOException or UnauthorizedAccessException)
        {
            listener.Dispose();
            throw new MachineLacksException($"The socket {path} cannot be made: {error.Message}", $"Set TMPDIR to a folder that can be written to, or `dockerSocket: none` in {Images.CloudSettings.FileName}.", error);
        }

        return Task.FromResult(new EngineSocket(path, listener, new EngineBehind(engine, transport, scope, path)));
    }

    /// <summary>Removes the sockets that an earlier process of this cloud has left.</summary>
    /// <param name="instance">The cloud's id.</param>
    public static void RemoveLeftOver(string instance)
    {
        if (Directory.Exists(Folder(instance)))
        {
            Directory.Delete(Folder(instance), recursive: true);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        _listener.Dispose();
        await _accepting;
        await Task.WhenAll(_connections.Keys);
        _behind.Dispose();
        _closing.Dispose();
        File.Delete(Path);
    }

    // One folder for each cloud, short whatever its name.
    private static string Folder(string instance) => System.IO.Path.Combine(System.IO.Path.GetTempPath(), "mlops-" + Digest.Of(instance).Short);

    private async Task AcceptAsync()
    {
        while (!_closing.IsCancellationRequested)
        {
            try
            {
                var client = await _listener.AcceptAsync(_closing.Token);
                var serving = Task.Run(() => ServeAsync(client), CancellationToken.None);
                _connections.TryAdd(serving, true);
                _ = serving.ContinueWith(done => _connections.TryRemove(done, out _), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            }
            catch (Exception error) when (Connections.IsOver(error))
            {
                // Closing, or a client that went while it was let in.
            }
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        await using var client = new NetworkStream(socket, ownsSocket: true);
        var reader = new HttpReader(client);
        try
        {
            while (await reader.HeadAsync(_closing.Token) is { } request)
            {
                var exchange = new Exchange(request, reader, client, _behind);
                await EngineCalls.AnswerAsync(exchange, _closing.Token);
                if (!exchange.IsReusable)
                {
                    return;
                }
            }
        }
        catch (HttpFault fault)
        {
            await TellAsync(client, fault.Status, fault.Message);
        }
        catch (MachineLacksException lacking)
        {
            await TellAsync(client, 503, lacking.Message);
        }
        catch (Exception error) when (Connections.IsOver(error))
        {
            // Either side has gone; there is nobody to tell.
        }
    }

    private static async Task TellAsync(NetworkStream client, int status, string message)
    {
        try
        {
            var body = $"{{\"message\":{System.Text.Json.JsonSerializer.Serialize(message)}}}\n";
            await client.WriteAsync(Encoding.UTF8.GetBytes($"HTTP/1.1 {status} Error\r\nContent-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\nConnection: close\r\n\r\n{body}"));
        }
        catch (IOException)
        {
            // Gone.
        }
    }
}

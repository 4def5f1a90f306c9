using System.Collections.Immutable;
using System.Net;
using System.Text;

namespace MlOps.Steps.Tests.References;

/// <summary>Files by path, over plain HTTP on this machine.</summary>
internal sealed class FileServer : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly List<string> _requests = [];

    public FileServer()
    {
        using (var socket = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0))
        {
            socket.Start();
            Address = $"http://127.0.0.1:{((IPEndPoint)socket.LocalEndpoint).Port}/";
        }

        _listener.Prefixes.Add(Address);
        _listener.Start();
        _ = ServeAsync();
    }

    public string Address { get; }

    public Dictionary<string, string> Files { get; } = [];

    public Dictionary<string, string> Moved { get; } = [];

    /// <summary>Names of the headers of each request.</summary>
    public ImmutableArray<string> Requests => [.. _requests];

    public void Dispose() => _listener.Close();

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception closed) when (closed is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            var path = context.Request.Url!.AbsolutePath;
            _requests.Add(string.Join(' ', context.Request.Headers.AllKeys));
            if (Moved.TryGetValue(path, out var target))
            {
                context.Response.StatusCode = 302;
                context.Response.Headers["Location"] = target;
            }
            else if (Files.TryGetValue(path, out var content))
            {
                await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(content), TestContext.Current.CancellationToken);
            }
            else
            {
                context.Response.StatusCode = 404;
            }

            context.Response.Close();
        }
    }
}

using System.Buffers;
using System.Net;
using System.Net.Security;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace MlOps.LocalCloud.Proxy;

/// <summary>
/// A proxy on loopback for clients that ask for Google's hosts by name, over TLS, come what may (gcloud reads a build's log from
/// https://storage.googleapis.com): <c>CONNECT</c> to one of them ends here, with a certificate of the cloud's own authority.
/// Requests for the cloud's own addresses pass too, because gcloud sends them the same way. Nothing is passed on to another host.
/// </summary>
internal sealed class ConnectProxy(CertificateAuthority authority, int port, IReadOnlySet<int> ownPorts, TimeProvider time)
{
    private const int LongestHead = 16 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly byte[] Connect = "CONNECT "u8.ToArray(), EndOfHead = "\r\n\r\n"u8.ToArray();

    public void Listen(KestrelServerOptions kestrel) => kestrel.Listen(IPAddress.Loopback, port, listen =>
    {
        listen.Protocols = HttpProtocols.Http1AndHttp2;
        ConnectionDelegate plain = null!;
        listen.Use(secure => connection => AcceptAsync(connection, secure, plain));
        listen.UseHttps(new TlsHandshakeCallbackOptions
        {
            OnConnection = handshake => ValueTask.FromResult(new SslServerAuthenticationOptions { ServerCertificate = authority.For((string)handshake.Connection.Items[nameof(ConnectProxy)]!) }),
        });
        listen.Use(next => plain = next);
    });

    /// <summary>A plain request through the proxy is for the cloud itself or for one of Google's hosts, or it is refused.</summary>
    public Task GuardAsync(HttpContext context, RequestDelegate next)
    {
        var host = context.Request.Host;
        if (context.Connection.LocalPort != port || GoogleHosts.Contains(host.Host) || IsOwn(host.Host, host.Port ?? 80))
        {
            return next(context);
        }

        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(Refusal(host.ToString()), context.RequestAborted);
    }

    private async Task AcceptAsync(ConnectionContext connection, ConnectionDelegate secure, ConnectionDelegate plain)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, connection.ConnectionClosed);
        string? target;
        try
        {
            target = await TargetAsync(connection, cancel.Token);
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException or ConnectionAbortedException or ConnectionResetException)
        {
            return;
        }

        if (target is null)
        {
            await plain(connection);
            return;
        }

        var (host, asked) = Split(target);
        if (GoogleHosts.Contains(host))
        {
            connection.Items[nameof(ConnectProxy)] = host;
            await AnswerAsync(connection, "HTTP/1.1 200 Connection established\r\n\r\n");
            await secure(connection);
        }
        else if (IsOwn(host, asked))
        {
            await AnswerAsync(connection, "HTTP/1.1 200 Connection established\r\n\r\n");
            await plain(connection);
        }
        else
        {
            var text = Refusal(target);
            await AnswerAsync(connection, $"HTTP/1.1 403 Forbidden\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {Encoding.UTF8.GetByteCount(text)}\r\nConnection: close\r\n\r\n{text}");
            await connection.Transport.Output.CompleteAsync();
        }
    }

    /// <summary>What a CONNECT asks for, its head taken in; null for any other request, of which nothing is taken in.</summary>
    private static async Task<string?> TargetAsync(ConnectionContext connection, CancellationToken cancel)
    {
        var input = connection.Transport.Input;
        while (true)
        {
            var read = await input.ReadAsync(cancel);
            var buffer = read.Buffer;
            var begun = buffer.Slice(0, Math.Min(buffer.Length, Connect.Length)).ToArray();
            if (!Connect.AsSpan().StartsWith(begun) || read.IsCompleted || buffer.Length > LongestHead)
            {
                input.AdvanceTo(buffer.Start);
                return null;
            }

            if (Head(buffer) is { } head)
            {
                input.AdvanceTo(buffer.GetPosition(head.Length));
                return head.Split(' ', 3) is [_, var target, _] ? target : "";
            }

            input.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    private static string? Head(ReadOnlySequence<byte> buffer)
    {
        var bytes = buffer.ToArray();
        var end = bytes.AsSpan().IndexOf(EndOfHead);
        return end < 0 ? null : Encoding.Latin1.GetString(bytes, 0, end + EndOfHead.Length);
    }

    private static (string Host, int Port) Split(string target)
    {
        var authority = new HostString(target);
        return (authority.Host.ToLowerInvariant(), authority.Port ?? 443);
    }

    private static async Task AnswerAsync(ConnectionContext connection, string answer)
    {
        await connection.Transport.Output.WriteAsync(Encoding.UTF8.GetBytes(answer), connection.ConnectionClosed);
        await connection.Transport.Output.FlushAsync(connection.ConnectionClosed);
    }

    private bool IsOwn(string host, int asked) =>
        (asked == port || ownPorts.Contains(asked)) && (host == "localhost" || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address)));

    private static string Refusal(string target) =>
        $"The local cloud's proxy has {string.Join(", ", GoogleHosts.Domains.Select(domain => $"*.{domain}"))} and passes nothing on to {target}.\n"
        + "Ask it without this proxy: unset CLOUDSDK_PROXY_TYPE, CLOUDSDK_PROXY_ADDRESS and CLOUDSDK_PROXY_PORT (or HTTPS_PROXY), or name it in NO_PROXY.\n";
}

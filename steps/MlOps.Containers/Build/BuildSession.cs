using System.Buffers.Binary;
using System.Collections.Immutable;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using MlOps.Core.Problems;

namespace MlOps.Containers.Build;

/// <summary>
/// A session of BuildKit's (<c>POST /session</c>): over the connection that the engine took over, BuildKit is the client and asks for
/// build secrets by gRPC. Only what it needs for that is served: <c>moby.buildkit.secrets.v1.Secrets/GetSecret</c> and health.
/// </summary>
internal sealed class BuildSession : IAsyncDisposable
{
    private const string GetSecret = "/moby.buildkit.secrets.v1.Secrets/GetSecret";
    private const string Check = "/grpc.health.v1.Health/Check";
    private const int NotFound = 5;
    private const int Unimplemented = 12;
    private static readonly byte[] Serving = [8, 1];

    private readonly WebApplication _server;
    private readonly HttpResponseMessage _connection;

    private BuildSession(string id, WebApplication server, HttpResponseMessage connection) => (Id, _server, _connection) = (id, server, connection);

    /// <summary>What <c>POST /build</c> names it by.</summary>
    public string Id { get; }

    /// <exception cref="StepFailedException">The engine does not open sessions.</exception>
    public static async Task<BuildSession> OpenAsync(HttpClient engine, ImmutableSortedDictionary<string, ImmutableArray<byte>> secrets, CancellationToken cancel)
    {
        var id = Guid.NewGuid().ToString("N");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/session");
        request.Headers.Connection.Add("Upgrade");
        request.Headers.Upgrade.ParseAdd("h2c");
        request.Headers.Add("X-Docker-Expose-Session-Uuid", id);
        request.Headers.Add("X-Docker-Expose-Session-Name", "mlops");
        request.Headers.Add("X-Docker-Expose-Session-Grpc-Method", [GetSecret, Check]);
        var response = await engine.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
        if (response.StatusCode != System.Net.HttpStatusCode.SwitchingProtocols)
        {
            using (response)
            {
                throw new StepFailedException($"The Docker engine opens no build session, which build secrets need: it answered {(int)response.StatusCode}.");
            }
        }

        var server = Server(await response.Content.ReadAsStreamAsync(cancel), secrets);
        await server.StartAsync(cancel);
        return new BuildSession(id, server, response);
    }

    public async ValueTask DisposeAsync()
    {
        // The connection first: a server waits for its connections to end.
        _connection.Dispose();
        await _server.DisposeAsync();
    }

    private static WebApplication Server(Stream connection, ImmutableSortedDictionary<string, ImmutableArray<byte>> secrets)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.ListenAnyIP(0, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddSingleton<IConnectionListenerFactory>(new OneConnection(connection));
        var server = builder.Build();
        server.Run(context => AnswerAsync(context, secrets));
        return server;
    }

    private static async Task AnswerAsync(HttpContext context, ImmutableSortedDictionary<string, ImmutableArray<byte>> secrets)
    {
        var message = await ReadAsync(context.Request.Body, context.RequestAborted);
        var (status, answer) = context.Request.Path.Value switch
        {
            Check => (0, Serving),
            GetSecret => secrets.TryGetValue(SecretId(message), out var secret) ? (0, Secret(secret)) : (NotFound, null),
            _ => (Unimplemented, null),
        };
        context.Response.ContentType = "application/grpc";
        if (answer is not null)
        {
            var frame = new byte[answer.Length + 5];
            BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), answer.Length);
            answer.CopyTo(frame, 5);
            await context.Response.Body.WriteAsync(frame, context.RequestAborted);
        }

        context.Response.AppendTrailer("grpc-status", status.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    // A gRPC message: one byte (compressed or not), four bytes of length, the message.
    private static async Task<byte[]> ReadAsync(Stream body, CancellationToken cancel)
    {
        using var all = new MemoryStream();
        await body.CopyToAsync(all, cancel);
        return all.Length < 5 ? [] : all.ToArray()[5..];
    }

    // GetSecretRequest { string ID = 1; map<string, string> annotations = 2; }
    private static string SecretId(byte[] message)
    {
        using var input = new CodedInputStream(message);
        var id = "";
        for (var tag = input.ReadTag(); tag != 0; tag = input.ReadTag())
        {
            if (WireFormat.GetTagFieldNumber(tag) == 1)
            {
                id = input.ReadString();
            }
            else
            {
                input.SkipLastField();
            }
        }

        return id;
    }

    // GetSecretResponse { bytes data = 1; }
    private static byte[] Secret(ImmutableArray<byte> value)
    {
        using var bytes = new MemoryStream();
        using (var output = new CodedOutputStream(bytes, leaveOpen: true))
        {
            output.WriteTag(1, WireFormat.WireType.LengthDelimited);
            output.WriteBytes(ByteString.CopyFrom(value.AsSpan()));
        }

        return bytes.ToArray();
    }
}

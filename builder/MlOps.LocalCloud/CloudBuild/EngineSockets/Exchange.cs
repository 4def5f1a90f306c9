using System.Text;
using System.Text.Json;
using MlOps.Containers;
using MlOps.LocalCloud.CloudBuild.EngineSockets.Http;

namespace MlOps.LocalCloud.CloudBuild.EngineSockets;

/// <summary>One request of a client, and the ways to answer it: by the engine, or by us.</summary>
internal sealed class Exchange(HttpHead request, HttpReader client, Stream toClient, EngineBehind behind)
{
    private const int LargestDocument = 16 * 1024 * 1024;
    private static readonly byte[] Continue = "HTTP/1.1 100 Continue\r\n\r\n"u8.ToArray();
    private volatile bool _isSent;

    public ApiCall Call { get; } = ApiCall.Of(request);

    public HttpHead Request => request;

    public EngineBehind Behind => behind;

    /// <summary>The connection can take another request.</summary>
    public bool IsReusable { get; private set; } = !request.IsLast;

    /// <summary>The request's body, which nobody has read yet, told as it comes.</summary>
    public async Task ReadBodyAsync(Func<ReadOnlyMemory<byte>, ValueTask> told, CancellationToken cancel)
    {
        await WelcomeAsync(cancel);
        await client.ReadBodyAsync(HttpBody.OfRequest(request), told, cancel);
    }

    /// <summary>The request's body whole, for one that is a document.</summary>
    public async Task<byte[]> ReadBodyAsync(CancellationToken cancel)
    {
        await WelcomeAsync(cancel);
        return await client.ReadBodyAsync(HttpBody.OfRequest(request), LargestDocument, cancel);
    }

    /// <summary>The engine answers the request as it stands.</summary>
    public Task ForwardAsync(CancellationToken cancel) => ForwardAsync(Call, cancel);

    /// <summary>The engine answers a changed call with the request's own body.</summary>
    public Task ForwardAsync(ApiCall call, CancellationToken cancel) => SendAsync(
        request.WithTarget(call.Target),
        async (engine, stop) => await client.CopyBodyAsync(HttpBody.OfRequest(request), engine, stop),
        cancel);

    /// <summary>The engine answers with another body.</summary>
    public Task ForwardAsync(ApiCall call, byte[] body, CancellationToken cancel) => SendAsync(
        request.Without("Expect").WithTarget(call.Target).WithLength(body.Length),
        async (engine, stop) => await engine.WriteAsync(body, stop),
        cancel);

    /// <summary>The engine answers a body that is written as it becomes known.</summary>
    public Task ForwardAsync(ApiCall call, Func<ChunkWriter, CancellationToken, Task> write, CancellationToken cancel) => SendAsync(
        request.Without("Expect", "Content-Length").WithTarget(call.Target).With("Transfer-Encoding", "chunked"),
        async (engine, stop) =>
        {
            var chunks = new ChunkWriter(engine);
            await write(chunks, stop);
            await chunks.EndAsync(stop);
        },
        cancel);

    /// <summary>We answer ourselves, with a JSON document.</summary>
    public async Task AnswerAsync(int status, string json, CancellationToken cancel)
    {
        var body = Encoding.UTF8.GetBytes(json + "\n");
        await toClient.WriteAsync((byte[])[.. Head(status).WithLength(body.Length).ToBytes(), .. request.Method == "HEAD" ? [] : body], cancel);
    }

    /// <summary>We refuse, as the engine does.</summary>
    public Task RefuseAsync(int status, string message, CancellationToken cancel) => AnswerAsync(status, $"{{\"message\":{JsonSerializer.Serialize(message)}}}", cancel);

    /// <summary>We answer ourselves, with JSON lines as they become known. A client that goes cancels it.</summary>
    public async Task StreamAsync(Func<ChunkWriter, CancellationToken, Task> write, CancellationToken cancel)
    {
        await toClient.WriteAsync(Head(200).With("Transfer-Encoding", "chunked").ToBytes(), cancel);
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var watching = WatchAsync(gone.Cancel, over.Token);
        try
        {
            var chunks = new ChunkWriter(toClient);
            await write(chunks, gone.Token);
            await chunks.EndAsync(gone.Token);
        }
        finally
        {
            await over.CancelAsync();
            await watching;
        }
    }

    private static HttpHead Head(int status) => new(
        $"HTTP/1.1 {status} {Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(status)}",
        [new HttpHeader("Api-Version", "1.41"), new HttpHeader("Content-Type", "application/json"), new HttpHeader("Server", "mlops")]);

    // Who reads the body himself must say what the engine would have said.
    private async Task WelcomeAsync(CancellationToken cancel)
    {
        if (request.Has("Expect", "100-continue"))
        {
            await toClient.WriteAsync(Continue, cancel);
        }
    }

    private async Task SendAsync(HttpHead head, Func<Stream, CancellationToken, Task> write, CancellationToken cancel)
    {
        await using var engine = await EngineStream.OpenAsync(behind.Engine.Address, cancel);
        using var answered = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        using var watched = CancellationTokenSource.CreateLinkedTokenSource(answered.Token);
        await engine.WriteAsync(head.ToBytes(), cancel);
        var sending = SendBodyAsync(engine, write, answered.Token, watched.Token);
        var reader = new HttpReader(engine);
        try
        {
            var answer = await FinalHeadAsync(reader, cancel);
            var body = HttpBody.OfResponse(answer, request.Method);
            if (answer.Status == 101 || body.Kind == BodyKind.ToEnd)
            {
                // Two must not read what the client sends.
                await watched.CancelAsync();
                await sending;
                IsReusable = false;
                await toClient.WriteAsync(answer.ToBytes(), cancel);
                await Connections.JoinAsync(client, toClient, reader, engine, cancel);
                return;
            }

            await HandOnAsync(answer, body, reader, cancel);
            IsReusable &= _isSent && !answer.IsLast;
        }
        finally
        {
            await answered.CancelAsync();
            await sending;
        }
    }

    /// <summary>Sends the body, then waits for the client's next words: its end is told to the engine, which gives up what nobody waits for.</summary>
    private async Task SendBodyAsync(Stream engine, Func<Stream, CancellationToken, Task> write, CancellationToken answered, CancellationToken watched)
    {
        try
        {
            await write(engine, answered);
            _isSent = true;
        }
        catch (Exception error) when (Connections.IsOver(error))
        {
            // The engine has answered before it has read all, or the client is gone; either is seen where the answer is handed on.
            IsReusable = false;
            engine.EndSending();
            return;
        }
        catch
        {
            // The engine must not wait for the rest, nor we for its answer.
            IsReusable = false;
            await engine.DisposeAsync();
            throw;
        }

        await WatchAsync(engine.EndSending, watched);
    }

    private async Task WatchAsync(Action gone, CancellationToken over)
    {
        try
        {
            if (!await client.MoreAsync(over))
            {
                IsReusable = false;
                gone();
            }
        }
        catch (Exception error) when (Connections.IsOver(error))
        {
            // The answer is complete.
        }
    }

    private async Task<HttpHead> FinalHeadAsync(HttpReader engine, CancellationToken cancel)
    {
        while (true)
        {
            var head = await engine.HeadAsync(cancel) ?? throw new EndOfStreamException("The engine ended the connection without an answer.");
            if (head.Status is (not (>= 100 and < 200)) or 101)
            {
                return head;
            }

            await toClient.WriteAsync(head.ToBytes(), cancel);
        }
    }

    /// <summary>Documents get Google's names; anything else stays as it is.</summary>
    private async Task HandOnAsync(HttpHead head, HttpBody body, HttpReader engine, CancellationToken cancel)
    {
        if (body.Kind == BodyKind.None || head["Content-Type"]?.StartsWith("application/json", StringComparison.OrdinalIgnoreCase) is not true || request.StartLine.EndsWith("HTTP/1.0", StringComparison.Ordinal))
        {
            await toClient.WriteAsync(head.ToBytes(), cancel);
            await engine.CopyBodyAsync(body, toClient, cancel);
            return;
        }

        await toClient.WriteAsync(head.Without("Content-Length").With("Transfer-Encoding", "chunked").ToBytes(), cancel);
        var chunks = new ChunkWriter(toClient);
        var lines = new LineRewriter(behind.Transport.Names.ToGoogle, bytes => chunks.WriteAsync(bytes, cancel));
        await engine.ReadBodyAsync(body, lines.AddAsync, cancel);
        await lines.EndAsync();
        await chunks.EndAsync(cancel);
    }
}

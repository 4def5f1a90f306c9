using System.Diagnostics.CodeAnalysis;
using System.Net;
using Grpc.Core;
using MlOps.Google.Errors;
using MlOps.Google.Retry;
using Polly;

namespace MlOps.Google.Http;

/// <summary>
/// HTTP with retries and careful redirects: Authorization never goes to another host, and nobody sends us to a private address
/// but a service to itself. Sockets are made at the first call and shared by the process.
/// </summary>
internal sealed class HttpTransport(RetryPolicy policy)
{
    private const long LargestError = 64 * 1024;
    private const int MostRedirects = 5;

    /// <summary>Bytes a second that a body gets time for.</summary>
    private const double SlowestUpload = 64 * 1024;
    private static readonly HttpRequestOptionsKey<int> AttemptKey = new("mlops-attempt");
    private static readonly Lazy<HttpClient> Shared = new(() => Create(null));

    private readonly Lazy<ResiliencePipeline<HttpResponseMessage>> _pipeline = new(() => HttpRetry.Pipeline(policy));

    public RetryPolicy Policy => policy;

    /// <summary>The client that sends; tests set one of their own, whose names lead to their servers.</summary>
    internal HttpClient? Client { get; init; }

    /// <summary>Name resolution for the check of redirects.</summary>
    internal Func<string, CancellationToken, Task<IPAddress[]>> Resolve { get; init; } = Dns.GetHostAddressesAsync;

    /// <summary>
    /// Sends, with retries, each attempt made anew; the answer may have any status.
    /// Its body is read to the end first if <paramref name="buffer"/>, the most bytes that are expected, is given.
    /// </summary>
    /// <exception cref="CloudException">The host cannot be reached, or answers more than that.</exception>
    public async Task<HttpResponseMessage> SendAsync(ServiceHost host, Func<HttpRequestMessage> create, long? buffer, CancellationToken cancel)
    {
        var attempts = 0;
        try
        {
            return await _pipeline.Value.ExecuteAsync(
                async token =>
                {
                    attempts++;
                    return await AttemptAsync(host, create, attempts, buffer, token);
                },
                cancel);
        }
        catch (HttpRequestException error) when (error.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
        {
            throw new CloudException(StatusCode.OutOfRange, host.Name, $"{host} answered more than {buffer} bytes where no such answer is expected. Check that the address is right.", error);
        }
        catch (Exception error) when (error is HttpRequestException or IOException or TimeoutException)
        {
            throw Unreachable.Of(host, attempts, error);
        }
    }

    /// <summary>One try without retries, for requests whose body must be continued rather than repeated.</summary>
    public Task<HttpResponseMessage> SendOnceAsync(ServiceHost host, HttpRequestMessage request, CancellationToken cancel) =>
        AttemptAsync(host, () => request, 1, LargestError, cancel);

    /// <summary>Which attempt gave this answer, from 1.</summary>
    public static int Attempt(HttpResponseMessage response) => response.RequestMessage!.Options.TryGetValue(AttemptKey, out var attempt) ? attempt : 1;

    internal static HttpClient Create(Func<SocketsHttpConnectionContext, CancellationToken, ValueTask<Stream>>? connect)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
            ConnectTimeout = TimeSpan.FromSeconds(15),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            MaxConnectionsPerServer = 16,
            Proxy = new DirectToPrivate(),
            ConnectCallback = connect,
        };
        var client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        client.DefaultRequestHeaders.UserAgent.ParseAdd(UserAgent.Value);
        return client;
    }

    private async Task<HttpResponseMessage> AttemptAsync(ServiceHost host, Func<HttpRequestMessage> create, int attempt, long? buffer, CancellationToken cancel)
    {
        var request = create();
        var patience = policy.AttemptTimeout + TimeSpan.FromSeconds((request.Content?.Headers.ContentLength ?? 0) / SlowestUpload);
        using var timeout = new CancellationTokenSource(patience, policy.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, timeout.Token);
        try
        {
            var response = await FollowAsync(host, request, attempt, either.Token);
            await BufferAsync(response, buffer, either.Token);
            return response;
        }
        catch (OperationCanceledException late) when (timeout.IsCancellationRequested && !cancel.IsCancellationRequested)
        {
            throw new TimeoutException($"no answer within {patience.TotalSeconds:0} s", late);
        }
    }

    private async Task<HttpResponseMessage> FollowAsync(ServiceHost host, HttpRequestMessage first, int attempt, CancellationToken cancel)
    {
        var request = first;
        for (var hop = 0; ; hop++)
        {
            request.Options.Set(AttemptKey, attempt);
            var response = await (Client ?? Shared.Value).SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
            if (!IsRedirect(request, response, out var location))
            {
                return response;
            }

            response.Dispose();
            var target = new Uri(request.RequestUri!, location);
            await Destination.CheckAsync(host, target, "a redirect", Resolve, cancel);
            if (hop == MostRedirects)
            {
                throw new CloudException(StatusCode.FailedPrecondition, host.Name, $"{host} redirects more than {MostRedirects} times. Check that the address is right.");
            }

            request = Redirected(host, first, target);
        }
    }

    private static bool IsRedirect(HttpRequestMessage request, HttpResponseMessage response, [NotNullWhen(true)] out Uri? location)
    {
        location = response.Headers.Location;
        return location is not null && (request.Method == HttpMethod.Get || request.Method == HttpMethod.Head) && (int)response.StatusCode is 301 or 302 or 303 or 307 or 308;
    }

    private static HttpRequestMessage Redirected(ServiceHost host, HttpRequestMessage first, Uri target)
    {
        var next = new HttpRequestMessage(first.Method, target);
        foreach (var (name, values) in first.Headers)
        {
            if (host.Owns(target) || !name.Equals("Authorization", StringComparison.OrdinalIgnoreCase))
            {
                next.Headers.TryAddWithoutValidation(name, values);
            }
        }

        return next;
    }

    /// <summary>Errors are always read, so that they can be told; a body that is too big to be one is not. The length that HEAD tells is of a body that never comes.</summary>
    private static async Task BufferAsync(HttpResponseMessage response, long? buffer, CancellationToken cancel)
    {
        if (response.RequestMessage!.Method == HttpMethod.Head)
        {
            return;
        }

        if (response.IsSuccessStatusCode)
        {
            if (buffer is { } most)
            {
                await response.Content.LoadIntoBufferAsync(most, cancel);
            }

            return;
        }

        try
        {
            await response.Content.LoadIntoBufferAsync(LargestError, cancel);
        }
        catch (HttpRequestException error) when (error.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
        {
            response.Content = new ByteArrayContent([]);
        }
    }
}

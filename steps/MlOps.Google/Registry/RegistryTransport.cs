using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using MlOps.Google.Http;

namespace MlOps.Google.Registry;

/// <summary>One request to a registry; made anew for each attempt.</summary>
/// <param name="Host">The registry.</param>
/// <param name="Method">GET, HEAD, POST, …</param>
/// <param name="Address">Where: on the registry, or where it sent us.</param>
/// <param name="Scopes">What a token must allow, such as <c>repository:NAME:pull</c>.</param>
internal sealed record RegistryCall(ServiceHost Host, HttpMethod Method, Uri Address, params string[] Scopes)
{
    public Func<HttpContent>? Content { get; init; }

    public string[] Accept { get; init; } = [];

    public RangeHeaderValue? Range { get; init; }

    /// <summary>The most bytes of a body that is read at once; null leaves the body to be streamed.</summary>
    public long? Buffer { get; init; } = 64 * 1024;

    public HttpRequestMessage Create(AuthenticationHeaderValue? authorization)
    {
        var request = new HttpRequestMessage(Method, Address) { Content = Content?.Invoke() };
        foreach (var type in Accept)
        {
            request.Headers.Accept.ParseAdd(type);
        }

        request.Headers.Range = Range;
        request.Headers.Authorization = Host.Owns(Address) ? authorization : null;
        return request;
    }
}

/// <summary>Requests to registries with what they ask for by 401: a bearer token, or a password. Tokens are kept until shortly before they expire.</summary>
internal sealed class RegistryTransport(HttpTransport http, RegistryCredentials credentials)
{
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(10);
    private readonly ConcurrentDictionary<string, (AuthenticationHeaderValue Header, DateTimeOffset Until)> _known = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _asking = new(1);

    public HttpTransport Http => http;

    /// <summary>Sends, with retries; the answer may have any status but the 401s that a credential of ours could answer.</summary>
    public Task<HttpResponseMessage> SendAsync(RegistryCall call, CancellationToken cancel) =>
        AuthorizedAsync(call, header => http.SendAsync(call.Host, () => call.Create(header), call.Buffer, cancel), cancel);

    /// <summary>Sends a body that must be continued rather than repeated: no retries but for authorization.</summary>
    public Task<HttpResponseMessage> SendOnceAsync(RegistryCall call, CancellationToken cancel) =>
        AuthorizedAsync(call, header => http.SendOnceAsync(call.Host, call.Create(header), cancel), cancel);

    private async Task<HttpResponseMessage> AuthorizedAsync(RegistryCall call, Func<AuthenticationHeaderValue?, Task<HttpResponseMessage>> send, CancellationToken cancel)
    {
        var key = $"{call.Host.Base.Authority} {string.Join(' ', call.Scopes)}";
        var header = Known(key);
        var response = await send(header);
        if (response.StatusCode != HttpStatusCode.Unauthorized || !call.Host.Owns(call.Address) || Challenge.Of(response.Headers) is not { } challenge)
        {
            return response;
        }

        if (await AnsweredAsync(call, challenge, key, header, cancel) is not { } answer)
        {
            return response;
        }

        response.Dispose();
        return await send(answer);
    }

    private AuthenticationHeaderValue? Known(string key) => _known.TryGetValue(key, out var known) && known.Until > http.Policy.Time.GetUtcNow() ? known.Header : null;

    /// <summary>One asks, the others that were refused at the same time take its token.</summary>
    private async Task<AuthenticationHeaderValue?> AnsweredAsync(RegistryCall call, Challenge challenge, string key, AuthenticationHeaderValue? refused, CancellationToken cancel)
    {
        await _asking.WaitAsync(cancel);
        try
        {
            if (Known(key) is { } meanwhile && !meanwhile.Equals(refused))
            {
                return meanwhile;
            }

            if (await AnswerAsync(call, challenge, cancel) is not { } answer)
            {
                return null;
            }

            _known[key] = answer;
            return answer.Header;
        }
        finally
        {
            _asking.Release();
        }
    }

    private async Task<(AuthenticationHeaderValue Header, DateTimeOffset Until)?> AnswerAsync(RegistryCall call, Challenge challenge, CancellationToken cancel)
    {
        var credential = await credentials.GetAsync(call.Host.Name, cancel);
        var forever = DateTimeOffset.MaxValue;
        if (credential.RegistryToken is { } token)
        {
            return (new AuthenticationHeaderValue("Bearer", token), forever);
        }

        if (!challenge.IsBearer)
        {
            return credential.User.Length == 0 ? null : (TokenService.BasicHeader(credential), forever);
        }

        // The scope that was just asked for goes first: some servers read only the first.
        string[] scopes = [.. (challenge.Scope is { Length: > 0 } asked ? call.Scopes.Prepend(asked) : call.Scopes).Distinct(StringComparer.Ordinal)];
        var (bearer, lasts) = await TokenService.AskAsync(http, call.Host, challenge, scopes, credential, cancel);
        return (new AuthenticationHeaderValue("Bearer", bearer), http.Policy.Time.GetUtcNow() + lasts - Margin);
    }
}

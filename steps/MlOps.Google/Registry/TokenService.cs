using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Grpc.Core;
using MlOps.Google.Errors;
using MlOps.Google.Http;

namespace MlOps.Google.Registry;

/// <summary>Asks a registry's token service for a bearer token (distribution, "Token Authentication Specification").</summary>
internal static class TokenService
{
    private const long LargestAnswer = 64 * 1024;

    /// <summary>The token and how long it lasts; a missing duration means 60 s, as the specification has it.</summary>
    public static async Task<(string Token, TimeSpan Lasts)> AskAsync(HttpTransport http, ServiceHost registry, Challenge challenge, IReadOnlyList<string> scopes, RegistryCredential credential, CancellationToken cancel)
    {
        var realm = challenge.Realm ?? throw RegistryException.Wrong(registry, "UNAUTHORIZED", "it asks for a token but does not say where to get one. Check that this is a registry.");
        await Destination.CheckAsync(registry, realm, "a token service", http.Resolve, cancel);
        if (!credential.IsAnonymous && !IsOfThe(registry, realm))
        {
            throw new CloudException(
                StatusCode.PermissionDenied, registry.Name, $"{registry} asks that its password be sent to {realm.Authority}, which is not done: that host has another owner as far as its name tells. Check that {registry.Name} is the host that you mean.");
        }

        var service = new ServiceHost(realm.Authority, new Uri(realm.GetLeftPart(UriPartial.Authority)));
        using var response = await http.SendAsync(service, () => Request(realm, challenge, scopes, credential), LargestAnswer, cancel);
        if (!response.IsSuccessStatusCode)
        {
            throw await RegistryException.OfAsync(response, registry, $"give a token (from {service})", cancel);
        }

        var answer = Parse(await response.Content.ReadAsByteArrayAsync(cancel));
        var token = answer?.Token is { Length: > 0 } ? answer.Token : answer?.AccessToken;
        return string.IsNullOrEmpty(token)
            ? throw RegistryException.Wrong(registry, "UNAUTHORIZED", $"its token service {service} answered without a token. Check that this is a registry.")
            : (token, TimeSpan.FromSeconds(answer?.ExpiresIn is > 0 and var seconds ? seconds : 60));
    }

    /// <summary>
    /// The registry itself, or a host of its domain (registry-1.docker.io sends to auth.docker.io, registry.gitlab.com to gitlab.com).
    /// Names such as co.uk, in which anybody may have a host, are no domain of anybody's.
    /// </summary>
    internal static bool IsOfThe(ServiceHost registry, Uri realm)
    {
        var (host, other) = (registry.Base.IdnHost.ToLowerInvariant(), realm.IdnHost.ToLowerInvariant());
        if (host == other)
        {
            return true;
        }

        if (registry.Base.HostNameType != UriHostNameType.Dns || host.Split('.', 2) is not [_, var domain])
        {
            return false;
        }

        var labels = domain.Split('.');
        var isOwned = labels.Length > 2 || (labels.Length == 2 && (labels[0].Length > 3 || labels[1].Length > 2));
        return isOwned && (other == domain || other.EndsWith($".{domain}", StringComparison.Ordinal));
    }

    private static HttpRequestMessage Request(Uri realm, Challenge challenge, IReadOnlyList<string> scopes, RegistryCredential credential)
    {
        if (credential.IdentityToken is { } refresh)
        {
            return new HttpRequestMessage(HttpMethod.Post, realm)
            {
                Content = new FormUrlEncodedContent(new Dictionary<string, string>(StringComparer.Ordinal)
                {
                    ["grant_type"] = "refresh_token",
                    ["service"] = challenge.Service ?? "",
                    ["client_id"] = "mlops",
                    ["scope"] = string.Join(' ', scopes),
                    ["refresh_token"] = refresh,
                }),
            };
        }

        var query = new StringBuilder(realm.Query.Length > 1 ? realm.Query + "&" : "?").Append("service=").Append(Uri.EscapeDataString(challenge.Service ?? ""));
        foreach (var scope in scopes)
        {
            query.Append("&scope=").Append(Uri.EscapeDataString(scope));
        }

        var request = new HttpRequestMessage(HttpMethod.Get, new UriBuilder(realm) { Query = query.ToString() }.Uri);
        request.Headers.Authorization = credential.IsAnonymous ? null : BasicHeader(credential);
        return request;
    }

    public static AuthenticationHeaderValue BasicHeader(RegistryCredential credential) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{credential.User}:{credential.Password}")));

    private static TokenAnswer? Parse(byte[] body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, RegistryJson.Default.TokenAnswer);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

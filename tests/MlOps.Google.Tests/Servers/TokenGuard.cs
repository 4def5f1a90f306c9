using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace MlOps.Google.Tests.Servers;

/// <summary>Lets a registry be used only with a bearer token, which it gives at <c>/token</c> for a user and a password.</summary>
internal sealed class TokenGuard(string user, string password)
{
    private readonly ConcurrentDictionary<string, string[]> _tokens = new(StringComparer.Ordinal);

    /// <summary>Where the challenge says that tokens are given; the registry itself by default.</summary>
    public string? Realm { get; set; }

    public int? ExpiresIn { get; init; }

    /// <summary>Answers in place of the token service.</summary>
    public Func<HttpContext, Task>? Service { get; init; }

    public IReadOnlyCollection<string> Tokens => [.. _tokens.Keys];

    public void Revoke() => _tokens.Clear();

    public async Task<bool> PassAsync(HttpContext context)
    {
        if (context.Request.Path == "/token")
        {
            await (Service ?? GiveAsync)(context);
            return false;
        }

        var wanted = Wanted(context.Request);
        var authorization = context.Request.Headers.Authorization.ToString();
        if (authorization.StartsWith("Bearer ", StringComparison.Ordinal) && _tokens.TryGetValue(authorization["Bearer ".Length..], out var scopes) && scopes.Any(scope => Covers(scope, wanted)))
        {
            return true;
        }

        context.Response.StatusCode = 401;
        context.Response.Headers.WWWAuthenticate = $"Bearer realm=\"{Realm ?? $"http://{context.Request.Host}/token"}\",service=\"registry, with \\\"quotes\\\"\",scope=\"{wanted}\"";
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync("""{"errors":[{"code":"UNAUTHORIZED","message":"authentication required"}]}""", context.RequestAborted);
        return false;
    }

    private async Task GiveAsync(HttpContext context)
    {
        var expected = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"));
        var form = context.Request.HasFormContentType ? await context.Request.ReadFormAsync(context.RequestAborted) : null;
        if (form is null ? context.Request.Headers.Authorization != expected : form["refresh_token"] != password || form["grant_type"] != "refresh_token")
        {
            context.Response.StatusCode = 401;
            await context.Response.WriteAsync(JsonSerializer.Serialize(new { errors = new[] { new { code = "UNAUTHORIZED", message = $"wrong: {context.Request.Headers.Authorization}, {password}" } } }), context.RequestAborted);
            return;
        }

        string[] scopes = form is null ? [.. context.Request.Query["scope"].OfType<string>()] : form["scope"].ToString().Split(' ');
        var token = $"token-{Guid.NewGuid():N}";
        _tokens[token] = scopes;
        await context.Response.WriteAsync(JsonSerializer.Serialize(form is null ? new { token, expires_in = ExpiresIn } : (object)new { access_token = token }), context.RequestAborted);
    }

    private static string Wanted(HttpRequest request)
    {
        var parts = request.Path.Value!.Split('/');
        var kind = Array.FindLastIndex(parts, part => part is "blobs" or "manifests" or "tags" or "referrers");
        return kind < 0 ? "" : $"repository:{string.Join('/', parts[2..kind])}:{(request.Method is "GET" or "HEAD" ? "pull" : "pull,push")}";
    }

    private static bool Covers(string scope, string wanted)
    {
        if (wanted.Length == 0)
        {
            return true;
        }

        var (has, needs) = (scope.Split(':'), wanted.Split(':'));
        return has.Length == 3 && has[1] == needs[1] && needs[2].Split(',').All(has[2].Split(',').Contains);
    }
}

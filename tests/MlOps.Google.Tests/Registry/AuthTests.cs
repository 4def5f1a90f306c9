using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;
using MlOps.Google.Errors;
using MlOps.Google.Http;
using MlOps.Google.Registry;
using MlOps.Google.Tests.Servers;

namespace MlOps.Google.Tests.Registry;

public sealed class AuthTests
{
    private const string Password = "s3cr3t-passw0rd";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static RegistryCredential Ada => RegistryCredential.Basic("ada", Password);

    [Fact]
    public async Task A_token_is_asked_for_with_the_password_and_used_for_the_repository()
    {
        var guard = new TokenGuard("ada", Password);
        await using var registry = await TestRegistry.StartAsync();
        registry.Guard = guard.PassAsync;
        var (manifest, blobs) = Content.Image();

        await Content.PushAsync(Clients.Registry(Ada), registry.Image("p/r/i:v1"), manifest, blobs);
        Assert.Equal(manifest.Digest.ToString(), registry["p/r/i"].Tags["v1"]);
        Assert.Equal(2, guard.Tokens.Count);
        Assert.All(registry.Server.Requests.Where(request => request.Path != "/token"), request => Assert.DoesNotContain("Basic", request.Authorization ?? "", StringComparison.Ordinal));
        Assert.Contains("service=registry%2C%20with%20%22quotes%22", registry.Server.Requests.First(request => request.Path == "/token").Query, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Googles_access_token_is_sent_as_oauth2accesstoken()
    {
        var guard = new TokenGuard("oauth2accesstoken", "ya29.token");
        await using var registry = await TestRegistry.StartAsync();
        registry.Guard = guard.PassAsync;
        Assert.Null(await Clients.Registry(RegistryCredential.Google("ya29.token")).HeadManifestAsync(registry.Image("p/r/i:v1"), Cancel));
        Assert.Single(guard.Tokens);
    }

    [Fact]
    public async Task A_refresh_token_is_exchanged_by_post()
    {
        var guard = new TokenGuard("", "refresh-me");
        await using var registry = await TestRegistry.StartAsync();
        registry.Guard = guard.PassAsync;
        Assert.Null(await Clients.Registry(RegistryCredential.Identity("refresh-me")).HeadManifestAsync(registry.Image("p/r/i:v1"), Cancel));
        Assert.Equal("POST", registry.Server.Requests.Single(request => request.Path == "/token").Method);
    }

    [Fact]
    public async Task A_ready_bearer_token_is_sent_as_it_is()
    {
        await using var registry = await TestRegistry.StartAsync();
        registry.Guard = new TokenGuard("", "").PassAsync;
        var error = await Assert.ThrowsAsync<RegistryException>(() => Clients.Registry(RegistryCredential.Bearer("ready")).HeadManifestAsync(registry.Image("p/r/i:v1"), Cancel));
        Assert.Equal(HttpStatusCode.Unauthorized, error.Http);
        Assert.Equal("Bearer ready", registry.Server.Requests[^1].Authorization);
    }

    [Fact]
    public async Task A_password_is_sent_directly_where_the_registry_asks_for_that()
    {
        await using var registry = await TestRegistry.StartAsync();
        registry.Guard = context =>
        {
            var good = context.Request.Headers.Authorization == "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"ada:{Password}"));
            context.Response.StatusCode = good ? 200 : 401;
            context.Response.Headers.WWWAuthenticate = "Basic realm=\"here\"";
            return Task.FromResult(good);
        };
        var (manifest, blobs) = Content.Image();
        await Content.PushAsync(Clients.Registry(Ada), registry.Image("p/r/i:v1"), manifest, blobs);
        await Clients.Registry(Ada).PingAsync(registry.Host, Cancel);
        Assert.Equal(manifest.Digest.ToString(), registry["p/r/i"].Tags["v1"]);
    }

    [Fact]
    public async Task A_token_that_has_expired_is_asked_for_anew()
    {
        var time = new SkippingTime();
        var guard = new TokenGuard("ada", Password) { ExpiresIn = 300 };
        await using var registry = await TestRegistry.StartAsync();
        registry.Guard = guard.PassAsync;
        var client = Clients.Registry(Ada, Clients.Policy(time));

        await client.HeadManifestAsync(registry.Image("p/r/i:v1"), Cancel);
        await client.HeadManifestAsync(registry.Image("p/r/i:v1"), Cancel);
        Assert.Single(guard.Tokens);
        time.Advance(TimeSpan.FromSeconds(295));
        await client.HeadManifestAsync(registry.Image("p/r/i:v1"), Cancel);
        Assert.Equal(2, guard.Tokens.Count);
    }

    [Fact]
    public async Task A_token_that_was_revoked_is_asked_for_anew()
    {
        var guard = new TokenGuard("ada", Password) { ExpiresIn = 3000 };
        await using var registry = await TestRegistry.StartAsync();
        registry.Guard = guard.PassAsync;
        var client = Clients.Registry(Ada);
        await client.HeadManifestAsync(registry.Image("p/r/i:v1"), Cancel);
        guard.Revoke();
        Assert.Null(await client.HeadManifestAsync(registry.Image("p/r/i:v1"), Cancel));
    }

    [Fact]
    public async Task Many_at_once_ask_for_one_token()
    {
        var guard = new TokenGuard("ada", Password);
        await using var registry = await TestRegistry.StartAsync();
        registry.Guard = guard.PassAsync;
        var client = Clients.Registry(Ada);
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => client.HeadManifestAsync(registry.Image("p/r/i:v1"), Cancel)));
        Assert.Single(guard.Tokens);
    }

    [Fact]
    public async Task A_mount_asks_for_both_repositories_and_the_one_that_was_challenged_first()
    {
        await using var registry = await TestRegistry.StartAsync();
        registry.Guard = new TokenGuard("ada", Password).PassAsync;
        await Clients.Registry(Ada).UploadBlobAsync(registry.Image("p/r/to"), BlobContent.Of("x"u8.ToArray()), Cancel, registry.Image("p/r/from"));
        var query = Uri.UnescapeDataString(registry.Server.Requests.Where(request => request.Path == "/token").ElementAt(1).Query);
        Assert.EndsWith("&scope=repository:p/r/to:pull,push&scope=repository:p/r/from:pull", query, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://127.0.0.2:1/token", "private")]
    [InlineData("http://169.254.169.254/computeMetadata/v1/", "private")]
    [InlineData("http://[::1]:1/token", "private")]
    [InlineData("file:///etc/passwd", "leaves")]
    public async Task A_password_is_not_taken_to_a_token_service_at_a_private_address(string realm, string why)
    {
        await using var registry = await TestRegistry.StartAsync();
        registry.Guard = new TokenGuard("ada", Password) { Realm = realm }.PassAsync;
        var error = await Assert.ThrowsAsync<CloudException>(() => Clients.Registry(Ada).HeadManifestAsync(registry.Image("p/r/i:v1"), Cancel));
        Assert.Contains("a token service to ", error.Message, StringComparison.Ordinal);
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("registry.example.org", "auth.example.org", true)]
    [InlineData("registry-1.docker.io", "auth.docker.io", true)]
    [InlineData("registry.gitlab.com", "gitlab.com", true)]
    [InlineData("us-docker.pkg.dev", "US-docker.pkg.dev", true)]
    [InlineData("registry.example.org", "example.org.evil.example", false)]
    [InlineData("registry.example.org", "evilexample.org", false)]
    [InlineData("registry.co.uk", "evil.co.uk", false)]
    [InlineData("gcr.io", "evil.io", false)]
    [InlineData("203.0.113.7", "203.0.113.8", false)]
    public void A_password_goes_to_a_token_service_of_the_registrys_own_domain_only(string registry, string service, bool goes) =>
        Assert.Equal(goes, TokenService.IsOfThe(new ServiceHost(registry, new Uri($"https://{registry}")), new Uri($"https://{service}/token")));

    [Theory]
    [InlineData("auth.registry.example")]
    [InlineData("auth.evil.example")]
    public async Task A_token_service_elsewhere_is_asked_with_the_password_where_it_is_the_registrys_own(string service)
    {
        var guard = new TokenGuard("ada", Password);
        await using var tokens = await TestServer.StartAsync(async context => await guard.PassAsync(context));
        await using var registry = await TestRegistry.StartAsync();
        registry.Guard = guard.PassAsync;
        guard.Realm = $"http://{service}:{tokens.Address.Port}/token?account=a";
        var here = $"hub.registry.example:{registry.Server.Address.Port}";
        var http = Clients.Named(Clients.Policy(), (service, tokens), ("hub.registry.example", registry.Server));
        var client = new RegistryTransport(http, RegistryCredentials.Fixed(Ada));
        Task<HttpResponseMessage> AskAsync() => client.SendAsync(new RegistryCall(new ServiceHost(here, new Uri($"http://{here}")), HttpMethod.Head, new Uri($"http://{here}/v2/p/r/i/manifests/v1"), "repository:p/r/i:pull"), Cancel);

        if (service == "auth.registry.example")
        {
            using var answer = await AskAsync();
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
            Assert.StartsWith("?account=a&service=", Assert.Single(tokens.Requests).Query, StringComparison.Ordinal);
            return;
        }

        var error = await Assert.ThrowsAsync<CloudException>(AskAsync);
        Assert.Contains($"asks that its password be sent to {service}", error.Message, StringComparison.Ordinal);
        Assert.Empty(tokens.Requests);
    }

    [Fact]
    public async Task A_token_service_anywhere_is_asked_as_nobody()
    {
        await using var service = await TestServer.StartAsync(context => context.Response.WriteAsync("""{"token":"for-everybody"}""", context.RequestAborted));
        await using var registry = await TestRegistry.StartAsync();
        registry.Guard = new TokenGuard("", "") { Realm = $"http://auth.example:{service.Address.Port}/token" }.PassAsync;
        var client = new RegistryClient(GcpEndpoint.Google, RegistryCredentials.None, Clients.Named(Clients.Policy(), ("auth.example", service)));
        await Assert.ThrowsAsync<RegistryException>(() => client.GetManifestAsync(registry.Image("p/r/i:v1"), Cancel));
        Assert.Null(Assert.Single(service.Requests).Authorization);
        Assert.Equal("Bearer for-everybody", registry.Server.Requests[^1].Authorization);
    }

    [Fact]
    public async Task Without_a_credential_the_refusal_says_how_to_log_in()
    {
        await using var registry = await TestRegistry.StartAsync();
        registry.Guard = new TokenGuard("ada", Password).PassAsync;
        var error = await Assert.ThrowsAsync<RegistryException>(() => Clients.Registry().GetManifestAsync(registry.Image("p/r/i:v1"), Cancel));
        Assert.Contains($"docker login {registry.Host}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_service_that_says_the_password_back_does_not_get_it_into_an_error()
    {
        await using var registry = await TestRegistry.StartAsync();
        registry.Guard = new TokenGuard("ada", "another").PassAsync;
        var error = await Assert.ThrowsAsync<RegistryException>(() => Clients.Registry(Ada).GetManifestAsync(registry.Image("p/r/i:v1"), Cancel));
        Assert.Contains("wrong: ", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Password, error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Convert.ToBase64String(Encoding.UTF8.GetBytes($"ada:{Password}")), error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{"token":""}""")]
    [InlineData("not json")]
    public async Task A_token_service_without_a_token_is_named(string answer)
    {
        await using var registry = await TestRegistry.StartAsync();
        registry.Guard = new TokenGuard("ada", Password) { Service = context => context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(answer), context.RequestAborted).AsTask() }.PassAsync;
        var error = await Assert.ThrowsAsync<RegistryException>(() => Clients.Registry(Ada).HeadManifestAsync(registry.Image("p/r/i:v1"), Cancel));
        Assert.Contains("answered without a token", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_service_that_never_stops_talking_is_not_listened_to()
    {
        await using var registry = await TestRegistry.StartAsync();
        registry.Guard = new TokenGuard("ada", Password) { Service = context => context.Response.Body.WriteAsync(new byte[100_000], context.RequestAborted).AsTask() }.PassAsync;
        var error = await Assert.ThrowsAsync<CloudException>(() => Clients.Registry(Ada).HeadManifestAsync(registry.Image("p/r/i:v1"), Cancel));
        Assert.Contains("65536", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_credential_does_not_show_its_secret()
    {
        Assert.Equal("ada with a password", Ada.ToString());
        Assert.Equal("a token", RegistryCredential.Identity("x").ToString());
        Assert.Equal("a token", RegistryCredential.Bearer("x").ToString());
        Assert.Equal("anonymous", RegistryCredential.Anonymous.ToString());
    }
}

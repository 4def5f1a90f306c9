using MlOps.Google.Registry;

namespace MlOps.Google.Tests.Registry;

public sealed class CredentialChoiceTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Googles_hosts_get_the_endpoints_access_token_and_others_do_not()
    {
        var credentials = RegistryCredentials.For(new GcpEndpoint(null, null, new AccessToken(_ => Task.FromResult<string?>("ya29.x"))), "/no/such/config.json");
        Assert.Equal("oauth2accesstoken", (await credentials.GetAsync("europe-west1-docker.pkg.dev", Cancel)).User);
        Assert.Equal("oauth2accesstoken", (await credentials.GetAsync("eu.gcr.io", Cancel)).User);
        Assert.True((await credentials.GetAsync("docker.pkg.dev.evil.example", Cancel)).IsAnonymous);
        Assert.True((await credentials.GetAsync("registry.example:5000", Cancel)).IsAnonymous);
    }

    [Fact]
    public async Task The_local_cloud_is_asked_as_nobody()
    {
        var credentials = RegistryCredentials.For(GcpEndpoint.Local(new Uri("http://127.0.0.1:1"), new Uri("http://127.0.0.1:2")));
        Assert.True((await credentials.GetAsync("europe-west1-docker.pkg.dev", Cancel)).IsAnonymous);
    }

    [Fact]
    public async Task Dockers_configuration_comes_before_the_access_token()
    {
        using var folder = new Testing.TemporaryFolder();
        var path = folder.Write("config.json", """{"auths": {"eu.gcr.io": {"username": "ada", "password": "p"} } }""");
        var credentials = RegistryCredentials.For(new GcpEndpoint(null, null, new AccessToken(_ => Task.FromResult<string?>("ya29.x"))), path);
        Assert.Equal("ada", (await credentials.GetAsync("eu.gcr.io", Cancel)).User);
        Assert.Equal("oauth2accesstoken", (await credentials.GetAsync("gcr.io", Cancel)).User);
    }

    [Fact]
    public async Task Without_google_credentials_we_go_as_nobody()
    {
        var credentials = RegistryCredentials.For(new GcpEndpoint(null, null, new AccessToken(_ => throw new Core.Problems.StepFailedException("No Google credentials"))), "/no/such/config.json");
        Assert.True((await credentials.GetAsync("europe-west1-docker.pkg.dev", Cancel)).IsAnonymous);
    }
}

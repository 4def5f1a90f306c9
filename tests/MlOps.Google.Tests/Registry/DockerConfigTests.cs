using System.Text;
using MlOps.Core.Problems;
using MlOps.Google.Registry;
using MlOps.Testing;

namespace MlOps.Google.Tests.Registry;

public sealed class DockerConfigTests
{
    private const string Secret = "t0p-s3cret";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static string Auth => Convert.ToBase64String(Encoding.UTF8.GetBytes($"ada:{Secret}:with-colon"));

    [Theory]
    [InlineData("us-central1-docker.pkg.dev", "us-central1-docker.pkg.dev")]
    [InlineData("https://us-central1-docker.pkg.dev", "us-central1-docker.pkg.dev")]
    [InlineData("https://us-central1-docker.pkg.dev/v1/", "us-central1-docker.pkg.dev")]
    [InlineData("127.0.0.1:5000", "127.0.0.1:5000")]
    [InlineData("https://index.docker.io/v1/", "registry-1.docker.io")]
    public async Task An_entry_is_found_however_docker_wrote_its_host(string key, string host)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("config.json", $$"""{"auths": {"{{key}}": {"auth": "{{Auth}}"} }, "HttpHeaders": {"x": "y"} }""");
        var credential = await DockerConfig.CredentialAsync(path, host, Cancel);
        Assert.Equal(("ada", $"{Secret}:with-colon"), (credential!.User, credential.Password));
    }

    [Fact]
    public async Task Another_host_gets_nothing()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("config.json", $$"""{"auths": {"gcr.io": {"auth": "{{Auth}}"} } }""");
        Assert.Null(await DockerConfig.CredentialAsync(path, "evil-gcr.io", Cancel));
        Assert.Null(await DockerConfig.CredentialAsync(path, "gcr.io:443", Cancel));
        Assert.Null(await DockerConfig.CredentialAsync(Path.Combine(folder.Path, "none.json"), "gcr.io", Cancel));
    }

    [Fact]
    public async Task Tokens_and_plain_pairs_are_read()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("config.json", """{"auths": {"a.example": {"identitytoken": "i"}, "b.example": {"registrytoken": "r"}, "c.example": {"username": "u", "password": "p"}, "d.example": {} } }""");
        Assert.Equal("i", (await DockerConfig.CredentialAsync(path, "a.example", Cancel))!.IdentityToken);
        Assert.Equal("r", (await DockerConfig.CredentialAsync(path, "b.example", Cancel))!.RegistryToken);
        Assert.Equal("u", (await DockerConfig.CredentialAsync(path, "c.example", Cancel))!.User);
        Assert.Null(await DockerConfig.CredentialAsync(path, "d.example", Cancel));
    }

    [Fact]
    public async Task A_broken_file_is_named_with_its_place_and_without_its_content()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("config.json", $"{{\n  \"auths\": {Secret}\n}}");
        var error = await Assert.ThrowsAsync<InvalidInputException>(() => DockerConfig.CredentialAsync(path, "gcr.io", Cancel));
        Assert.StartsWith($"{path}:2:", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("not base64!")]
    [InlineData("bm8gY29sb24=")]
    public async Task An_entry_that_is_no_pair_says_how_to_make_one(string auth)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("config.json", $$"""{"auths": {"gcr.io": {"auth": "{{auth}}"} } }""");
        var error = await Assert.ThrowsAsync<InvalidInputException>(() => DockerConfig.CredentialAsync(path, "gcr.io", Cancel));
        Assert.Contains("docker login gcr.io", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_helper_is_asked_for_its_host()
    {
        using var helpers = new Helpers();
        helpers.Add("one", $$"""read server; printf '{"ServerURL":"%s","Username":"ada@%s","Secret":"{{Secret}}"}' "$server" "$server" """);
        var path = helpers.Config("""{"credHelpers": {"gcr.io": "one"} }""");
        var credential = await DockerConfig.CredentialAsync(path, "gcr.io", Cancel);
        Assert.Equal(("ada@gcr.io", Secret), (credential!.User, credential.Password));
    }

    [Fact]
    public async Task A_store_is_asked_for_hosts_without_an_entry_of_their_own()
    {
        using var helpers = new Helpers();
        helpers.Add("store", $$"""printf '{"Username":"<token>","Secret":"{{Secret}}"}'""");
        var path = helpers.Config($$"""{"credsStore": "store", "auths": {"gcr.io": {}, "eu.gcr.io": {"auth": "{{Auth}}"} } }""");
        Assert.Equal(Secret, (await DockerConfig.CredentialAsync(path, "gcr.io", Cancel))!.IdentityToken);
        Assert.Equal("ada", (await DockerConfig.CredentialAsync(path, "eu.gcr.io", Cancel))!.User);
    }

    [Fact]
    public async Task A_helper_that_knows_nothing_gives_nothing()
    {
        using var helpers = new Helpers();
        helpers.Add("empty", "echo 'credentials not found in native keychain'; exit 1");
        Assert.Null(await DockerConfig.CredentialAsync(helpers.Config("""{"credsStore": "empty"}"""), "gcr.io", Cancel));
    }

    [Theory]
    [InlineData("exit 3")]
    [InlineData("exit 0")]
    public async Task A_helper_that_fails_is_named_and_what_it_printed_is_not_shown(string end)
    {
        using var helpers = new Helpers();
        helpers.Add("bad", $"echo {Secret}; echo {Secret} >&2; {end}");
        var error = await Assert.ThrowsAsync<StepFailedException>(() => DockerConfig.CredentialAsync(helpers.Config("""{"credsStore": "bad"}"""), "gcr.io", Cancel));
        Assert.Contains("docker-credential-bad", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_helper_that_is_not_installed_is_something_the_machine_lacks()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("config.json", """{"credsStore": "of-nobody"}""");
        var error = await Assert.ThrowsAsync<MachineLacksException>(() => DockerConfig.CredentialAsync(path, "gcr.io", Cancel));
        Assert.Contains("docker-credential-of-nobody", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Credential helpers as shell scripts, in a folder at the head of the PATH; their names are of this test alone.</summary>
    private sealed class Helpers : IDisposable
    {
        private static readonly Lock Environments = new();
        private readonly TemporaryFolder _folder = new();
        private readonly string _unique = Guid.NewGuid().ToString("N")[..8];

        public Helpers()
        {
            Assert.SkipWhen(OperatingSystem.IsWindows(), "The helpers of these tests are shell scripts.");
            lock (Environments)
            {
                Environment.SetEnvironmentVariable("PATH", $"{_folder.Path}:{Environment.GetEnvironmentVariable("PATH")}");
            }
        }

        public void Add(string name, string script)
        {
            var path = _folder.Write($"docker-credential-{name}-{_unique}", $"#!/bin/sh\n{script}\n");
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }
        }

        public string Config(string json) => _folder.Write("config.json", json
            .Replace("\"one\"", $"\"one-{_unique}\"", StringComparison.Ordinal)
            .Replace("\"store\"", $"\"store-{_unique}\"", StringComparison.Ordinal)
            .Replace("\"empty\"", $"\"empty-{_unique}\"", StringComparison.Ordinal)
            .Replace("\"bad\"", $"\"bad-{_unique}\"", StringComparison.Ordinal));

        public void Dispose()
        {
            lock (Environments)
            {
                Environment.SetEnvironmentVariable("PATH", Environment.GetEnvironmentVariable("PATH")!.Replace($"{_folder.Path}:", "", StringComparison.Ordinal));
            }

            _folder.Dispose();
        }
    }
}

using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using MlOps.Core.Problems;

namespace MlOps.Google.Registry;

internal sealed record DockerConfigFile(
    [property: JsonPropertyName("auths")] Dictionary<string, DockerAuth>? Auths,
    [property: JsonPropertyName("credHelpers")] Dictionary<string, string>? CredHelpers,
    [property: JsonPropertyName("credsStore")] string? CredsStore);

internal sealed record DockerAuth(
    [property: JsonPropertyName("auth")] string? Auth,
    [property: JsonPropertyName("username")] string? Username,
    [property: JsonPropertyName("password")] string? Password,
    [property: JsonPropertyName("identitytoken")] string? IdentityToken,
    [property: JsonPropertyName("registrytoken")] string? RegistryToken)
{
    public override string ToString() => nameof(DockerAuth);
}

/// <summary>Docker's <c>config.json</c>: entries under <c>auths</c>, credential helpers for a host, a credential store for all.</summary>
internal static class DockerConfig
{
    private const string DockerHub = "https://index.docker.io/v1/";

    /// <summary><c>$DOCKER_CONFIG/config.json</c>, else <c>~/.docker/config.json</c>.</summary>
    public static string DefaultPath() => Path.Combine(
        Environment.GetEnvironmentVariable("DOCKER_CONFIG") is { Length: > 0 } folder ? folder : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".docker"),
        "config.json");

    /// <summary>The credential for a host; null where the file is absent or does not know the host.</summary>
    public static async Task<RegistryCredential?> CredentialAsync(string path, string host, CancellationToken cancel)
    {
        if (!File.Exists(path) || Read(path) is not { } file)
        {
            return null;
        }

        if (Entry(file.CredHelpers, host) is { } helper)
        {
            return await DockerCredentialHelper.GetAsync(helper, ServerOf(host), cancel);
        }

        return Entry(file.Auths, host) is { } auth && OfEntry(auth, path, host) is { } credential
            ? credential
            : file.CredsStore is { Length: > 0 } store ? await DockerCredentialHelper.GetAsync(store, ServerOf(host), cancel) : null;
    }

    private static DockerConfigFile? Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), RegistryJson.Default.DockerConfigFile);
        }
        catch (JsonException error)
        {
            // The parser's own message may quote the file, which holds passwords.
            throw new InvalidInputException("docker-config", "This is not Docker's configuration: expected JSON. Mend it, or log in again with 'docker login'.", new SourceSpot(path, (int)(error.LineNumber ?? 0) + 1, (int)(error.BytePositionInLine ?? 0) + 1));
        }
        catch (UnauthorizedAccessException)
        {
            throw new InvalidInputException("docker-config", "Docker's configuration cannot be read: permission denied. Change its mode, or set DOCKER_CONFIG to another folder.", new SourceSpot(path));
        }
    }

    /// <summary>Keys may be a host, or an address: <c>https://HOST/v1/</c>.</summary>
    private static T? Entry<T>(Dictionary<string, T>? entries, string host) where T : class
    {
        if (entries is null)
        {
            return null;
        }

        return entries.TryGetValue(host, out var exact) || entries.TryGetValue(ServerOf(host), out exact)
            ? exact
            : entries.FirstOrDefault(entry => HostOf(entry.Key).Equals(host, StringComparison.OrdinalIgnoreCase)).Value;
    }

    private static string HostOf(string key)
    {
        var scheme = key.IndexOf("://", StringComparison.Ordinal);
        var rest = scheme < 0 ? key : key[(scheme + 3)..];
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? rest : rest[..slash];
    }

    private static string ServerOf(string host) => host is "docker.io" or "registry-1.docker.io" or "index.docker.io" ? DockerHub : host;

    private static RegistryCredential? OfEntry(DockerAuth auth, string path, string host)
    {
        if (auth is { IdentityToken.Length: > 0 })
        {
            return RegistryCredential.Identity(auth.IdentityToken);
        }

        if (auth is { RegistryToken.Length: > 0 })
        {
            return RegistryCredential.Bearer(auth.RegistryToken);
        }

        if (auth is { Username.Length: > 0 })
        {
            return RegistryCredential.Basic(auth.Username, auth.Password ?? "");
        }

        return auth is { Auth.Length: > 0 } ? Decoded(auth.Auth, path, host) : null;
    }

    private static RegistryCredential Decoded(string auth, string path, string host)
    {
        var bytes = new byte[auth.Length];
        var text = Convert.TryFromBase64String(auth, bytes, out var length) ? Encoding.UTF8.GetString(bytes, 0, length).TrimEnd('\0') : "";
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon > 0
            ? RegistryCredential.Basic(text[..colon], text[(colon + 1)..])
            : throw new InvalidInputException("docker-config", $"The entry of '{host}' is not 'user:password' in base64. Log in again with 'docker login {host}'.", new SourceSpot(path));
    }
}

using MlOps.Core.Problems;

namespace MlOps.Google.Registry;

/// <summary>Who we are to a registry. Printing one shows no secret.</summary>
public sealed class RegistryCredential
{
    private RegistryCredential(string user, string password, string? identityToken, string? registryToken) =>
        (User, Password, IdentityToken, RegistryToken) = (user, password, identityToken, registryToken);

    /// <summary>Nobody in particular.</summary>
    public static RegistryCredential Anonymous { get; } = new("", "", null, null);

    public bool IsAnonymous => User.Length == 0 && IdentityToken is null && RegistryToken is null;

    public string User { get; }

    public string Password { get; }

    /// <summary>An OAuth refresh token, exchanged at the registry's token service.</summary>
    public string? IdentityToken { get; }

    /// <summary>A bearer token, sent as it is.</summary>
    internal string? RegistryToken { get; }

    public static RegistryCredential Basic(string user, string password) => new(user, password, null, null);

    /// <summary>A Google access token, as Artifact Registry takes it.</summary>
    public static RegistryCredential Google(string accessToken) => new("oauth2accesstoken", accessToken, null, null);

    public static RegistryCredential Identity(string refreshToken) => new("", "", refreshToken, null);

    public static RegistryCredential Bearer(string token) => new("", "", null, token);

    public override string ToString() => IsAnonymous ? "anonymous" : IdentityToken is not null || RegistryToken is not null ? "a token" : $"{User} with a password";
}

/// <summary>Finds the credential for a registry host (Google's name, or <c>host[:port]</c>).</summary>
public sealed record RegistryCredentials(Func<string, CancellationToken, Task<RegistryCredential>> GetAsync)
{
    public static RegistryCredentials None { get; } = new((_, _) => Task.FromResult(RegistryCredential.Anonymous));

    public static RegistryCredentials Fixed(RegistryCredential credential) => new((_, _) => Task.FromResult(credential));

    /// <summary>
    /// Docker's configuration file where it knows the host (Cloud Build prepares one), else the endpoint's Google credential
    /// for Google's hosts, else nobody. The local cloud's registry asks for none.
    /// </summary>
    public static RegistryCredentials For(GcpEndpoint endpoint) => For(endpoint, DockerConfig.DefaultPath());

    internal static RegistryCredentials For(GcpEndpoint endpoint, string dockerConfig) => new(async (host, cancel) =>
    {
        var google = GcpEndpoint.IsGoogleRegistry(host);
        if (google && !endpoint.IsTls)
        {
            return RegistryCredential.Anonymous;
        }

        var written = await DockerConfig.CredentialAsync(dockerConfig, host, cancel);
        if (written is not null || !google)
        {
            return written ?? RegistryCredential.Anonymous;
        }

        return await GoogleAsync(endpoint, cancel);
    });

    /// <summary>Without application default credentials we go as nobody: public images still work, and a refusal says how to log in.</summary>
    private static async Task<RegistryCredential> GoogleAsync(GcpEndpoint endpoint, CancellationToken cancel)
    {
        try
        {
            return await endpoint.Credential.GetAsync(cancel) is { } token ? RegistryCredential.Google(token) : RegistryCredential.Anonymous;
        }
        catch (Exception error) when (error is InvalidOperationException or StepFailedException)
        {
            return RegistryCredential.Anonymous;
        }
    }
}

namespace MlOps.Google;

/// <summary>Gives the OAuth access token for a call; null where none is sent.</summary>
public sealed record AccessToken(Func<CancellationToken, Task<string?>> GetAsync)
{
    /// <summary>No credential: the local cloud asks for none.</summary>
    public static AccessToken None { get; } = new(_ => Task.FromResult<string?>(null));

    /// <summary>Application default credentials, looked up at the first call.</summary>
    public static AccessToken ApplicationDefault { get; } = new(ApplicationDefaultAsync);

    private static async Task<string?> ApplicationDefaultAsync(CancellationToken cancel)
    {
        var credential = await global::Google.Apis.Auth.OAuth2.GoogleCredential.GetApplicationDefaultAsync(cancel);
        return await credential.CreateScoped("https://www.googleapis.com/auth/cloud-platform").UnderlyingCredential.GetAccessTokenForRequestAsync(cancellationToken: cancel);
    }
}

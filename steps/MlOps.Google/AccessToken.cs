using Google.Apis.Auth.OAuth2;
using Google.Apis.Auth.OAuth2.Responses;
using Grpc.Core;
using MlOps.Google.Errors;

namespace MlOps.Google;

/// <summary>Gives the OAuth access token for a call; null where none is sent.</summary>
public sealed record AccessToken(Func<CancellationToken, Task<string?>> GetAsync)
{
    private const string Scope = "https://www.googleapis.com/auth/cloud-platform";
    private const string TokenHost = "oauth2.googleapis.com";

    /// <summary>Kept, because a credential keeps its token until shortly before it expires.</summary>
    private static ITokenAccess? _credential;

    /// <summary>No credential: the local cloud asks for none.</summary>
    public static AccessToken None { get; } = new(_ => Task.FromResult<string?>(null));

    /// <summary>Application default credentials, looked up at the first call.</summary>
    public static AccessToken ApplicationDefault { get; } = new(ApplicationDefaultAsync);

    private static async Task<string?> ApplicationDefaultAsync(CancellationToken cancel)
    {
        try
        {
            _credential ??= (await GoogleCredential.GetApplicationDefaultAsync(cancel)).CreateScoped(Scope);
            return await _credential.GetAccessTokenForRequestAsync(cancellationToken: cancel);
        }
        catch (InvalidOperationException error)
        {
            throw Refused("No Google credentials were found on this machine.", error);
        }
        catch (TokenResponseException error)
        {
            throw Refused($"Google refused this machine's credentials ({Secrets.Removed(error.Error?.Error ?? "no reason given")}).", error);
        }
        catch (HttpRequestException error)
        {
            throw new CloudException(StatusCode.Unavailable, TokenHost, $"{TokenHost} cannot be reached for an access token: {Secrets.Removed(error.Message)}", error);
        }
    }

    private static CloudException Refused(string what, Exception inner) => new(
        StatusCode.Unauthenticated, TokenHost, $"{what}{Environment.NewLine}Log in with 'gcloud auth application-default login', or set GOOGLE_APPLICATION_CREDENTIALS.", inner);
}

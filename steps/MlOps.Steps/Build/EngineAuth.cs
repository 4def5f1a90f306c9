using MlOps.Containers.Images;
using MlOps.Google;
using MlOps.Google.Registry;

namespace MlOps.Steps.Build;

/// <summary>What the engine tells a registry about us: the same credential that our own calls use.</summary>
internal static class EngineAuth
{
    /// <param name="host">Google's name, or a host and port.</param>
    public static async Task<RegistryAuth?> ForAsync(GcpEndpoint endpoint, string host, CancellationToken cancel)
    {
        var credential = await RegistryCredentials.For(endpoint).GetAsync(host, cancel);
        return credential.IsAnonymous ? null : new RegistryAuth(credential.User, credential.Password, credential.IdentityToken);
    }
}

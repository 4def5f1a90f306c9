using Docker.DotNet.Models;

namespace MlOps.Containers.Images;

/// <summary>What a registry is told about who is asking (the engine's <c>X-Registry-Auth</c>).</summary>
public sealed record RegistryAuth(string Username, string Password, string? IdentityToken = null)
{
    /// <summary>An OAuth access token for Artifact Registry (cloud.google.com/artifact-registry/docs/docker/authentication#token).</summary>
    public static RegistryAuth AccessToken(string token) => new("oauth2accesstoken", token);

    public override string ToString() => $"{Username}:***";

    internal AuthConfig Config => new() { Username = Username, Password = Password, IdentityToken = IdentityToken };
}

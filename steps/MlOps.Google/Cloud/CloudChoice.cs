using MlOps.Core.Problems;

namespace MlOps.Google.Cloud;

/// <summary>Which cloud <c>MLOPS_CLOUD</c> chooses for every environment.</summary>
public abstract record CloudChoice
{
    private CloudChoice()
    {
    }

    /// <summary>Google's own.</summary>
    public sealed record OfGoogle : CloudChoice;

    /// <summary>This machine's local cloud, joined or started.</summary>
    public sealed record OfThisMachine : CloudChoice;

    /// <summary>The local cloud whose HTTP address this is.</summary>
    public sealed record At(Uri Address) : CloudChoice;

    /// <summary>The choice in the environment variable <c>MLOPS_CLOUD</c>; null where it is not set.</summary>
    public static CloudChoice? FromEnvironment() => Parse(Environment.GetEnvironmentVariable("MLOPS_CLOUD"));

    /// <exception cref="InvalidInputException">The text is none of <c>google</c>, <c>local</c>, <c>http://host:port</c>.</exception>
    public static CloudChoice? Parse(string? text) => text switch
    {
        null or "" => null,
        "google" => new OfGoogle(),
        "local" => new OfThisMachine(),
        _ when Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme == Uri.UriSchemeHttp && address.AbsolutePath == "/" => new At(address),
        _ => throw new InvalidInputException("mlops-cloud", $"MLOPS_CLOUD is '{text}': expected 'google', 'local', or a local cloud's address such as http://127.0.0.1:8080.{Suggestion.For(text, ["google", "local"])}"),
    };
}

namespace MlOps.Google.Http;

/// <summary>What servers see us as.</summary>
internal static class UserAgent
{
    public static string Value { get; } = $"mlops/{typeof(UserAgent).Assembly.GetName().Version?.ToString(3)}";
}

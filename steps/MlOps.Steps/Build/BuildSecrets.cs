using System.Collections.Immutable;
using System.Text;
using MlOps.Core.Problems;
using MlOps.Steps.Project;

namespace MlOps.Steps.Build;

/// <summary>Reads the build secrets that <c>mlops.yaml</c> names from this machine, just before the build that needs them.</summary>
internal static class BuildSecrets
{
    /// <exception cref="InvalidInputException">A variable is not set, or a file cannot be read; all of them at once.</exception>
    public static ImmutableSortedDictionary<string, ImmutableArray<byte>> Read(BuildSettings settings)
    {
        var problems = new List<Problem>();
        var secrets = ImmutableSortedDictionary.CreateBuilder<string, ImmutableArray<byte>>(StringComparer.Ordinal);
        foreach (var (id, secret) in settings.Secrets)
        {
            if (One(id, secret, problems) is { } bytes)
            {
                secrets[id] = [.. bytes];
            }
        }

        return problems.Count == 0 ? secrets.ToImmutable() : throw new InvalidInputException(problems);
    }

    private static byte[]? One(string id, BuildSecret secret, List<Problem> problems)
    {
        if (secret.Variable is { } variable)
        {
            if (Environment.GetEnvironmentVariable(variable) is { } value)
            {
                return Encoding.UTF8.GetBytes(value);
            }

            problems.Add(Problem.Error("secret-not-set", $"Build secret '{id}' is in the environment variable {variable}, which is not set here. Set it (in Cloud Build: secretEnv).", secret.Spot));
            return null;
        }

        try
        {
            return File.ReadAllBytes(secret.File!);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            problems.Add(Problem.Error("secret-not-readable", $"Build secret '{id}' is in the file {secret.File}, which cannot be read ({error.Message.TrimEnd('.')}).", secret.Spot));
            return null;
        }
    }
}

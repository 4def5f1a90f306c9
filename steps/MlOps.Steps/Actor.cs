using LibGit2Sharp;

namespace MlOps.Steps;

/// <summary>Who does something, as the ledger names them. Nobody proves who they are here: who may write is decided by the bucket's and the registry's IAM.</summary>
/// <param name="Name">A build, git's <c>user.email</c>, or the user's name on the machine.</param>
/// <param name="Build">In Cloud Build, the build's resource name.</param>
public sealed record Actor(string Name, string? Build)
{
    /// <param name="root">A folder of the repo.</param>
    /// <param name="variable">Environment variables; generated build files hand on <c>BUILD_ID</c>, <c>PROJECT_ID</c> and <c>LOCATION</c>.</param>
    public static Actor Of(string root, Func<string, string?>? variable = null)
    {
        var given = variable ?? Environment.GetEnvironmentVariable;
        if (given("BUILD_ID") is { Length: > 0 } build)
        {
            var project = given("PROJECT_ID") is { Length: > 0 } id ? id : "-";
            var location = given("LOCATION") is { Length: > 0 } place ? place : "global";
            return new Actor($"build {build}", $"projects/{project}/locations/{location}/builds/{build}");
        }

        return new Actor(Email(root) ?? $"{Environment.UserName}@{Environment.MachineName}", null);
    }

    private static string? Email(string root)
    {
        try
        {
            if (Repository.Discover(root) is not { } folder)
            {
                return null;
            }

            using var repository = new Repository(folder);
            return repository.Config.Get<string>("user.email")?.Value is { Length: > 0 } email ? email : null;
        }
        catch (LibGit2SharpException)
        {
            return null;
        }
    }
}

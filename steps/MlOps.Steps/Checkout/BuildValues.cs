using System.Text.RegularExpressions;
using MlOps.Core.Problems;

namespace MlOps.Steps.Checkout;

/// <summary>
/// What the build service says of the source. In Cloud Build these are built-in substitutions, which the generated files hand
/// on as environment variables; where one has no value it is empty, which counts as absent.
/// </summary>
public sealed partial record BuildValues(string? Commit, string? Branch, string? Tag, string? Repo)
{
    public static BuildValues None { get; } = new(null, null, null, null);

    public static BuildValues FromEnvironment() => From(Environment.GetEnvironmentVariable);

    /// <exception cref="InvalidInputException">COMMIT_SHA or REVISION_ID is given and is no commit, or SHORT_SHA is of another.</exception>
    public static BuildValues From(Func<string, string?> variable)
    {
        var problems = new List<Problem>();
        var commit = CommitOf("COMMIT_SHA") ?? CommitOf("REVISION_ID");
        if (Given("SHORT_SHA") is { } shortened && commit is not null && !commit.StartsWith(shortened, StringComparison.OrdinalIgnoreCase))
        {
            problems.Add(Problem.Error("bad-substitution", $"SHORT_SHA={shortened} is not the beginning of COMMIT_SHA={commit}."));
        }

        if (problems.Count > 0)
        {
            throw new InvalidInputException(problems);
        }

        return new BuildValues(commit, Given("BRANCH_NAME"), Given("TAG_NAME"), Given("REPO_NAME"));

        string? Given(string name) => variable(name) is { Length: > 0 } value ? value : null;

        string? CommitOf(string name)
        {
            if (Given(name) is not { } value)
            {
                return null;
            }

            if (!Sha().IsMatch(value))
            {
                problems.Add(Problem.Error("bad-substitution", $"{name}={value} is not a commit: expected 40 hexadecimal digits. A substitution is not an environment variable: set options.env in the build's file ('{name}=${name}'), or leave it empty."));
                return null;
            }

            return value.ToLowerInvariant();
        }
    }

    [GeneratedRegex("^([0-9A-Fa-f]{40}|[0-9A-Fa-f]{64})$")]
    private static partial Regex Sha();
}

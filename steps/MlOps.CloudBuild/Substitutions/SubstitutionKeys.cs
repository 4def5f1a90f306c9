using System.Collections.Frozen;
using MlOps.Core.Problems;

namespace MlOps.CloudBuild.Substitutions;

/// <summary>The names of substitutions, without <c>$</c> (cloud.google.com/build/docs/configuring-builds/substitute-variable-values).</summary>
public static class SubstitutionKeys
{
    /// <summary>Built-ins of every build; Cloud Build sets them and nobody else can.</summary>
    public static FrozenSet<string> OfEveryBuild { get; } = Set("PROJECT_ID", "BUILD_ID", "PROJECT_NUMBER", "LOCATION");

    /// <summary>Built-ins of a trigger's build; a submission may give them too. Empty where they are not given.</summary>
    public static FrozenSet<string> OfTriggers { get; } = Set(
        "TRIGGER_NAME", "COMMIT_SHA", "REVISION_ID", "SHORT_SHA", "REPO_NAME", "REPO_FULL_NAME", "BRANCH_NAME", "TAG_NAME", "REF_NAME",
        "TRIGGER_BUILD_CONFIG_PATH", "SERVICE_ACCOUNT_EMAIL", "SERVICE_ACCOUNT");

    /// <summary>What a pull request sets beside them. They have a user's form, and without a pull request they are undefined.</summary>
    public static FrozenSet<string> OfPullRequests { get; } = Set("_HEAD_BRANCH", "_BASE_BRANCH", "_HEAD_REPO_URL", "_PR_NUMBER");

    public static FrozenSet<string> BuiltIn { get; } = OfEveryBuild.Union(OfTriggers).ToFrozenSet(StringComparer.Ordinal);

    /// <summary><c>^_[A-Z0-9_]+$</c>: a substitution of the user's own.</summary>
    public static bool IsUsers(string key) => key.Length > 1 && key[0] == '_' && key.All(IsLetter);

    /// <summary>What stands after <c>$</c> in a template: <c>[A-Z_][A-Z0-9_]*</c>.</summary>
    internal static bool IsLetter(char c) => c is (>= 'A' and <= 'Z') or (>= '0' and <= '9') or '_';

    internal static bool IsFirstLetter(char c) => IsLetter(c) && !char.IsAsciiDigit(c);

    /// <summary>What <c>gcloud builds submit --substitutions</c> may give: a user's own, or a built-in of triggers. The server refuses the others.</summary>
    public static bool MayBeSubmitted(string key) => IsUsers(key) || OfTriggers.Contains(key);

    /// <summary>The keys of a submission that the server refuses.</summary>
    public static IEnumerable<Problem> CheckSubmitted(IEnumerable<string> keys) =>
        keys.Where(key => !MayBeSubmitted(key)).Order(StringComparer.Ordinal).Select(key => Refuse(key));

    internal static Problem Refuse(string key, SourceSpot spot = default) => Problem.Error(SubstitutionCodes.Key, OfEveryBuild.Contains(key)
        ? $"'{key}' is set by Cloud Build itself and cannot be given; remove it."
        : OfTriggers.Contains(key)
            ? $"'{key}' is a built-in: a trigger sets it, or '--substitutions {key}=…' does; a build's file cannot. Remove it from the file, or name a substitution of your own such as '_{key}'."
            : $"'{key}' is no name of a substitution: expected '_' and then capital letters, digits or '_'{Proposal(key)}.", spot);

    private static string Proposal(string key)
    {
        var proposed = "_" + new string([.. key.ToUpperInvariant().Select(c => IsLetter(c) ? c : '_')]).TrimStart('_');
        return IsUsers(proposed) ? $", such as '{proposed}'" : ", such as '_TAG'";
    }

    private static FrozenSet<string> Set(params string[] names) => names.ToFrozenSet(StringComparer.Ordinal);
}

/// <summary>The codes of this folder's problems; docs/substitutions.md has a line for each.</summary>
public static class SubstitutionCodes
{
    /// <summary><c>$_X</c> without a value under MUST_MATCH.</summary>
    public const string Undefined = "substitution-undefined";

    /// <summary>A value that nothing uses under MUST_MATCH.</summary>
    public const string Unused = "substitution-unused";

    /// <summary><c>$FOO</c>, where FOO is no built-in.</summary>
    public const string NotBuiltIn = "substitution-not-builtin";

    /// <summary>A key that may not be set, or not here.</summary>
    public const string Key = "bad-substitution-key";

    /// <summary>Values that need each other.</summary>
    public const string Cycle = "substitution-cycle";

    /// <summary>A bash expansion that cannot be read or evaluated.</summary>
    public const string Expansion = "substitution-expansion";
}

using System.Collections.Immutable;
using MlOps.Core.Problems;

namespace MlOps.Steps.Project;

/// <summary>What starts a build for an environment: one of branch, tag and pull request is given, a regular expression (RE2).</summary>
/// <param name="PullRequest">Matches the branch that the pull request goes to.</param>
/// <param name="Spots">Of what is given, by key; of an item as <c>includedFiles[0]</c>; of the whole as the empty key.</param>
public sealed record TriggerSettings(
    string? Branch, string? Tag, string? PullRequest, ImmutableArray<string> IncludedFiles, ImmutableArray<string> IgnoredFiles, ImmutableSortedDictionary<string, SourceSpot> Spots)
{
    /// <summary>What does not match the expression starts it.</summary>
    public bool InvertRegex { get; init; }

    /// <summary>Google's word: whether a pull request's build waits for <c>/gcbrun</c>; null for Google's default.</summary>
    public string? CommentControl { get; init; }

    /// <summary>The build config, relative to mlops.yaml; null: <c>cloudbuild.ENVIRONMENT.yaml</c> where it is there, else <c>cloudbuild.yaml</c>.</summary>
    public string? Config { get; init; }

    /// <summary>The trigger's name; null: the project's name, a dash and the environment's.</summary>
    public string? Name { get; init; }

    public string? Description { get; init; }

    public ImmutableSortedDictionary<string, string> Substitutions { get; init; } = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>What its builds run as: an address.</summary>
    public string? ServiceAccount { get; init; }

    public bool Disabled { get; init; }

    /// <summary>In place of the project's.</summary>
    public RepositorySettings? Repository { get; init; }
}

/// <summary>Where a repository is hosted, and so which kind of trigger it has.</summary>
/// <param name="Text">As it was written.</param>
public sealed record RepositorySettings(RepositoryHost Host, string Text, SourceSpot Spot);

public enum RepositoryHost
{
    /// <summary><c>OWNER/NAME</c>, with Cloud Build's app installed.</summary>
    GitHub,

    /// <summary><c>projects/P/locations/L/connections/C/repositories/R</c>: the second generation.</summary>
    Connection,

    /// <summary><c>projects/P/locations/L/connections/C/gitRepositoryLinks/R</c></summary>
    DeveloperConnect,

    /// <summary><c>NAME</c>: Cloud Source Repositories.</summary>
    CloudSource,
}

/// <summary>A file that mlops.yaml names, relative to it.</summary>
public sealed record NamedFile(string Path, SourceSpot Spot);

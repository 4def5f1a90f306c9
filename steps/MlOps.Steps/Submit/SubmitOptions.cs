using System.Collections.Immutable;

namespace MlOps.Steps.Submit;

/// <summary>What a build is submitted from; the names are those of <c>gcloud builds submit</c>'s flags.</summary>
public sealed record SubmitOptions
{
    public const string DefaultConfig = "cloudbuild.yaml";

    /// <summary>A folder, an archive, <c>gs://BUCKET/OBJECT</c>, a git repository's address, or a connected repository's resource name; null for none.</summary>
    public string? Source { get; init; } = ".";

    /// <summary>The build's file, relative to the current folder.</summary>
    public string Config { get; init; } = DefaultConfig;

    /// <summary>An image to build from the source's Dockerfile, instead of a file.</summary>
    public string? Tag { get; init; }

    public ImmutableSortedDictionary<string, string> Substitutions { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Instead of the file's.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Instead of <c>.gcloudignore</c>, relative to the source.</summary>
    public string? IgnoreFile { get; init; }

    /// <summary>Of a git source or a connected repository.</summary>
    public string? Revision { get; init; }

    /// <summary>Of a git source or a connected repository: the folder in it that steps start in.</summary>
    public string? Directory { get; init; }

    /// <summary><c>gs://BUCKET/FOLDER</c> for uploads; null for <c>gs://PROJECT_cloudbuild/source</c>.</summary>
    public string? StagingDirectory { get; init; }

    /// <summary><c>gs://BUCKET/FOLDER</c> for the log, instead of the file's <c>logsBucket</c>.</summary>
    public string? LogDirectory { get; init; }

    public string? ServiceAccount { get; init; }
}

using System.Text.RegularExpressions;
using MlOps.Core.Problems;
using MlOps.Google.Storage;

namespace MlOps.Steps.Lineage;

/// <summary>What is asked about, as it was written.</summary>
/// <param name="Project">Of a full name; null for the environment's.</param>
/// <param name="Region">Likewise.</param>
public abstract partial record LineageTarget(string? Project, string? Region)
{
    /// <summary>An artifact by its id.</summary>
    public sealed record OfArtifact(string Id, string? Project, string? Region) : LineageTarget(Project, Region);

    /// <summary>What an execution made.</summary>
    public sealed record OfExecution(string Id, string? Project, string? Region) : LineageTarget(Project, Region);

    /// <summary>What a run made, by its job's id.</summary>
    public sealed record OfRun(string Id, string? Project, string? Region) : LineageTarget(Project, Region);

    /// <summary>The id of an artifact or of a run.</summary>
    public sealed record OfId(string Id) : LineageTarget(null, null);

    /// <summary>An artifact by its URI, or a file in it.</summary>
    public sealed record OfUri(string Uri) : LineageTarget(null, null)
    {
        /// <summary>The URI and those above it, the longest first: an artifact may be a folder, and a file of it is asked about.</summary>
        public IEnumerable<string> AndAbove()
        {
            for (var at = Uri.Length; at > Uri.IndexOf("://", StringComparison.Ordinal) + 3; at = Uri.LastIndexOf('/', at - 1))
            {
                yield return Uri[..at];
            }
        }
    }

    private const string Forms = "an artifact's id or resource name, its gs:// URI or that of a file in it, or a pipeline job's id";

    /// <exception cref="InvalidInputException">It is none of these.</exception>
    public static LineageTarget Parse(string text) => text.Split('/') switch
    {
        _ when text.StartsWith("/gcs/", StringComparison.Ordinal) => InStorage("gs://" + text["/gcs/".Length..]),
        _ when text.StartsWith("gs://", StringComparison.Ordinal) => InStorage(text),
        _ when text.Contains("://", StringComparison.Ordinal) => new OfUri(text.TrimEnd('/')),
        ["projects", var project, "locations", var region, "metadataStores", "default", "artifacts", var id] => new OfArtifact(id, project, region),
        ["projects", var project, "locations", var region, "metadataStores", "default", "executions", var id] => new OfExecution(id, project, region),
        ["projects", var project, "locations", var region, "metadataStores", "default", "contexts", var id] => new OfRun(id, project, region),
        ["projects", var project, "locations", var region, "pipelineJobs", var id] => new OfRun(id, project, region),
        ["artifacts", var id] => new OfArtifact(id, null, null),
        ["executions", var id] => new OfExecution(id, null, null),
        [var id] when IdGrammar().IsMatch(id) => new OfId(id),
        _ => throw new InvalidInputException("bad-lineage-target", $"'{text}' cannot be asked about: expected {Forms}.{(File.Exists(text) ? " A file of this machine is not an artifact: it is known by where the run left it, such as gs://BUCKET/…/model." : "")}"),
    };

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9_-]*$")]
    private static partial Regex IdGrammar();

    private static OfUri InStorage(string text) => GcsUri.TryParse(text, out var uri) && uri.Name.Trim('/').Length > 0
        ? new OfUri(text.TrimEnd('/'))
        : throw new InvalidInputException("bad-lineage-target", $"'{text}' is not the URI of an artifact: expected gs://BUCKET/NAME, the bucket in lower case.");
}

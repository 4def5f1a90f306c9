using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace MlOps.Steps.Lineage;

/// <summary>An artifact on the way.</summary>
/// <param name="Name">Its resource name.</param>
/// <param name="Title">Its display name.</param>
/// <param name="Type">Its schema's title, such as <c>system.Model</c>.</param>
/// <param name="Maker">The resource name of the execution that made it; null where none is on record.</param>
/// <param name="ReusedBy">Who took it from the cache instead of making it again, oldest first.</param>
public sealed record LineageArtifact(string Name, string Title, string Type, string Uri, JsonObject Metadata, string? Maker, ImmutableArray<LineageReuse> ReusedBy);

/// <summary>An execution that was a hit in the cache.</summary>
/// <param name="Execution">Its resource name.</param>
/// <param name="Run">Its run's id; null where it is not on record.</param>
public sealed record LineageReuse(string Execution, string? Run);

/// <summary>An execution on the way.</summary>
/// <param name="Name">Its resource name.</param>
/// <param name="Task">Its task's name in the pipeline.</param>
/// <param name="Type">Its schema's title, such as <c>system.ContainerExecution</c>.</param>
/// <param name="State">As the API writes it: <c>COMPLETE</c>.</param>
/// <param name="Image">What really ran; null where it is not on record.</param>
/// <param name="Parameters">Its input parameters.</param>
/// <param name="Inputs">Resource names of artifacts.</param>
/// <param name="Run">The id of the run that it belongs to; null where it is not on record.</param>
public sealed record LineageExecution(string Name, string Task, string Type, string State, LineageImage? Image, JsonObject Parameters, ImmutableArray<string> Inputs, string? Run);

/// <summary>An image.</summary>
/// <param name="Reference">As the pipeline names it.</param>
/// <param name="Digest">Of its manifest; null where it is not on record.</param>
/// <param name="Id">The engine's own id, of an image that was only made on one machine.</param>
public sealed record LineageImage(string Reference, string? Digest, string? Id)
{
    /// <summary>Pinned where a digest is known.</summary>
    public override string ToString() => this switch
    {
        { Digest: { } digest } when !Reference.Contains('@', StringComparison.Ordinal) => $"{Reference}@{digest}",
        { Digest: null, Id: { } id } when !Reference.Contains('@', StringComparison.Ordinal) => $"{Reference} (image id {id})",
        _ => Reference,
    };
}

/// <summary>A run on the way, with what its labels say about where it came from (<c>mlops-commit</c>, …).</summary>
/// <param name="Id">Its job's id.</param>
/// <param name="Job">Its job's resource name.</param>
/// <param name="Template">The compiled pipeline's address, where it was run from one.</param>
public sealed record LineageRun(string Id, string? Job, string? Pipeline, string? Template, string? TemplateVersion, ImmutableSortedDictionary<string, string> Labels)
{
    public string? Commit => Labels.GetValueOrDefault("mlops-commit");

    public string? Repo => Labels.GetValueOrDefault("mlops-repo");

    public string? Release => Labels.GetValueOrDefault("mlops-release");

    public string? Environment => Labels.GetValueOrDefault("mlops-environment");
}

/// <summary>The way from artifacts back to what they were made of: data, images, parameters, and the commits of the runs.</summary>
/// <param name="Asked">The run that was asked about; null for an artifact.</param>
/// <param name="Starts">Resource names of the artifacts from which it goes back.</param>
/// <param name="Notes">What could not be found out, or was chosen for the user.</param>
public sealed record WayBack(
    string? Asked,
    ImmutableArray<string> Starts,
    ImmutableDictionary<string, LineageArtifact> Artifacts,
    ImmutableDictionary<string, LineageExecution> Executions,
    ImmutableSortedDictionary<string, LineageRun> Runs,
    ImmutableArray<string> Notes);

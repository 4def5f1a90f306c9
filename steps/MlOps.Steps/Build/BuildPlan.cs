using System.Collections.Immutable;
using System.Text.Json.Serialization;
using MlOps.Core.Images;

namespace MlOps.Steps.Build;

[JsonConverter(typeof(JsonStringEnumConverter<BuildAction>))]
public enum BuildAction
{
    /// <summary>Its inputs have no image yet.</summary>
    [JsonStringEnumMemberName("build")]
    Build,

    /// <summary>The registry holds the image of these inputs.</summary>
    [JsonStringEnumMemberName("found")]
    Found,

    /// <summary>The repo does not build it.</summary>
    [JsonStringEnumMemberName("none")]
    None,
}

/// <summary>What will be done for one component, and why.</summary>
/// <param name="Digest">Of the image found; null otherwise.</param>
/// <param name="Fingerprint">Null where nothing is built.</param>
public sealed record BuildPlanRow(string Component, BuildAction Action, string? Fingerprint, Digest? Digest, string Why);

/// <summary>Which images the build step builds and which it finds in the registry.</summary>
public sealed record BuildPlan(ImmutableArray<BuildPlanRow> Rows)
{
    public int ToBuild => Rows.Count(row => row.Action == BuildAction.Build);

    public int Found => Rows.Count(row => row.Action == BuildAction.Found);

    /// <summary>Pure: from what is known about each component, in the order of the project.</summary>
    /// <param name="images">Components that are built here, by name.</param>
    public static BuildPlan Of(Project.ProjectFile project, SourceRevision source, IReadOnlyDictionary<string, PlannedImage> images)
    {
        // Of the first commit everything is new: no need to list it.
        var changes = source is { Base: null, ChangedFiles: not null } ? null : new ChangedInputs(project, source);
        return new BuildPlan(
        [
            .. project.Components.Select(component => !images.TryGetValue(component.Name, out var image)
                ? new BuildPlanRow(component.Name, BuildAction.None, null, null, "it has neither a Dockerfile nor a .NET project: component.yaml names an image that exists")
                : image.Found is { } digest
                    ? new BuildPlanRow(component.Name, BuildAction.Found, image.Fingerprint, digest, "the registry has the image of these inputs")
                    : new BuildPlanRow(component.Name, BuildAction.Build, image.Fingerprint, null, Reason(changes, image, images))),
        ]);
    }

    private static string Reason(ChangedInputs? changes, PlannedImage image, IReadOnlyDictionary<string, PlannedImage> images)
    {
        var reasons = new List<string>();
        if (changes is null)
        {
            reasons.Add("first commit");
        }
        else if (changes.Of(image.Inputs) is { Length: > 0 } changed)
        {
            reasons.Add($"{string.Join(", ", changed.Take(3).Select(file => $"{file.Path} {file.Kind}"))}{(changed.Length > 3 ? $" and {changed.Length - 3} more" : "")}");
        }

        var bases = image.Inputs.Components.Where(name => images.TryGetValue(name, out var other) && other.Found is null).ToArray();
        if (bases.Length > 0)
        {
            reasons.Add($"the image of {string.Join(", ", bases)}, which it is based on, is built anew");
        }

        return reasons.Count > 0 ? string.Join("; ", reasons) : "the registry has no image of these inputs";
    }
}

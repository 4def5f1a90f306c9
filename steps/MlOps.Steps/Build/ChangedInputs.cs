using System.Collections.Immutable;
using MlOps.Containers.Build;
using MlOps.Steps.Project;

namespace MlOps.Steps.Build;

/// <summary>Which of a commit's changed files go into a component's image. This only explains; whether to build, the fingerprint decides.</summary>
internal sealed class ChangedInputs(ProjectFile project, SourceRevision source)
{
    private readonly ImmutableArray<ChangedFile> _changed = source.ChangedFiles is { IsDefault: false } changed ? changed : [];
    private readonly HashSet<string> _paths = source.ChangedFiles is { IsDefault: false } changed ? changed.Select(file => file.Path).ToHashSet(StringComparer.Ordinal) : [];

    /// <summary>In the order of the revision.</summary>
    public ImmutableArray<ChangedFile> Of(ComponentInputs inputs)
    {
        var prefix = Relative(inputs.Root);
        prefix = prefix == "." ? "" : prefix + "/";
        var files = inputs.Files.Select(file => prefix + file.Path).Where(_paths.Contains).ToHashSet(StringComparer.Ordinal);
        if (inputs.Component.Dockerfile is { } dockerfile)
        {
            files.Add(Relative(dockerfile));
        }

        var folder = Relative(inputs.Component.Folder) + "/";
        var ignore = new Lazy<DockerIgnore>(() => DockerIgnore.Of(inputs.Component.Folder, inputs.Component.Dockerfile ?? Path.Combine(inputs.Component.Folder, "Dockerfile")));
        return [.. _changed.Where(file => files.Contains(file.Path) || IsGone(file))];

        bool IsGone(ChangedFile file)
        {
            var path = file.Kind == "deleted" ? file.Path : file.OldPath;
            return path is not null && path.StartsWith(folder, StringComparison.Ordinal) && !ignore.Value.Ignores(path[folder.Length..]);
        }
    }

    private string Relative(string path) => Path.GetRelativePath(project.Root, path).Replace('\\', '/');
}
